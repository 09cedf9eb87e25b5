import { firstState, step, waitFor, type PaceState } from '../../tip/portal/pace/controller';
import type { Demand, PaceEvent, Report } from '../../tip/portal/pace/events';
import { seeded, simulate, type Limiter } from '../pace/simulated';

describe('The controller', () => {
	const demand: Demand = {};

	it.each([1, 2, 3, 4, 5])('is in order after any events whatever (seed %d)', (seed) => {
		const random = seeded(seed);
		let state: PaceState = firstState(0);
		let now = 0;
		const underWay: number[] = [];
		const reports: Array<() => Report> = [
			() => ({ end: 'accepted', tookMs: 1 + random() * 500 }),
			() => ({ end: 'refused' }),
			() => ({ end: 'refused', retryAfterMs: random() * 5000 }),
			() => ({ end: 'failed', how: random() < 0.5 ? 'connect' : 'noAnswer' }),
			() => ({ end: 'cancelled' }),
		];
		const tell = (event: PaceEvent) => {
			const before = JSON.stringify(state);
			const after = step(state, event, now);
			// Pure: the same again, and nothing of what it was given is changed.
			expect(step(state, event, now)).toEqual(after);
			expect(JSON.stringify(state)).toBe(before);
			state = after;
		};
		for (let event = 0; event < 2000; event++) {
			now += random() * 100;
			const wait = waitFor(state, demand, now);
			expect(wait).toBeGreaterThanOrEqual(0);
			if (wait === 0 && random() < 0.7) {
				tell({ type: 'started', demand });
				underWay.push(state.started);
			} else if (underWay.length > 0) {
				const [number] = underWay.splice(Math.floor(random() * underWay.length), 1);
				const report = reports[Math.floor(random() * reports.length)]!();
				tell({ type: 'ended', number: number!, report, timeoutMs: 1000, jitter: random() });
			} else if (Number.isFinite(wait)) {
				now += wait;
			}
			expect(state.underWay.attempts).toHaveLength(underWay.length);
			// It never gets stuck: with nothing under way there is a time to go on.
			if (underWay.length === 0) expect(Number.isFinite(waitFor(state, demand, now))).toBe(true);
			expect(underWay.length).toBeLessThanOrEqual(32);
		}
	});
});

describe('A batch against a portal', () => {
	it.each([
		[0.02, undefined, 50],
		[0.05, undefined, 5],
		[0.1, undefined, 5],
		[0.2, undefined, 3],
		[0.05, 1000, 3],
		[0.1, 1000, 1],
	])(
		'that refuses a share of %d at any rate, with Retry-After %s, is not slowed down to nothing',
		(share, retryAfterMs, perSecond) => {
			for (const seed of [1, 2, 3, 4, 5]) {
				const random = seeded(seed * 77);
				const limiter: Limiter = () => (random() < share ? { retryAfterMs } : 'taken');
				const { done, givenUp, tookMs } = simulate({ items: 2000, latencyMs: 80, limiter, seed });
				expect([done, givenUp]).toEqual([2000, 0]);
				expect((done / tookMs) * 1000).toBeGreaterThan(perSecond);
			}
		},
	);
});
