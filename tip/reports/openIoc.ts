import { setImmediate as nextTurn } from 'node:timers/promises';
import { XMLParser } from 'fast-xml-parser';
import { decode } from './decode';
import { reportFault } from './faults';

/** Largest file of indicators taken after decompression, in bytes. */
export const MAX_IOC_BYTES = 32 * 1024 * 1024;

/** Items read between two turns of the event loop. */
const ITEMS_PER_TURN = 50;
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

const OPENING = /<(?:[\w.-]{1,64}:)?IndicatorItem(?=[\s>])/g;
const CLOSING = /<\/(?:[\w.-]{1,64}:)?IndicatorItem\s{0,8}>/g;

/** Of a text in which no item begins, as much may be the beginning of one or the end of all, in characters. */
const KEPT_LENGTH = 200;
/** Where the root is, in characters. */
const HEAD_LENGTH = 1024;

const ROOT = /^\s*(?:<\?xml[^<>]{0,200}\?>\s*)?<(?:[\w.-]{1,64}:)?(?:ioc|iocs|OpenIOC)[\s>]/i;
const ROOT_END = /<\/(?:[\w.-]{1,64}:)?(?:ioc|iocs|OpenIOC)>$/i;
const DOCUMENT_TYPE = /<!(?:DOCTYPE|ENTITY)/i;

/**
 * The indicators of an OpenIOC 1.0 file (tip-api.md 7.1), in its order, read piece by piece: the file is
 * never held whole. Each is parsed by itself, with turns of the event loop in between; a document type,
 * which could define entities, is refused.
 *
 * @param file the name of its field in the answer
 * @throws TipError `portal` when it is no such file, or not all of one, which can show at its end only
 */
export async function* readOpenIoc(
	content: AsyncIterable<Buffer>,
	file: string,
): AsyncGenerator<OpenIocItem> {
	const broken = () => reportFault('portal.brokenFile', { facts: { file, why: 'notOpenIoc' } });
	const finder = new ItemFinder(broken);
	let count = 0;
	async function* parsed(xmls: Iterable<string>): AsyncGenerator<OpenIocItem> {
		for (const xml of xmls) {
			if (++count % ITEMS_PER_TURN === 0) await nextTurn();
			const item = parseItem(xml, broken);
			if (item !== undefined) yield item;
		}
	}
	for await (const text of withoutComments(decode(content), broken)) {
		yield* parsed(finder.add(text));
	}
	yield* parsed(finder.end());
}

/** Cuts the items out of pieces of a text. */
class ItemFinder {
	#text = '';
	#isBegun = false;

	constructor(private readonly broken: () => Error) {}

	add(piece: string): string[] {
		if (DOCUMENT_TYPE.test(this.#text.slice(-KEPT_LENGTH) + piece)) throw this.broken();
		this.#text += piece;
		if (!this.#isBegun && this.#text.length < HEAD_LENGTH) return [];
		return this.#take(false);
	}

	end(): string[] {
		const items = this.#take(true);
		if (!ROOT_END.test(this.#text.slice(-KEPT_LENGTH).trimEnd())) throw this.broken();
		return items;
	}

	#take(isOver: boolean): string[] {
		const text = this.#text;
		if (!this.#isBegun && !ROOT.test(text)) throw this.broken();
		this.#isBegun = true;
		const items: string[] = [];
		let from = 0;
		for (;;) {
			OPENING.lastIndex = from;
			const start = OPENING.exec(text)?.index;
			if (start === undefined) break;
			CLOSING.lastIndex = start;
			if (CLOSING.exec(text.slice(0, start + LONGEST_ITEM)) === null) {
				if (isOver || text.length - start >= LONGEST_ITEM) throw this.broken();
				this.#text = text.slice(start);
				return items;
			}
			from = CLOSING.lastIndex;
			items.push(text.slice(start, from));
		}
		this.#text = text.slice(Math.max(from, text.length - KEPT_LENGTH));
		return items;
	}
}

function parseItem(xml: string, broken: () => Error): OpenIocItem | undefined {
	let item: Record<string, unknown> | undefined;
	try {
		item = (parser.parse(xml) as { IndicatorItem?: Record<string, unknown> }).IndicatorItem;
	} catch {
		throw broken();
	}
	const search = (item?.Context as Record<string, unknown> | undefined)?.['@search'];
	const content = item?.Content;
	const value =
		typeof content === 'object' ? (content as Record<string, unknown> | null)?.['#text'] : content;
	if (typeof search !== 'string' || typeof value !== 'string' || value.trim() === '')
		return undefined;
	return { search: search.trim(), content: value.trim() };
}

const COMMENT = '<!--';
const COMMENT_END = '-->';

/** @throws Error when a comment has no end */
async function* withoutComments(
	texts: AsyncIterable<string>,
	broken: () => Error,
): AsyncGenerator<string> {
	let rest = '';
	let isInside = false;
	for await (const text of texts) {
		rest += text;
		let kept = '';
		for (;;) {
			const sought = isInside ? COMMENT_END : COMMENT;
			const at = rest.indexOf(sought);
			// What is left may end in the middle of what is sought.
			const end = at >= 0 ? at : Math.max(0, rest.length - sought.length + 1);
			if (!isInside) kept += rest.slice(0, end);
			rest = rest.slice(at >= 0 ? at + sought.length : end);
			if (at < 0) break;
			isInside = !isInside;
		}
		if (kept !== '') yield kept;
	}
	if (isInside) throw broken();
	if (rest !== '') yield rest;
}
