import { timesOf, type Publication } from './list';

/**
 * How far behind the newest time seen a report may still turn up, in seconds: clocks that differ,
 * times that name only the day, and reports that are listed late all fit into a week.
 */
export const OVERLAP_S = 7 * 24 * 3600;

/** Most reports remembered. */
export const MAX_SEEN = 10_000;

/** What is kept from one look at the portal to the next; plain JSON. */
export interface FeedState {
	/** Reports changed before this moment are over and done with. Portal's time, Unix seconds. */
	since: number;
	/** From which date the portal was last asked. */
	from: number;
	/** Versions of reports that are known. */
	seen: SeenVersion[];
}

/** A report, what tells this version of it from others, and when it came to be, if that is known. */
type SeenVersion = [id: string, mark: string | number, at: number | null];

export interface FeedEvent {
	event: 'new' | 'updated';
	publication: Publication;
}

/**
 * From which date the portal is to be asked. Which of a report's dates the portal compares is in no
 * source; if it is the date of publication, updates show only as far back as is asked.
 *
 * @param lookBackS how far back updates are looked for; 0 when only new reports matter
 */
export function askFrom(state: FeedState | undefined, nowS: number, lookBackS: number): number {
	const since = state?.since ?? firstSince(nowS);
	return Math.max(0, Math.min(since, lookBackS === 0 ? since : nowS - lookBackS));
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
	listed: readonly Publication[],
	nowS: number,
	from: number,
): { state: FeedState; events: FeedEvent[] } {
	const before: FeedState = state ?? { since: firstSince(nowS), from, seen: [] };
	const seen = new Map(before.seen.map((version) => [keyOf(version), version]));
	const knownIds = new Set(before.seen.map(([id]) => id));
	const listedKeys = new Set<string>();
	const events: FeedEvent[] = [];
	let newest = 0;

	for (const publication of listed) {
		const version = versionOf(publication);
		const [id, , at] = version;
		const key = keyOf(version);
		listedKeys.add(key);
		if (at !== null && at <= nowS) newest = Math.max(newest, at);
		if (seen.has(key) || (at !== null && at < before.since)) continue;
		seen.set(key, version);
		const { published } = timesOf(publication);
		const isOlderThan = (moment: number) => published !== undefined && published < moment;
		// When further back is asked than before, what turns up there is no news.
		const isHistory = state === undefined || (from < before.from && isOlderThan(before.from));
		if (isHistory) continue;
		const isUpdate = knownIds.has(id) || isOlderThan(before.since);
		events.push({ event: isUpdate ? 'updated' : 'new', publication });
	}

	const since = Math.max(before.since, newest - OVERLAP_S);
	const kept = [...seen].filter(([key, [, , at]]) =>
		at === null ? listedKeys.has(key) : at >= since,
	);
	const versions = kept.map(([, version]) => version);
	return { state: { ...bounded(since, versions), from }, events: events.sort(byTime) };
}

/** The state as it was stored, or undefined when there is none that can be used. */
export function readFeedState(stored: unknown): FeedState | undefined {
	if (stored === null || typeof stored !== 'object') return undefined;
	const { since, from, seen } = stored as Partial<FeedState>;
	const fits = typeof since === 'number' && typeof from === 'number' && Array.isArray(seen);
	return fits ? { since, from, seen: seen.filter(Array.isArray) as SeenVersion[] } : undefined;
}

function firstSince(nowS: number): number {
	return Math.max(0, nowS - OVERLAP_S);
}

function versionOf(publication: Publication): SeenVersion {
	const { published, updated } = timesOf(publication);
	const at = updated ?? published ?? null;
	// A time that can't be read still tells one version from the next.
	return [textOf(publication.id), at ?? textOf(publication.updated ?? publication.published), at];
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function keyOf([id, mark]: SeenVersion): string {
	return JSON.stringify([id, mark]);
}

/** Keeps the youngest, and moves `since` past what is let go, so that it does not come back as new. */
function bounded(since: number, versions: SeenVersion[]): Pick<FeedState, 'since' | 'seen'> {
	if (versions.length <= MAX_SEEN) return { since, seen: versions };
	const age = ([, , at]: SeenVersion) => at ?? Number.MAX_SAFE_INTEGER;
	const youngest = [...versions].sort((a, b) => age(b) - age(a));
	const letGo = youngest[MAX_SEEN]![2] ?? since;
	return {
		since: Math.max(since, letGo + 1),
		seen: youngest.slice(0, MAX_SEEN).filter(([, , at]) => at === null || at > letGo),
	};
}

/** Oldest first, as they happened. */
function byTime(a: FeedEvent, b: FeedEvent): number {
	const at = ({ publication }: FeedEvent) => versionOf(publication)[2] ?? Number.MAX_SAFE_INTEGER;
	return at(a) - at(b);
}
