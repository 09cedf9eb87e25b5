import { setImmediate as nextTurn } from 'node:timers/promises';
import { timesOf, type Publication } from './list';

const { imul } = Math;

/** Reports read between two turns of the event loop. */
const REPORTS_PER_TURN = 2000;

/** A report as it is now: what tells it from others, and this version of it from the one before. */
export interface Version {
	readonly publication: Publication;
	/** Short, and the same for every version of the report. */
	readonly id: string;
	/** Short, and another one for every version. */
	readonly key: string;
	readonly idHash: number;
	readonly keyHash: number;
	/** Of its last change, in Unix seconds; null when that can't be read. */
	readonly at: number | null;
	readonly published?: number;
}

/** Reads what the portal lists, with turns of the event loop in between. */
export async function readVersions(publications: readonly Publication[]): Promise<Version[]> {
	const versions: Version[] = [];
	for (const publication of publications) {
		versions.push(versionOf(publication));
		if (versions.length % REPORTS_PER_TURN === 0) await nextTurn();
	}
	return versions;
}

function versionOf(publication: Publication): Version {
	const { published, updated } = timesOf(publication);
	const at = updated ?? published ?? null;
	const { id, updated: change, published: beginning } = publication;
	return { publication, at, published, ...digestsOf(textOf(id), at, textOf(change ?? beginning)) };
}

/**
 * @param id of the report, as the portal gives it
 * @param mark a time that can't be read still tells one version from the next
 */
export function digestsOf(id: string, at: number | null, mark: string) {
	const [first, second] = hashOf(id);
	const short = `${first.toString(36)}${(second & 0xfffff).toString(36)}`;
	const ending = at === null ? `~${hashOf(mark)[0].toString(36)}` : `.${at.toString(36)}`;
	const key = short + ending;
	return { id: short, key, ...hashesOf(key) };
}

/** A key as two numbers of 32 bits: of the report, and of this version of it. */
export function hashesOf(key: string): { idHash: number; keyHash: number } {
	return { idHash: hashOf(partsOf(key).id)[0], keyHash: hashOf(key)[0] };
}

/** The id and the time of a key. */
export function partsOf(key: string): { id: string; at: number | null } {
	const dot = key.indexOf('.');
	if (dot < 0) return { id: key.slice(0, key.indexOf('~')), at: null };
	return { id: key.slice(0, dot), at: parseInt(key.slice(dot + 1), 36) };
}

export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Two lanes of FNV-1a, the second begun elsewhere, each mixed at the end as in MurmurHash3. */
export function hashOf(text: string): readonly [number, number] {
	let first = 0x811c9dc5;
	let second = 0x9747b28c;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		first = imul(first ^ unit, 0x01000193);
		second = imul(second ^ unit, 0x85ebca6b);
	}
	return [mix(first), mix(second ^ first)];
}

/** Spreads each bit of a number over all of it. */
export function mix(number: number): number {
	let mixed = number ^ (number >>> 16);
	mixed = imul(mixed, 0x85ebca6b);
	mixed ^= mixed >>> 13;
	mixed = imul(mixed, 0xc2b2ae35);
	return (mixed ^ (mixed >>> 16)) >>> 0;
}
