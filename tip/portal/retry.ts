import type { TipError } from '../values/error';
import { LONGEST_RETRY_AFTER_MS } from './pace/controller';
import type { Demand } from './pace/events';
import { isSlowDown } from './pace/report';

export { LONGEST_RETRY_AFTER_MS };

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

export interface RetryPolicy {
	/** Repeats after the first attempt, at most. */
	maxRetries: number;
	/**
	 * Whether a "slow down" uses up no repeat: the portal is asked until it has refused everything for
	 * as long as `pace` says.
	 */
	refusalsAreFree?: boolean;
	/** What is asked of the pace; the same object for all requests of a batch. */
	pace?: Demand;
	/** Repeats of a rescan that the portal answered with 404 "failed or hung, run again later". */
	notReady?: { intervalMs: number; totalMs: number };
}

export interface Attempt {
	/** Attempts made so far that count against `maxRetries`, the one that failed included. */
	number: number;
	/** Attempts that were told to slow down and do not count. */
	free?: number;
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
	const { retryAfterMs } = error;
	if (retryAfterMs !== undefined) {
		return retryAfterMs > longestWait(policy.pace) ? undefined : retryAfterMs;
	}
	const repeats = attempt.number + (attempt.free ?? 0) - 1;
	return random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** repeats);
}

/** Who has more patience also takes a longer wait on the portal's word. */
function longestWait({ giveUpRefusedMs = 0 }: Demand = {}): number {
	return Math.max(LONGEST_RETRY_AFTER_MS, giveUpRefusedMs / 2);
}

/** Whether a repeat after this is not counted. */
export function isFree(error: TipError, { refusalsAreFree = false }: RetryPolicy): boolean {
	return isNotReady(error) || (refusalsAreFree && isSlowDown(error));
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
