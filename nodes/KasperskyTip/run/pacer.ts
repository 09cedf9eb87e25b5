import { setTimeout as wait } from 'node:timers/promises';

/**
 * Spaces starts evenly so that no minute holds more than the given number. Each start takes the next
 * free place, so it holds for any number of callers at once.
 *
 * @param requestsPerMinute 0 for no limit
 * @returns resolves when the caller may start; rejects with an AbortError when cancelled
 */
export function createPacer(requestsPerMinute: number): (signal?: AbortSignal) => Promise<void> {
	if (requestsPerMinute === 0) return async () => {};
	const spacingMs = 60_000 / requestsPerMinute;
	let nextStart = 0;
	return async (signal) => {
		const now = performance.now();
		const start = Math.max(now, nextStart);
		nextStart = start + spacingMs;
		if (start > now) await wait(start - now, undefined, { signal });
	};
}
