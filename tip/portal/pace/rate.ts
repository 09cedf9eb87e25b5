import {
	doubtAfterRefusal,
	doubtAfterTaken,
	doubtAfterTrial,
	NO_DOUBT,
	verdictOf,
	type Doubt,
} from './doubt';

/**
 * How many attempts are started in a second. Nothing limits that until the portal has refused;
 * then it is learned from what the portal took, as in the AWS SDK's adaptive mode: a token bucket,
 * with CUBIC's curve (RFC 9438) for its rate. The curve goes by answers, so that a slow limit is not
 * tried more often than a fast one, and by time where answers are many.
 */
export interface Rate {
	/** Starts per second; left out, nothing is known of a limit. */
	readonly perSecond?: number;
	/** What may start at once, and when that was so. */
	readonly tokens: number;
	readonly filledAt: number;
	/** Without a refusal so far. */
	readonly spell: Spell;
	/** The spell before, which ended with one: what it says is known when all of it has been answered. */
	readonly ended?: EndedSpell;
	/** The rate that was refused last, and the place on the curve, which is 1 where it is reached again. */
	readonly refusedAt: number;
	readonly place: number;
	/** In so many answers the refused rate is reached again; more, the better it is known. */
	readonly plateau: number;
	/** Of the last attempts, the share that was refused. */
	readonly refusedShare: number;
	/** Up to this share, refusals in them are put up with. */
	readonly putUpWith: number;
	readonly doubt: Doubt;
}

interface Spell {
	readonly since: number;
	/** Attempts that the portal took. */
	readonly taken: number;
}

interface EndedSpell extends Spell {
	/** When the refusal came, and when the portal was asked again. */
	readonly refusedAt: number;
	readonly resumesAt: number;
	/** The rate then. */
	readonly perSecond?: number;
	/** The portal itself said when to go on. */
	readonly isTimed: boolean;
	/** Nothing is to be learned from it yet. */
	readonly isHiccup?: true;
}

/** What is left of a rate that was refused. */
const BACK_OFF = 0.85;
/** And at least, where the portal does not say that it was a limit. */
const LEAST_LEFT = 0.7;
const FIRST_PLATEAU = 12;
const PLATEAU = 25;
const LONGEST_PLATEAU = 100;
/** A plateau takes so long at least, in milliseconds: portals count by the second. */
const PLATEAU_MS = 2500;
/** A spell shorter than this says how much the portal takes, a longer one how fast. */
const SHORT_SPELL_MS = 2000;
/** A limit is known better when it is found again within this. */
const SAME = 0.25;
/** A bucket holds one start, and what falls due in so long: a timer is no more exact than that. */
const SLACK_MS = 5;
/** The last attempts are about so many. */
const LAST_ATTEMPTS = 100;
/** Up to this share, refusals without a time in them are put up with from the start. */
const HICCUPS = 0.07;
/** Where the rate does not matter, up to twice the share there was, but no more than this. */
const LEAST_PUT_UP_WITH = 0.1;
const MOST_PUT_UP_WITH = 0.5;
/** A refusal came early before so much of the way back. */
const EARLY = 0.7;
/** No rate is learned below this, in starts per second. */
const LOWEST = 0.5;

export function firstRate(now: number): Rate {
	return {
		tokens: 1,
		filledAt: now,
		spell: { since: now, taken: 0 },
		refusedAt: 0,
		place: 0,
		plateau: FIRST_PLATEAU,
		refusedShare: 0,
		putUpWith: HICCUPS,
		doubt: NO_DOUBT,
	};
}

/** How long until one more may start, in milliseconds. */
export function waitForToken(rate: Rate, now: number): number {
	if (rate.perSecond === undefined) return 0;
	const tokens = tokensAt(rate, now);
	// A rounding error is no reason to wait.
	return tokens > 1 - 1e-6 ? 0 : ((1 - tokens) * 1000) / rate.perSecond;
}

export function afterStart(rate: Rate, now: number): Rate {
	if (rate.perSecond === undefined) return rate;
	return { ...rate, tokens: tokensAt(rate, now) - 1, filledAt: now };
}

/** @param isOld whether the attempt had started before the last refusal came */
export function afterTaken(before: Rate, isOld: boolean, now: number): Rate {
	const rate = afterTrial({ ...withShare(before, 0), doubt: doubtAfterTaken(before.doubt) }, now);
	if (isOld && rate.ended !== undefined) {
		const ended = { ...rate.ended, taken: rate.ended.taken + 1 };
		return ended.isHiccup ? { ...rate, ended } : learn({ ...rate, ended }, now);
	}
	const { perSecond, spell } = rate;
	const counted = { ...rate, spell: { ...spell, taken: spell.taken + 1 } };
	const tokens = tokensAt(rate, now);
	// With a start to spare it is not the rate that holds the batch up: nothing is learned of it.
	if (perSecond === undefined || tokens >= 1 || rate.doubt.trial !== undefined) return counted;
	// Past the refused rate the limit is another one, and what was known of it is worth no more.
	const plateau = rate.place > 1 ? Math.min(PLATEAU, rate.plateau) : rate.plateau;
	const place = rate.place + 1 / Math.max(plateau, (perSecond * PLATEAU_MS) / 1000);
	return { ...counted, place, perSecond: onCurve(rate.refusedAt, place), tokens, filledAt: now };
}

export interface Refusal {
	/** When the portal is asked again. */
	readonly resumesAt: number;
	/** Whether the portal itself said when. */
	readonly isTimed: boolean;
	/** Whether nothing was taken since it refused before. */
	readonly isStill: boolean;
}

