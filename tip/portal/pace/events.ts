import type { Facts } from '../../values/error';

/** What became of an attempt, as far as the pace is concerned. */
export type Report =
	/** Any answer that is no "slow down": a refusal of what was asked for is one, too. */
	| { readonly end: 'accepted'; readonly tookMs: number }
	/** "Slow down": 429, or 503 in the portal's own words. */
	| { readonly end: 'refused'; readonly retryAfterMs?: number }
	/** No connection came up, or nothing came back over it. */
	| { readonly end: 'failed'; readonly how: 'connect' | 'noAnswer'; readonly cause?: Cause }
	/** It was broken off here, which says nothing of the portal. */
	| { readonly end: 'cancelled' };

/** What a failure was, for a sentence about it. */
export interface Cause {
	readonly code: string;
	readonly facts: Facts;
	readonly detail?: string;
}

/** What the controller is told. Times are in milliseconds of one clock that only goes forward. */
export type PaceEvent =
	/** An attempt asks for its start, whether or not it gets it now. */
	| { readonly type: 'asked'; readonly demand: Demand }
	/** It was let start: {@link waitFor} said 0. */
	| { readonly type: 'started'; readonly demand: Demand }
	| {
			readonly type: 'ended';
			/** Which attempt: they are numbered from 1 in the order of their starts. */
			readonly number: number;
			readonly report: Report;
			/** How long it might have taken, in milliseconds. */
			readonly timeoutMs: number;
			/** A number from 0 up to 1, drawn by the caller. */
			readonly jitter: number;
	  };

/** What a caller asks of the pace, for all of its attempts. */
export interface Demand {
	/** Most attempts of this caller under way; left out, that is found out. */
	readonly atMost?: number;
	/** Most starts in a minute; 0 or left out, there is no such limit. */
	readonly perMinute?: number;
	/** How long the portal may refuse everything before this caller gives up, in milliseconds. */
	readonly giveUpRefusedMs?: number;
}

/** How long the portal may refuse everything, unless the caller says otherwise. */
export const GIVE_UP_REFUSED_MS = 10 * 60_000;
