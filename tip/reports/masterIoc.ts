import { BrokenCsv, CsvReader } from './csv';
import { decode } from './decode';
import { reportFault } from './faults';
import { openMasterFile } from './files';
import { readOpenIoc } from './openIoc';

/** The name of the file's field in the portal's answer (tip-api.md 7). */
export const MASTER_IOC = 'master_ioc';

/** Types of indicators that the master file is known to hold (tip-api.md 7.1). */
export const MASTER_IOC_TYPES = ['md5Hash', 'sha1Hash', 'sha256Hash', 'networkActivity'] as const;
export type MasterIocType = (typeof MASTER_IOC_TYPES)[number];

/** Most indicators given out as items: n8n holds all of them, several times over. */
export const MOST_MASTER_ITEMS = 200_000;

/** One indicator of the master file. What only the CSV has is left out of one from OpenIOC. */
export interface MasterIocItem {
	readonly indicator: string;
	/** One of {@link MASTER_IOC_TYPES} or another word of the portal's; in OpenIOC, a term of its own. */
	readonly type: string;
	readonly uid?: string;
	/** What names the report it is from. */
	readonly publication?: string;
	/** The date of detection as the file has it: `YYYY-MM-DD`. */
	readonly detected?: string;
}

export interface MasterIocFilter {
	/** None lets every type through. */
	readonly types: readonly MasterIocType[];
	/** `YYYY-MM-DD`, inclusive. What has no date that can be read is let through. */
	readonly since?: string;
}

/**
 * The indicators of a master file, in its order, read as it is unpacked: it is never held whole.
 *
 * @param encoded the field `master_ioc` of the portal's answer
 * @param most as many are wanted; the file is read no further
 * @throws TipError `portal` when the file can't be read up to there, or holds more than
 * {@link MOST_MASTER_ITEMS} that are wanted
 */
export async function readMasterIoc(
	encoded: unknown,
	filter: MasterIocFilter,
	most = Infinity,
): Promise<MasterIocItem[]> {
	const found: MasterIocItem[] = [];
	if (most < 1) return found;
	for await (const item of itemsIn(encoded, filter)) {
		if (found.length === MOST_MASTER_ITEMS) {
			throw reportFault('portal.tooManyIndicators', { facts: { most: MOST_MASTER_ITEMS } });
		}
		// What is cut out of a text keeps all of it in memory.
		found.push(
			Object.fromEntries(
				Object.entries(item).map(([name, value]: [string, string]) => [name, copied(value)]),
			) as unknown as MasterIocItem,
		);
		if (found.length === most) break;
	}
	return found;
}

async function* itemsIn(
	encoded: unknown,
	{ types, since }: MasterIocFilter,
): AsyncGenerator<MasterIocItem> {
	const { head, content } = await openMasterFile(encoded, MASTER_IOC);
	const isWanted = (type: string | undefined) =>
		types.length === 0 || types.some((wanted) => wanted.toLowerCase() === type?.toLowerCase());
	if (!/^\uFEFF?\s*</.test(head.toString('utf8'))) {
		for await (const item of rowsIn(content)) {
			if (isWanted(item.type) && isSince(item.detected, since)) yield item;
		}
		return;
	}
	if (since !== undefined) {
		content.destroy();
		throw broken('noDates');
	}
	const given = new Set<string>();
	for await (const { search, content: indicator } of readOpenIoc(content, MASTER_IOC)) {
		const key = `${search}\n${indicator}`;
		if (!isWanted(typeOf(search)) || given.has(key)) continue;
		given.add(copied(key));
		yield { indicator, type: search };
	}
}

/** CSV with a header; the columns are known by their order, others after them are passed over. */
async function* rowsIn(content: AsyncIterable<Buffer>): AsyncGenerator<MasterIocItem> {
	const reader = new CsvReader();
	let isHeader = true;
	function* items(rows: Iterable<string[]>): Generator<MasterIocItem> {
		for (const row of rows) {
			const [uid, publication, indicator, detected, type] = row.map((field) => field.trim());
			if (type === undefined) throw broken('notMasterIoc');
			if (isHeader) isHeader = false;
			else if (indicator !== '') {
				yield {
					indicator: indicator!,
					type,
					uid: uid!,
					publication: publication!,
					detected: detected!,
				};
			}
		}
	}
	try {
		for await (const text of decode(content)) yield* items(reader.add(text));
		yield* items(reader.end());
	} catch (thrown) {
		throw thrown instanceof BrokenCsv ? broken('notMasterIoc') : thrown;
	}
	if (isHeader) throw broken('notMasterIoc');
}

function isSince(detected: string | undefined, since: string | undefined): boolean {
	if (since === undefined || !/^\d{4}-\d{2}-\d{2}(?!\d)/.test(detected ?? '')) return true;
	return detected!.slice(0, 10) >= since;
}

/** The type in the master file's words of a term of OpenIOC (tip-api.md 7.1). */
function typeOf(search: string): MasterIocType | undefined {
	const [, hash] = /(md5|sha1|sha256)sum$/i.exec(search) ?? [];
	if (hash !== undefined) return `${hash.toLowerCase() as 'md5' | 'sha1' | 'sha256'}Hash`;
	return /^(?:Network|PortItem|DnsEntryItem|UrlHistoryItem|RouteEntryItem)\//i.test(search)
		? 'networkActivity'
		: undefined;
}

function broken(why: 'noDates' | 'notMasterIoc') {
	return reportFault('portal.brokenFile', { facts: { file: MASTER_IOC, why } });
}

function copied(text: string): string {
	return Buffer.from(text).toString('utf8');
}
