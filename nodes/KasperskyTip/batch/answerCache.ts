import { keyedDigest } from '../../../tip/values/digest';
import type { Clock } from '../../../tip/portal/pace/pace';
import type { TipAnswer } from '../../../tip/values/answer';
import { Lru } from '../../../tip/values/lru';
import type { TipRequest } from '../../../tip/values/request';
import type { Sharing } from '../resources/operation';
import { questionKey } from './questions';

/** Most answers kept: each takes some hundred bytes, also one that says "nothing known". */
const MOST_ANSWERS = 10_000;
/** How long all of them may be as JSON, in characters: at most 32 MiB of memory. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** How long one may be: writing and reading it takes some milliseconds. Usual ones have a few thousand. */
const LONGEST_ANSWER = 512 * 1024;
/** How often is looked for answers that are over, in milliseconds. */
const SWEEP_MS = 60_000;
/** Keeps no process alive that has nothing else to do. */
const patientClock: Clock = {
	now: () => performance.now(),
	after: (ms, wake) => {
		const timer = setTimeout(wake, ms).unref();
		return () => clearTimeout(timer);
	},
};

interface Kept {
	/** JSON, so that nobody shares an object with it; undefined for "nothing known". */
	readonly json?: string;
	readonly at: number;
	readonly until: number;
}

/** The answers that one batch may use and add to. */
export interface KeptAnswers {
	recall(request: TipRequest): TipAnswer | undefined;
	keep(request: TipRequest, answer: TipAnswer): void;
}

/**
 * Answers of the portal, kept in this process for later executions as long as their user says. Each is
 * found only with the login, the portal and the question that it belongs to.
 */
export class AnswerCache {
	readonly #kept = new Lru<Kept>(MOST_ANSWERS, {
		most: MOST_CHARACTERS,
		of: ({ json }) => json?.length ?? 0,
	});
	#isWatching = false;

	/** @param clock only tests change it */
	constructor(public clock: Clock = patientClock) {}

	/**
	 * @param portal the key of the portal and the login
	 * @param forMs how old an answer may be, and how long one is kept, in milliseconds
	 * @returns undefined for no time at all
	 */
	for(portal: string, sharing: Sharing, forMs: number): KeptAnswers | undefined {
		if (forMs === 0) return undefined;
		const keyOf = (request: TipRequest) => keyedDigest(portal, questionKey(request));
		return {
			recall: (request) => {
				const now = this.clock.now();
				const kept = this.#kept.get(keyOf(request));
				if (kept === undefined || isOver(kept, now) || now - kept.at >= forMs) return undefined;
				return kept.json === undefined
					? sharing.nothingKnown
					: (JSON.parse(kept.json) as TipAnswer);
			},
			keep: (request, answer) => {
				const at = this.clock.now();
				const times = { at, until: at + forMs };
				if (answer === sharing.nothingKnown) this.#keep(keyOf(request), times);
				else {
					const lasting = sharing.lasting(answer);
					if (request.isAnswer?.(lasting) === false || !isShort(lasting)) return;
					this.#keep(keyOf(request), { json: JSON.stringify(lasting), ...times });
				}
			},
		};
	}

	#keep(key: string, kept: Kept): void {
		this.#kept.set(key, kept);
		if (!this.#isWatching) this.#watch();
	}

	/** What is over goes within a minute, whether somebody asks for it or not. */
	#watch(): void {
		this.#isWatching = true;
		this.clock.after(SWEEP_MS, () => {
			const now = this.clock.now();
			this.#isWatching = false;
			if (this.#kept.dropWhere((kept) => isOver(kept, now)) > 0) this.#watch();
		});
	}
}

/** The one of this process. */
export const answerCache = new AnswerCache();

function isOver({ until }: Kept, now: number): boolean {
	return now >= until;
}

/** Whether it is short enough to be kept, found out without writing it. */
function isShort(answer: TipAnswer): boolean {
	let room = LONGEST_ANSWER;
	const fits = (value: unknown): boolean => {
		room -= typeof value === 'string' ? value.length + 3 : 6;
		if (room < 0) return false;
		if (value === null || typeof value !== 'object') return true;
		if (Array.isArray(value)) return value.every(fits);
		return Object.entries(value).every(([key, inner]) => {
			room -= key.length + 4;
			return fits(inner);
		});
	};
	return fits(answer);
}
