import { setTimeout as wait } from 'node:timers/promises';

/** Resolves when the caller may start; rejects with an AbortError when cancelled. */
export type Pacer = (signal?: AbortSignal) => Promise<void>;

const pacers = new WeakMap<object, { requestsPerMinute: number; pacer: Pacer }>();

/**
 * The pacer of one node in one execution, so that the rate also holds from one round of a loop, or
 * one try of Retry On Fail, to the next.
 *
 * @param execution an object that lives as long as the execution does
 */
export function pacerOf(execution: object, requestsPerMinute: number): Pacer {
	const known = pacers.get(execution);
	if (known?.requestsPerMinute === requestsPerMinute) return known.pacer;
	const pacer = createPacer(requestsPerMinute);
	pacers.set(execution, { requestsPerMinute, pacer });
	return pacer;
}

/**
 * Spaces starts evenly so that no minute holds more than the given number. Each start takes the next
 * free place, so it holds for any number of callers at once.
 *
 * @param requestsPerMinute 0 for no limit
 */
export function createPacer(requestsPerMinute: number): Pacer {
	if (requestsPerMinute === 0) return async () => {};
	const spacingMs = 60_000 / requestsPerMinute;
	let nextStart = 0;
	return async (signal) => {
		const now = performance.now();
		const start = Math.max(now, nextStart);
		nextStart = start + spacingMs;
		// Rounded up: a timer drops fractions, and would fire before its place.
		if (start > now) await wait(Math.ceil(start - now), undefined, { signal });
	};
}
