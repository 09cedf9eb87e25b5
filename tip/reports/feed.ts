import { Crowd } from './crowd';
import { digestsOf, hashesOf, partsOf, textOf, type Version } from './versions';
import type { Publication } from './list';

const DAY_S = 24 * 3600;

/**
 * How far behind the newest time seen a report may still turn up, in seconds: clocks that differ,
 * times that name only the day, and reports that are listed late all fit into a week.
 */
export const OVERLAP_S = 7 * DAY_S;

/** Most versions remembered one by one; more are remembered as crowds, a day's together. */
export const MAX_SEEN = 1500;
/** Of these, most without a time that can be read. */
const MAX_TIMELESS = 500;
/** Most crowds remembered: the days of two weeks, and those without a time. */
const MAX_CROWDS = 16;

/** What is kept from one look at the portal to the next; plain JSON, less than 64 KB. */
export interface FeedState {
	/** Reports changed before this moment are over and done with. Portal's time, Unix seconds. */
	since: number;
	/** From which date the portal was last asked. */
	from: number;
	/** Versions of reports that are known, by their keys. */
	seen: string[];
	/** Where there were too many, by the day. */
	crowds?: Record<string, string>;
}

export interface FeedEvent {
	event: 'new' | 'updated';
	publication: Publication;
}

/**
 * From which date of publication the portal is to be asked (tip-api.md 7): never from later than a week
 * before now, whatever a clock that was ahead has left behind. Updates show only as far back as is asked.
 *
 * @param lookBackS how far back updates are looked for; 0 when only new reports matter
 */
export function askFrom(state: FeedState | undefined, nowS: number, lookBackS: number): number {
	const since = sinceNow(state, nowS);
	return Math.max(0, lookBackS === 0 ? since : Math.min(since, nowS - lookBackS));
}

function sinceNow(state: FeedState | undefined, nowS: number): number {
	const since = Math.max(0, Math.min(state?.since ?? Infinity, nowS - OVERLAP_S));
	// Crowds are of whole days: to tell a new one from the rest, all of the day has to be listed.
	return state?.crowds === undefined ? since : since - (since % DAY_S);
}

/**
 * Takes in what the portal lists now: which reports are new or changed, and what to remember.
 *
 * A version of a report (its id and the time of its last change) is given once, and what was there at
 * the first look is not given at all. For that, every version younger than `since` is remembered.
 * `since` follows the newest time the portal has shown, at the distance of {@link OVERLAP_S}. What is
 * dated into the future does not count: it must not hide the reports before it.
 *
 * @param from what {@link askFrom} said before the portal was asked
 */
export function advance(
	state: FeedState | undefined,
	listed: readonly Version[],
	nowS: number,
	from: number,
): { state: FeedState; events: FeedEvent[] } {
	const newest = listed.reduce(
		(most, { at }) => (at !== null && at <= nowS ? Math.max(most, at) : most),
		0,
	);
	// At the first look only the portal's own time says whether the clock here is ahead.
	const since =
		state === undefined && newest > 0
			? Math.max(0, Math.min(nowS, newest) - OVERLAP_S)
			: sinceNow(state, nowS);
	const memory = new Memory(state);
	// What is over is remembered while a clock that goes back by a week could take it for news.
	const floor = (moment: number) => Math.min(moment, nowS - 2 * OVERLAP_S);
	const found = memory.take(listed.filter(({ at }) => at === null || at >= floor(since)));
	// When further back is asked than before, what turns up there is no news. What was asked by a clock
	// that was ahead says nothing of that.
	const asked = state !== undefined && state.from <= nowS - DAY_S ? state.from : from;
	const events = found.flatMap((version): Dated[] => {
		const { published = Infinity, at = Infinity } = version;
		const isOver = at !== null && at < since;
		if (state === undefined || isOver || (from < asked && published < asked)) return [];
		const isUpdate = memory.knows(version) || published < since;
		const event = isUpdate ? 'updated' : 'new';
		return [{ event, publication: version.publication, at: version.at ?? Number.MAX_SAFE_INTEGER }];
	});
	memory.remember(found);
	const nextSince = Math.max(since, newest - OVERLAP_S);
	// Oldest first, as they happened.
	events.sort((a, b) => a.at - b.at);
	return {
		state: { ...memory.forget(nextSince, floor(nextSince)), from },
		events: events.map(({ event, publication }) => ({ event, publication })),
	};
}

type Dated = FeedEvent & { at: number };

/** Which versions are known: one by one, or as crowds. No version is in both. */
class Memory {
	readonly #seen: Set<string>;
	readonly #ids: Set<string>;
	readonly #crowds: Map<string, Crowd>;
	/** Of versions that were in a crowd and are listed no more. */
	readonly #gone = new Set<number>();

