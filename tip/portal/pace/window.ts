import { MAX_CONNECTIONS } from '../../connection/pool';

/**
 * How many attempts are under way at once: additive increase, multiplicative decrease, as in TCP and
 * in the AWS SDK's rate limiter. A gradient alone (Netflix's concurrency-limits) compares latencies,
 * and this portal's differ by what is asked; what it says of its limits it says by refusing. So a
 * refusal halves, and latency is taken for a sign only when it doubles and brings no more answers.
 */
export interface Window {
	/** Where no number is given. A fraction is on its way to the next attempt. */
	readonly automatic: number;
	/** What refusals have left of any number; without one there is no bound. */
	readonly bound: number;
	/** How many were under way at the last refusal: up to there the way back is short. */
	readonly refusedAt: number;
	/** Nothing has stood in the way yet: one more attempt for each answer, not for each round of them. */
	readonly isStarting: boolean;
	/** Up to when growth has been taken out. */
	readonly grownAt: number;
	/** The answers looked at together: a round of as many as are under way. */
	readonly round: { readonly startedAt: number; readonly answers: number; readonly tookMs: number };
	/** The usual time for an answer, and the most answers per millisecond that a round has brought. */
	readonly usualMs?: number;
	readonly best: number;
}

export const FIRST_WINDOW = 5;
export const LARGEST_WINDOW = 32;

/** Of all attempts with one login, also where numbers are given: a pool has no more connections. */
const MOST = MAX_CONNECTIONS;
/**
 * The first growth adds one attempt in so many milliseconds at most. Where answers come within a few
 * milliseconds, more attempts at once bring little, and a limit would be run into with all of them.
 */
const GROWTH_MS = 10;
/** An answer is prompt up to so many times the usual time, and so many milliseconds more. */
const PROMPT_FACTOR = 2;
const PROMPT_MARGIN_MS = 10;
/** How fast the usual time follows when answers take longer. */
const DRIFT = 0.05;
/** The way back after a refusal, in attempts for each answer. */
const WAY_BACK = 0.25;
/** Fewer answers than these say nothing together. */
const SMALLEST_ROUND = 10;

export function firstWindow(now: number): Window {
	return {
		automatic: FIRST_WINDOW,
		bound: Infinity,
		refusedAt: 0,
		isStarting: true,
		grownAt: now,
		round: { startedAt: now, answers: 0, tookMs: 0 },
		best: 0,
	};
}

/** How many attempts may be under way at once, of all callers together. */
export function sizeOf({ automatic, bound }: Window, isNumberGiven = false): number {
	return Math.max(1, Math.floor(Math.min(isNumberGiven ? MOST : automatic, bound)));
}

/**
 * @param underWay attempts under way when the answer came, its own included: a window that is not
 * used up says nothing of a larger one
 */
export function afterAnswer(window: Window, tookMs: number, underWay: number, now: number): Window {
	const round = {
		startedAt: window.round.startedAt,
		answers: window.round.answers + 1,
		tookMs: window.round.tookMs + tookMs,
	};
	if (round.answers < Math.max(SMALLEST_ROUND, window.automatic)) {
		return grow({ ...window, round }, underWay, now);
	}
	const meanMs = round.tookMs / round.answers;
	const perMs = round.answers / Math.max(1, now - round.startedAt);
	const usualMs = usualAfter(window.usualMs, meanMs);
	const next = {
		...window,
		round: { startedAt: now, answers: 0, tookMs: 0 },
		usualMs,
		best: Math.max(perMs, window.best * (1 - DRIFT)),
	};
	const isPrompt = meanMs <= usualMs * PROMPT_FACTOR + PROMPT_MARGIN_MS;
	if (isPrompt) return grow(next, underWay, now);
	if (perMs > window.best * (1 + DRIFT)) return { ...next, grownAt: now };
	const automatic = Math.min(window.automatic, Math.max(FIRST_WINDOW, window.automatic / 2));
	return { ...next, automatic, isStarting: false, grownAt: now };
}

/** Halved, from what was under way: a larger window was not what met the refusal. */
export function afterRefusal(window: Window, underWay: number, now: number): Window {
	const size = Math.min(window.automatic, window.bound);
	// With little under way, the window is not what is too large; but who is refused slows down.
	const refusedAt = Math.max(underWay, Math.min(size, LARGEST_WINDOW) / 2);
	return {
		...window,
		automatic: Math.max(1, Math.min(window.automatic, refusedAt) / 2),
		bound: Math.max(1, Math.min(window.bound, refusedAt) / 2),
		refusedAt,
		isStarting: false,
		grownAt: now,
		round: { startedAt: now, answers: 0, tookMs: 0 },
	};
}

function grow(window: Window, underWay: number, now: number): Window {
	const { automatic, bound, refusedAt, isStarting, grownAt } = window;
	const step = isStarting
		? Math.min(1, (now - grownAt) / GROWTH_MS)
		: stepOf(Math.min(automatic, bound), refusedAt);
	const grown = underWay >= sizeOf(window) ? Math.min(LARGEST_WINDOW, automatic + step) : automatic;
	const loosened = underWay >= Math.floor(bound) ? bound + stepOf(bound, refusedAt) : bound;
	return {
		...window,
		automatic: grown,
		bound: loosened > MOST ? Infinity : loosened,
		// What has come up while answers were awaited may be used by all that come together.
		grownAt: isStarting ? Math.max(grownAt + step * GROWTH_MS, now - automatic * GROWTH_MS) : now,
	};
}

/** One more for each round of answers; sooner where as many were under way before. */
function stepOf(size: number, refusedAt: number): number {
	return size < refusedAt ? Math.max(WAY_BACK, 1 / size) : 1 / size;
}

/** The lowest there was, which follows slowly when the portal takes longer for other reasons. */
function usualAfter(usualMs: number | undefined, meanMs: number): number {
	if (usualMs === undefined || meanMs < usualMs) return meanMs;
	return usualMs + (meanMs - usualMs) * DRIFT;
}
