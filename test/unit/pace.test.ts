import { fixedWindow, simulate, slidingWindow, tokenBucket, type Limiter } from '../pace/simulated';

describe('A batch against a portal', () => {
	const LIMITERS: Record<string, (perSecond: number) => Limiter> = {
		'a window by the clock': (perSecond) => fixedWindow(() => perSecond),
		'a sliding window': (perSecond) => slidingWindow(() => perSecond),
		'a bucket of tokens': (perSecond) => tokenBucket(() => perSecond, perSecond),
	};
	const rows = Object.keys(LIMITERS).flatMap((name) =>
		[1, 10, 100].flatMap((perSecond) => [5, 80, 500].map((ms) => [name, perSecond, ms] as const)),
	);

	it.each(rows)(
		'with %s of %d a second and %d ms gives nothing up',
		(name, perSecond, latencyMs) => {
			const limiter = LIMITERS[name]!(perSecond);
			const result = simulate({ items: 500, latencyMs, limiter });
			expect(result.done).toBe(500);
			expect(result.givenUp).toBe(0);
			const first = result.sent.find(({ end }) => end === 'refused')?.endedAt ?? 0;
			const later = result.sent.filter(({ startedAt }) => startedAt > first);
			const refused = later.filter(({ end }) => end === 'refused');
			expect(refused.length / Math.max(1, later.length)).toBeLessThan(0.1);
		},
	);

	it('that sets no limit grows to 32 and no further', () => {
		const { done, peak, refused } = simulate({ items: 2000, latencyMs: 80 });
		expect([done, refused]).toEqual([2000, 0]);
		expect(peak).toBe(32);
	});

	it('has never more under way than the user allows', () => {
		const { peak, done } = simulate({ items: 300, latencyMs: 80, atMost: 3 });
		expect([done, peak]).toEqual([300, 3]);
	});

	it('starts where the one before has ended', () => {
		const limiter = fixedWindow(() => 10);
		const first = simulate({ items: 200, latencyMs: 20, limiter });
		const { pace, clock } = first;
		const second = simulate({ items: 200, latencyMs: 20, limiter, pace, clock });
		expect(second.done).toBe(200);
		expect(second.refused).toBeLessThanOrEqual(first.refused);
	});

	it('follows a limit that changes half-way', () => {
		const limiter = fixedWindow((now) => (now < 5_000 ? 50 : 10));
		const { done, givenUp, refused, sent } = simulate({ items: 500, latencyMs: 20, limiter });
		expect([done, givenUp]).toEqual([500, 0]);
		expect(refused / sent.length).toBeLessThan(0.2);
	});
});
