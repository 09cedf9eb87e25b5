import { setImmediate as nextTurn } from 'node:timers/promises';
import { XMLParser } from 'fast-xml-parser';
import { reportFault } from './faults';

/** Largest file of indicators taken after decompression, in bytes. */
export const MAX_IOC_BYTES = 32 * 1024 * 1024;

/** Items read between two turns of the event loop. */
const ITEMS_PER_TURN = 200;
/** No item is longer, in characters. */
const LONGEST_ITEM = 64 * 1024;

/** One indicator of a report, as the file holds it. */
export interface OpenIocItem {
	/** What it is, by the terms of OpenIOC: `FileItem/Md5sum`, `Network/DNS` (tip-api.md 7.1). */
	readonly search: string;
	readonly content: string;
}

/** Values stay texts: a hash of digits is no number. */
const parser = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	removeNSPrefix: true,
	parseTagValue: false,
	parseAttributeValue: false,
	htmlEntities: true,
});

const COMMENT = '<!--';
const OPENING = /<(?:[\w.-]{1,64}:)?IndicatorItem(?=[\s>])/g;
const CLOSING = /<\/(?:[\w.-]{1,64}:)?IndicatorItem\s{0,8}>/g;

/**
 * The indicators of an OpenIOC 1.0 file (tip-api.md 7.1), in its order and each once. Each is parsed by
 * itself, with turns of the event loop in between; a document type, which could define entities, is
 * refused.
 *
 * @param file the name of its field in the answer
 * @throws TipError `portal` when it is no such file, or not all of one
 */
export async function readOpenIoc(xml: string, file: string): Promise<OpenIocItem[]> {
	const broken = () => reportFault('portal.brokenFile', { facts: { file, why: 'notOpenIoc' } });
	const text = withoutComments(xml);
	const isOpenIoc =
		/^\uFEFF?\s*(?:<\?xml[^<>]{0,200}\?>\s*)?<(?:[\w.-]{1,64}:)?(?:ioc|iocs|OpenIOC)[\s>]/i;
	if (text === undefined || !isOpenIoc.test(text) || /<!(?:DOCTYPE|ENTITY)/i.test(text))
		throw broken();
	if (!/<\/(?:[\w.-]{1,64}:)?(?:ioc|iocs|OpenIOC)>$/i.test(text.slice(-200).trimEnd()))
		throw broken();
	const found = new Map<string, OpenIocItem>();
	let count = 0;
	OPENING.lastIndex = 0;
	for (let start = OPENING.exec(text); start !== null; start = OPENING.exec(text)) {
		CLOSING.lastIndex = start.index;
		const end = CLOSING.exec(text.slice(0, start.index + LONGEST_ITEM));
		if (end === null) throw broken();
		const item = parseItem(text.slice(start.index, CLOSING.lastIndex));
		OPENING.lastIndex = CLOSING.lastIndex;
		if (item !== undefined) found.set(`${item.search}\n${item.content}`, item);
		if (++count % ITEMS_PER_TURN !== 0) continue;
		// Another reading may use the same expressions meanwhile.
		const { lastIndex } = OPENING;
		await nextTurn();
		OPENING.lastIndex = lastIndex;
	}
	return [...found.values()];
}

function parseItem(xml: string): OpenIocItem | undefined {
	const { IndicatorItem: item } = parser.parse(xml) as { IndicatorItem?: Record<string, unknown> };
	const search = (item?.Context as Record<string, unknown> | undefined)?.['@search'];
	const content = item?.Content;
	const value =
		typeof content === 'object' ? (content as Record<string, unknown> | null)?.['#text'] : content;
	if (typeof search !== 'string' || typeof value !== 'string' || value.trim() === '')
		return undefined;
	return { search: search.trim(), content: value.trim() };
}

/** Undefined when a comment has no end. */
function withoutComments(xml: string): string | undefined {
	const kept: string[] = [];
	let from = 0;
	for (let start = xml.indexOf(COMMENT); start >= 0; start = xml.indexOf(COMMENT, from)) {
		const end = xml.indexOf('-->', start + COMMENT.length);
		if (end < 0) return undefined;
		kept.push(xml.slice(from, start));
		from = end + 3;
	}
	return kept.join('') + xml.slice(from);
}
