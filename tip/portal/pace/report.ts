import type { TipError } from '../../values/error';
import type { Report } from './events';

/** "Slow down": 429, or 503 in the portal's own words. Anybody else's 503 says nothing of its pace. */
export function isSlowDown({ code, facts }: TipError): boolean {
	return (
		code === 'portal.tooManyRequests' || (code === 'portal.unavailable' && facts.mayBeDone !== true)
	);
}

/** Nothing came back, or not all of it. */
const NO_ANSWER = new Set(['network.timeout', 'network.brokenOff']);

/**
 * What an attempt that ended with an error tells the pace.
 *
 * @param tookMs from the request to the answer, when there was one
 */
export function reportOf(error: TipError, tookMs: number | undefined): Report {
	if (isSlowDown(error)) return { end: 'refused', retryAfterMs: error.retryAfterMs };
	if (tookMs !== undefined) return { end: 'accepted', tookMs };
	if (error.kind === 'cancelled') return { end: 'cancelled' };
	const { code, facts, detail } = error;
	const cause = { code, facts, detail };
	if (NO_ANSWER.has(code)) return { end: 'failed', how: 'noAnswer', cause };
	// What is not an answer in HTTP says at least that somebody is there.
	return error.outcome === 'notSent'
		? { end: 'failed', how: 'connect', cause }
		: { end: 'cancelled' };
}
