/** The attempts that have started and not ended. */
export interface UnderWay {
	/** In the order of their starts. */
	readonly attempts: ReadonlyArray<{ readonly number: number; readonly startedAt: number }>;
	/** The last one to start of those that had an answer. */
	readonly lastAnswered: number;
}

export const NOTHING_UNDER_WAY: UnderWay = { attempts: [], lastAnswered: 0 };

/** An attempt is late after so long, in milliseconds, and so many times the usual time. */
const LATE_MS = 2000;
const LATE_FACTOR = 4;

export function afterBegin(underWay: UnderWay, number: number, startedAt: number): UnderWay {
	return { ...underWay, attempts: [...underWay.attempts, { number, startedAt }] };
}

export function afterFinish(underWay: UnderWay, number: number, isAnswered: boolean): UnderWay {
	return {
		attempts: underWay.attempts.filter((attempt) => attempt.number !== number),
		lastAnswered: isAnswered ? Math.max(underWay.lastAnswered, number) : underWay.lastAnswered,
	};
}

/**
 * How long until there is room for one more, in milliseconds: 0 for now, `Infinity` for not before
 * one has ended. An attempt that is late, while others that started after it have been answered, got
 * lost on the way: it takes no room from them. When all are late, one more goes and sees.
 *
 * @param size how many may be under way
 * @param most the same, lost ones included
 */
export function waitForRoom(
	{ attempts, lastAnswered }: UnderWay,
	size: number,
	most: number,
	usualMs: number,
	now: number,
): number {
	if (attempts.length < size) return 0;
	if (attempts.length >= most) return Infinity;
	const lateMs = LATE_MS + usualMs * LATE_FACTOR;
	const isLost = (attempt: UnderWay['attempts'][number]) =>
		attempt.number < lastAnswered && attempt.startedAt + lateMs <= now;
	const counted = attempts.filter((attempt) => !isLost(attempt));
	if (counted.length < size) return 0;
	const lateAt = (attempt: UnderWay['attempts'][number]) => attempt.startedAt + lateMs;
	const overtaken = counted.filter(({ number }) => number < lastAnswered).map(lateAt);
	const allLateAt = counted.length === size ? [Math.max(...counted.map(lateAt))] : [];
	return Math.max(0, Math.min(...overtaken, ...allLateAt) - now);
}
