import type { TipError } from '../values/error';

/** Longest wait taken on the portal's word, in milliseconds; beyond it the request fails at once. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

export interface RetryPolicy {
	/** Repeats after the first attempt, at most. */
	maxRetries: number;
	/** Repeats of a rescan that the portal answered with 404 "failed or hung, run again later". */
	notReady?: { intervalMs: number; totalMs: number };
}

export interface Attempt {
	/** Attempts made so far that count against `maxRetries`, the one that failed included. */
	number: number;
	/** Since the first attempt, in milliseconds. */
	elapsedMs: number;
	/** Whether the request may be repeated even when it is unknown what the first one did. */
	safe: boolean;
}

/**
 * How long to wait before the same request is sent again, in milliseconds; `undefined` to give up.
 *
 * Only a request that provably did nothing is repeated: it was not sent,
 * or the portal refused it. A safe one (GET) is also repeated after a broken exchange. Without a
 * `Retry-After` the wait is drawn from an exponentially growing window ("full jitter").
 *
 * @param random a number from 0 up to 1
 */
export function nextDelay(
	error: TipError,
	attempt: Attempt,
	policy: RetryPolicy,
	random: () => number = Math.random,
): number | undefined {
	if (isNotReady(error)) {
		const { notReady } = policy;
		if (notReady === undefined || attempt.elapsedMs + notReady.intervalMs > notReady.totalMs) {
			return undefined;
		}
		return notReady.intervalMs;
	}
	if (attempt.number > policy.maxRetries || !mayRepeat(error, attempt.safe)) return undefined;
	if (error.retryAfterMs !== undefined) {
		return error.retryAfterMs > LONGEST_RETRY_AFTER_MS ? undefined : error.retryAfterMs;
	}
	const window = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt.number - 1));
	return random() * window;
}

/** 404 on a task: "failed or hung. Run the query again later" (tip-api.md 3.6). */
export function isNotReady(error: TipError): boolean {
	return error.code === 'portal.notReady' && error.retryable;
}

/**
 * Whether the portal may have done what was asked, although no answer says so. A caller that sends a
 * deletion again later says it then (`mayBeDone` of the client).
 */
export function mayBeDone({ outcome, facts }: TipError): boolean {
	return outcome === 'unknown' || outcome === 'accepted' || facts.mayBeDone === true;
}

function mayRepeat(error: TipError, safe: boolean): boolean {
	return error.retryable && (safe || error.outcome !== 'unknown');
}