/**
 * A refusal that names a time is a limit, until trials have shown that the rate does not matter. One
 * that does not may be a hiccup of the portal, which no rate helps against: it is a limit when there are
 * many of them, or when the next attempt meets it too.
 */
export function afterRefusedRate(before: Rate, refusal: Refusal, now: number): Rate {
	const rate = withShare(before, 1);
	const { resumesAt, isTimed, isStill } = refusal;
	const { spell, perSecond } = rate;
	const isPutUpWith = rate.refusedShare <= rate.putUpWith && (!isTimed || isKnownNotToMatter(rate));
	const next = {
		...rate,
		tokens: Math.min(1, tokensAt(rate, now)),
		filledAt: now,
		spell: { since: resumesAt, taken: 0 },
		doubt: doubtOf(rate, isStill, isPutUpWith),
	};
	if (next.doubt.trial !== undefined) {
		const isNew = rate.doubt.trial === undefined;
		const tried = { ...next, ended: undefined };
		return isNew
			? { ...tried, perSecond: Math.max(LOWEST, perSecond! / 2) }
			: afterTrial(tried, now);
	}
	if (isStill) {
		// Where the rate is known not to matter, the next attempt may well meet it by chance.
		if (rate.place > 0 || (isPutUpWith && isKnownNotToMatter(rate))) return next;
		const ended = rate.ended && { ...rate.ended, resumesAt, isHiccup: undefined };
		return learn({ ...next, ended }, now);
	}
	const ended = { ...spell, refusedAt: now, resumesAt, perSecond, isTimed };
	return isPutUpWith
		? { ...next, ended: { ...ended, isHiccup: true } }
		: learn({ ...next, ended }, now);
}

/** A trial has shown that the portal refuses at any rate. */
function isKnownNotToMatter({ putUpWith }: Rate): boolean {
	return putUpWith > HICCUPS;
}

function doubtOf(rate: Rate, isStill: boolean, isPutUpWith: boolean): Doubt {
	const { doubt, perSecond, place } = rate;
	if (isPutUpWith && doubt.trial === undefined) return doubt;
	const where = isStill ? 'still' : perSecond === undefined || place >= EARLY ? 'near' : 'below';
	return doubtAfterRefusal(doubt, where, perSecond);
}

/** Of an attempt that had started before: it says no more, but may ask for a longer wait. */
export function afterLateRefusal(rate: Rate, resumesAt: number): Rate {
	return { ...withShare(rate, 1), spell: { ...rate.spell, since: resumesAt } };
}

/** A trial of half the rate that is over gives back the rate of before, or that of before all doubt. */
function afterTrial(rate: Rate, now: number): Rate {
	const verdict = verdictOf(rate.doubt);
	if (verdict === undefined) return rate;
	const tokens = Math.min(1, tokensAt(rate, now));
	const next = { ...rate, tokens, filledAt: now, doubt: doubtAfterTrial(rate.doubt, verdict) };
	if (verdict === 'limit') return { ...next, place: 0, perSecond: rate.refusedAt * BACK_OFF };
	const { before } = rate.doubt;
	return {
		...next,
		perSecond: before,
		refusedAt: before ?? 0,
		place: 0,
		putUpWith: Math.min(MOST_PUT_UP_WITH, Math.max(LEAST_PUT_UP_WITH, rate.refusedShare * 2)),
	};
}

/** The rate that the last refusal leaves. */
function learn(rate: Rate, now: number): Rate {
	const { ended } = rate;
	if (ended === undefined || ended.taken === 0) return rate;
	const refusedAt = Math.max(LOWEST / BACK_OFF, refusedRate(ended));
	const isSame = Math.abs(refusedAt - rate.refusedAt) < rate.refusedAt * SAME;
	return {
		...rate,
		refusedAt,
		perSecond: refusedAt * BACK_OFF,
		tokens: Math.min(1, tokensAt(rate, now)),
		filledAt: now,
		place: 0,
		...(rate.place > 0 && {
			plateau: isSame && ended.isTimed ? Math.min(LONGEST_PLATEAU, rate.plateau * 2) : PLATEAU,
		}),
	};
}

/**
 * What was taken in a short spell is what is taken in the time until the portal can be asked again: it
 * counts by the second, and the spell used up what there was. In a long one it is the rate that was
 * too high.
 */
function refusedRate({
	since,
	taken,
	refusedAt,
	resumesAt,
	perSecond,
	isTimed,
}: EndedSpell): number {
	const spellMs = refusedAt - since;
	const measured = (taken * 1000) / Math.max(1, spellMs, resumesAt - refusedAt);
	if (perSecond === undefined) return measured;
	if (spellMs >= SHORT_SPELL_MS) return perSecond;
	return Math.min(perSecond, Math.max(measured, isTimed ? 0 : perSecond * LEAST_LEFT));
}

function onCurve(refusedAt: number, place: number): number {
	return refusedAt * (1 + (1 - BACK_OFF) * (place - 1) ** 3);
}

function tokensAt({ perSecond = 0, tokens, filledAt }: Rate, now: number): number {
	const largest = 1 + (perSecond * SLACK_MS) / 1000;
	return Math.min(largest, tokens + (Math.max(0, now - filledAt) * perSecond) / 1000);
}

function withShare(rate: Rate, refused: 0 | 1): Rate {
	const { refusedShare } = rate;
	const share = refusedShare + (refused - refusedShare) / LAST_ATTEMPTS;
	const putUpWith = share < rate.putUpWith / 10 ? HICCUPS : rate.putUpWith;
	return { ...rate, refusedShare: share, putUpWith };
}
