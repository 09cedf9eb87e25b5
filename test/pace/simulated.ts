/**
 * A portal, a wire and a batch in virtual time: a minute takes milliseconds, and a run is the same
 * every time. The pace is the product's own, with a clock that is held here.
 */
import { Pace, PaceUser, type Clock } from '../../tip/portal/pace/pace';
import type { Demand } from '../../tip/portal/pace/events';

export class VirtualClock implements Clock {
	#now = 0;
	#events: Array<{ at: number; order: number; wake: () => void }> = [];
	#order = 0;

	now(): number {
		return this.#now;
	}

	after(ms: number, wake: () => void): () => void {
		const event = { at: this.#now + Math.max(0, ms), order: this.#order++, wake };
		this.#events.push(event);
		return () => {
			const index = this.#events.indexOf(event);
			if (index >= 0) this.#events.splice(index, 1);
		};
	}

	/** Plays what is due, in order, until nothing is left or the time is over. */
	run(untilMs = Infinity): void {
		for (;;) {
			let next = 0;
			if (this.#events.length === 0) return;
			this.#events.forEach((event, index) => {
				const best = this.#events[next]!;
				if (event.at < best.at || (event.at === best.at && event.order < best.order)) next = index;
			});
			if (this.#events[next]!.at > untilMs) return;
			const [event] = this.#events.splice(next, 1);
			this.#now = event!.at;
			event!.wake();
		}
	}
}

/** Mulberry32. */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** Says to a request that arrives now: taken, or how long to wait; `undefined` for a refusal without a word. */
export type Limiter = (now: number) => 'taken' | { retryAfterMs?: number };

/** So many in each second by the clock, and then "wait for the rest of it" in whole seconds. */
export function fixedWindow(
	perSecond: (now: number) => number,
	saysWhen = true,
	windowMs = 1000,
): Limiter {
	let window = -1;
	let used = 0;
	return (now) => {
		const current = Math.floor(now / windowMs);
		if (current !== window) {
			window = current;
			used = 0;
		}
		if (used < (perSecond(now) * windowMs) / 1000) {
			used++;
			return 'taken';
		}
		return saysWhen ? { retryAfterMs: Math.ceil(windowMs / 1000) * 1000 } : {};
	};
}

/** Refilled evenly, and holds so many. */
export function tokenBucket(
	perSecond: (now: number) => number,
	burst: number,
	saysWhen = true,
): Limiter {
	let tokens = burst;
	let filledAt = 0;
	return (now) => {
		tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond(now)) / 1000);
		filledAt = now;
		if (tokens >= 1) {
			tokens -= 1;
			return 'taken';
		}
		return saysWhen ? { retryAfterMs: 1000 } : {};
	};
}

/** No more than so many in the last second. */
export function slidingWindow(perSecond: (now: number) => number, saysWhen = true): Limiter {
	let taken: number[] = [];
	return (now) => {
		taken = taken.filter((at) => at > now - 1000);
		if (taken.length < perSecond(now)) {
			taken.push(now);
			return 'taken';
		}
		return saysWhen ? { retryAfterMs: 1000 } : {};
	};
}

export interface Simulation {
	items: number;
	/** From one end of the wire to the other and back, and a share of it at random on top. */
	latencyMs: number | ((now: number) => number);
	jitter?: number;
	/** Requests at work in the portal at once; the others wait there. */
	workers?: number;
	limiter?: Limiter;
	atMost?: number;
	perMinute?: number;
	seed?: number;
	untilMs?: number;
	pace?: Pace;
	clock?: VirtualClock;
}

export interface Sent {
	startedAt: number;
	endedAt: number;
	/** Which round of refusals it started in. */
	end: 'taken' | 'refused';
	/** Of the pace when it started. */
	window: number;
	perSecond?: number;
}

/** Sends a batch as the node does: so many workers, each with an item at a time. */
export function simulate(options: Simulation) {
	const { items, jitter = 0.1, workers = Infinity, limiter = () => 'taken', seed = 1 } = options;
	const clock = options.clock ?? new VirtualClock();
	const random = seeded(seed);
	const pace = options.pace ?? new Pace(clock, random);
	const user = new PaceUser(pace);
	const demand: Demand = {
		atMost: options.atMost,
		perMinute: options.perMinute,
		giveUpRefusedMs: 600_000,
	};
	const sent: Sent[] = [];
	let givenUp = 0;
	let done = 0;
	let next = 0;
	let peak = 0;
	let underWay = 0;
	let atWork = 0;
	const queue: Array<() => void> = [];
	const latency = () => {
		const { latencyMs } = options;
		const ms = typeof latencyMs === 'number' ? latencyMs : latencyMs(clock.now());
		return ms * (1 + jitter * random());
	};
	const work = () => {
		if (next >= items) return;
		next++;
		attempt(0);
	};
	const attempt = (refusals: number): void => {
		pace.enter({
			user,
			demand,
			timeoutMs: 60_000,
			start: (permit) => {
				const startedAt = clock.now();
				peak = Math.max(peak, ++underWay);
				const { window, rate } = pace.state;
				const end = (verdict: 'taken' | { retryAfterMs?: number }) => {
					underWay--;
					sent.push({
						startedAt,
						endedAt: clock.now(),
						end: verdict === 'taken' ? 'taken' : 'refused',
						window: Math.min(window.automatic, window.bound),
						perSecond: rate.perSecond,
					});
					if (verdict === 'taken') {
						permit.done({ end: 'accepted', tookMs: clock.now() - startedAt });
						done++;
						work();
						return;
					}
					permit.done({ end: 'refused', ...verdict });
					const own =
						verdict.retryAfterMs === undefined
							? random() * Math.min(30_000, 500 * 2 ** refusals)
							: 0;
					clock.after(own, () => attempt(refusals + 1));
				};
				// The wire there; the limit is looked at; the work; the wire back.
				clock.after(latency() / 4, () => {
					const verdict = limiter(clock.now());
					if (verdict !== 'taken') return void clock.after(latency() / 4, () => end(verdict));
					const begin = () => {
						atWork++;
						clock.after(latency() / 2, () => {
							atWork--;
							queue.shift()?.();
							clock.after(latency() / 4, () => end('taken'));
						});
					};
					if (atWork < workers) begin();
					else queue.push(begin);
				});
			},
			giveUp: () => {
				givenUp++;
				work();
			},
		});
	};
	const parallel = Math.min(options.atMost ?? 32, items);
	for (let worker = 0; worker < parallel; worker++) work();
	clock.run(options.untilMs);
	const refused = sent.filter(({ end }) => end === 'refused').length;
	return { sent, done, givenUp, refused, peak, tookMs: clock.now(), pace, clock };
}
