/**
 * Whether it is the rate at all that the portal refuses. One that refuses one attempt in twenty
 * whatever the rate is would be slowed down with each of them, to almost nothing. So when a lower rate
 * has not helped several times, half of it is tried for a while: a limit leaves that alone, and a
 * portal that refuses as before does so for other reasons.
 */
export interface Doubt {
	/** Refusals that came though the rate was lower than the refused one. */
	readonly inVain: Count;
	/** So many lead to a trial. */
	readonly needed: number;
	/** The rate at the first of them; left out, there was none. */
	readonly before?: number;
	/** Attempts at half the rate. */
	readonly trial?: Count;
}

interface Count {
	readonly refused: number;
	/** Refused once more at the next attempt: a limit does that, what hangs on nothing does it seldom. */
	readonly still: number;
	/** Attempts taken meanwhile. */
	readonly taken: number;
}

/** Below the refused rate, where it is about to be reached again, or at the attempt after the pause. */
export type RefusedWhere = 'below' | 'near' | 'still';
export type Verdict = 'limit' | 'noLimit';

const NOTHING: Count = { refused: 0, still: 0, taken: 0 };
const NEEDED = 4;
const MOST_NEEDED = 6;
/** One that is where a limit would be makes up for so many. */
const MAKES_UP_FOR = 2;
/** A trial is over with so many refusals, or without when before there would have been so many. */
const ENOUGH = 2;
const EXPECTED = 3;
/** It says that the rate does not matter when the share of refusals is at least so much of what it was. */
const AS_BEFORE = 0.5;

export const NO_DOUBT: Doubt = { inVain: NOTHING, needed: NEEDED };

export function doubtAfterTaken(doubt: Doubt): Doubt {
	const { trial, inVain } = doubt;
	return trial === undefined
		? { ...doubt, inVain: { ...inVain, taken: inVain.taken + 1 } }
		: { ...doubt, trial: { ...trial, taken: trial.taken + 1 } };
}

export function doubtAfterRefusal(doubt: Doubt, where: RefusedWhere, perSecond?: number): Doubt {
	const { trial, inVain, needed } = doubt;
	if (trial !== undefined) return { ...doubt, trial: withRefusal(trial, where) };
	if (where === 'near') {
		return inVain.refused <= MAKES_UP_FOR
			? { ...NO_DOUBT, needed, before: perSecond }
			: { ...doubt, inVain: { ...inVain, refused: inVain.refused - MAKES_UP_FOR } };
	}
	const next = withRefusal(inVain, where);
	const isDue = next.refused >= needed && isScattered(next);
	return { ...doubt, inVain: next, ...(isDue && { trial: NOTHING }) };
}

/** What a trial has shown, when it is over. */
export function verdictOf({ trial, inVain }: Doubt): Verdict | undefined {
	if (trial === undefined) return undefined;
	if (!isScattered(trial)) return 'limit';
	if (trial.refused >= ENOUGH) {
		return shareOf(trial) >= shareOf(inVain) * AS_BEFORE ? 'noLimit' : 'limit';
	}
	return trial.taken * shareOf(inVain) >= EXPECTED ? 'limit' : undefined;
}

/** After a trial that has shown a limit there is less reason for the next one. */
export function doubtAfterTrial({ needed }: Doubt, verdict: Verdict): Doubt {
	return {
		...NO_DOUBT,
		needed: verdict === 'limit' ? Math.min(MOST_NEEDED, needed * 2) : NEEDED,
	};
}

function withRefusal(count: Count, where: RefusedWhere): Count {
	return where === 'still'
		? { ...count, still: count.still + 1 }
		: { ...count, refused: count.refused + 1 };
}

function isScattered({ refused, still }: Count): boolean {
	return still * 2 <= refused;
}

function shareOf({ refused, taken }: Count): number {
	return refused / Math.max(1, refused + taken);
}