	constructor(state: FeedState | undefined) {
		this.#seen = new Set(state?.seen);
		this.#ids = new Set(state?.seen.map((key) => partsOf(key).id));
		this.#crowds = new Map(
			Object.entries(state?.crowds ?? {}).flatMap(([day, text]) => {
				const crowd = Crowd.from(text);
				return crowd === undefined ? [] : [[day, crowd]];
			}),
		);
	}

	/** Which of these are not known yet. */
	take(listed: readonly Version[]): Version[] {
		const found: Version[] = [];
		const ofCrowds = new Map<string, Version[]>();
		const keys = new Set<string>();
		for (const version of listed) {
			if (this.#seen.has(version.key) || keys.has(version.key)) continue;
			keys.add(version.key);
			const day = dayOf(version.at);
			if (!this.#crowds.has(day)) found.push(version);
			else if (ofCrowds.has(day)) ofCrowds.get(day)!.push(version);
			else ofCrowds.set(day, [version]);
		}
		for (const [day, versions] of ofCrowds) found.push(...this.#takeFromCrowd(day, versions));
		return found;
	}

	#takeFromCrowd(day: string, versions: Version[]): Version[] {
		const crowd = this.#crowds.get(day)!;
		const differences = crowd.differencesTo(versions);
		if (differences === undefined) {
			// Too many changes at once to tell which: nothing is given, rather than all of it again.
			if (versions.length >= crowd.size) this.#crowds.set(day, Crowd.of(versions));
			return [];
		}
		for (const { sign, idHash } of differences) if (sign === -1) this.#gone.add(idHash);
		const isNew = new Set(
			differences.filter(({ sign }) => sign === 1).map(({ keyHash }) => keyHash),
		);
		return versions.filter(({ keyHash }) => isNew.has(keyHash));
	}

	/** Whether an earlier version of the report is known. */
	knows({ id, idHash }: Version): boolean {
		return this.#ids.has(id) || this.#gone.has(idHash);
	}

	remember(versions: readonly Version[]): void {
		for (const { key } of versions) this.#seen.add(key);
	}

	/**
	 * What is remembered of it all, when `since` is to be the moment before which all is over: what is no
	 * older than `floor`. Of too many, the older ones become crowds; and of too many crowds the oldest are
	 * let go, and `since` moves past them, so that they don't come back as new.
	 */
	forget(since: number, floor: number): Pick<FeedState, 'since' | 'seen' | 'crowds'> {
		const timeless: string[] = [];
		const timed: Array<{ key: string; at: number }> = [];
		for (const key of this.#seen) {
			const { at } = partsOf(key);
			if (at === null) timeless.push(key);
			else if (at >= floor) timed.push({ key, at });
		}
		timed.sort((a, b) => b.at - a.at);
		const old = timeless.splice(0, Math.max(0, timeless.length - MAX_TIMELESS));
		const rest = timed.splice(MAX_SEEN - timeless.length);
		this.#join(old);
		this.#join(rest.map(({ key }) => key));
		const seen = [...timed.map(({ key }) => key).reverse(), ...timeless];
		const firstDay = Math.floor(floor / DAY_S);
		const crowds = [...this.#crowds]
			.filter(([day]) => day === TIMELESS || Number(day) >= firstDay)
			.sort(
				([a], [b]) =>
					(b === TIMELESS ? Infinity : Number(b)) - (a === TIMELESS ? Infinity : Number(a)),
			);
		if (crowds.length === 0) return { since, seen };
		const [letGo] = crowds.splice(MAX_CROWDS);
		return {
			since: letGo === undefined ? since : Math.max(since, (Number(letGo[0]) + 1) * DAY_S),
			seen,
			crowds: Object.fromEntries(crowds.map(([day, crowd]) => [day, crowd.toString()])),
		};
	}

	/** Makes a crowd of what was remembered one by one. */
	#join(keys: readonly string[]): void {
		for (const key of keys) {
			const day = dayOf(partsOf(key).at);
			const crowd = this.#crowds.get(day) ?? new Crowd();
			this.#crowds.set(day, crowd);
			crowd.add(hashesOf(key));
		}
	}
}

const TIMELESS = 'none';

function dayOf(at: number | null): string {
	return at === null ? TIMELESS : String(Math.floor(at / DAY_S));
}

/** The state as it was stored, or undefined when there is none that can be used. */
export function readFeedState(stored: unknown): FeedState | undefined {
	if (stored === null || typeof stored !== 'object') return undefined;
	const { since, from, seen, crowds } = stored as Partial<FeedState>;
	if (typeof since !== 'number' || typeof from !== 'number' || !Array.isArray(seen))
		return undefined;
	const hasCrowds = crowds !== null && typeof crowds === 'object' && !Array.isArray(crowds);
	return {
		since,
		from,
		seen: (seen as unknown[]).flatMap(keyOf),
		...(hasCrowds && { crowds }),
	};
}

/** A key as it is kept, or made of what was kept before: an ID, a mark and a time. */
function keyOf(kept: unknown): string[] {
	if (typeof kept === 'string') return [kept];
	if (!Array.isArray(kept)) return [];
	const [id, mark, at] = kept as [unknown, unknown, unknown];
	return [digestsOf(textOf(id), typeof at === 'number' ? at : null, textOf(mark)).key];
}
