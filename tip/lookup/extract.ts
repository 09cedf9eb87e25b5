import { TipError } from '../values/error';
import { readIndicator, type IndicatorKind } from './indicator';
import { isOfDomain, isPrivateAddress } from './reserved';

/** Longest text gone through, of all texts of an item together, in characters. */
export const MAX_TEXT_LENGTH = 200_000;
/** Most different words looked at more closely. */
const MAX_CANDIDATES = 2_000;
/** No indicator is longer (tip-api.md 6: 2,000 and what people put around it). */
const LONGEST_WORD = 2_500;

export interface Found {
	kind: IndicatorKind;
	/** In its normal form, as a lookup asks for it. */
	value: string;
	/** As it stands in the text. */
	found: string;
	/** Where it stands first: the path of the field, and the position in its text. */
	path: string;
	position: number;
	/** How often it occurs. */
	count: number;
}

export interface ExtractOptions {
	/** Leave out private, reserved and documentation addresses. */
	withoutPrivate?: boolean;
	/** Leave out these domains, and what is below them. */
	ownDomains?: readonly string[];
}

/** What ends a word: blanks, and characters that no indicator holds, however it is written. */
const WORD = /[^\s"“”„«»<>|,;'‘’`]+/gu;
const AROUND_START = /^[([{:.*_~=-]+/;
/** Dots and closing marks after a word belong to the sentence. */
const SENTENCE_END = new Set([...'.,;:!?)]}*_~>-']);
const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** A dot between letters or digits, as it is or defanged; or the colons of IPv6. */
const MAY_BE_ADDRESS =
	/[\p{L}\p{N}_-][[({]?(?:\.|\bdot\b)[\])}]?[\p{L}\p{N}]|^[0-9a-f]{0,4}:[0-9a-f:.]+$/iu;

/**
 * Finds indicators in the texts of a value, defanged or not, without asking anybody. Each is read as a
 * lookup reads it; what a lookup would refuse is not found. Linear in the length of the texts.
 *
 * @param value a text, or anything JSON holds; keys are not looked at
 * @returns undefined when there is more text than is gone through
 */
export function extractIndicators(
	value: unknown,
	{ withoutPrivate = false, ownDomains = [] }: ExtractOptions = {},
): Found[] | undefined {
	const found = new Map<string, Found>();
	const read = new Map<string, string | undefined>();
	let room = MAX_TEXT_LENGTH;
	for (const { text, path } of textsOf(value)) {
		if ((room -= text.length) < 0) return undefined;
		for (const match of text.matchAll(WORD)) {
			const word = trimmed(match[0]);
			if (!isCandidate(word)) continue;
			let key = read.get(word);
			if (!read.has(word)) {
				if (read.size >= MAX_CANDIDATES) return undefined;
				const indicator = indicatorIn(word);
				const isWanted =
					indicator !== undefined &&
					!(withoutPrivate && isPrivateAddress(indicator)) &&
					!ownDomains.some((domain) => isOfDomain(indicator, domain));
				key = isWanted ? `${indicator.kind} ${indicator.value}` : undefined;
				read.set(word, key);
				if (isWanted && !found.has(key!)) {
					const position = match.index + match[0].indexOf(word);
					found.set(key!, { ...indicator, found: word, path, position, count: 0 });
				}
			}
			if (key !== undefined) found.get(key)!.count++;
		}
	}
	return [...found.values()];
}

function isCandidate(word: string): boolean {
	if (word.length < 4 || word.length > LONGEST_WORD) return false;
	return HASH.test(word) || MAY_BE_ADDRESS.test(word);
}

/** Of an e-mail address the domain, which is what can be looked up of it. */
const MAIL_ADDRESS =
	/^(?:mailto:)?[^@/\\:?#[(]{1,100}(?:@|\[@\]|\[at\]|\(at\))([^@/\\:?#]{3,300})$/i;

function indicatorIn(word: string) {
	try {
		return readIndicator(MAIL_ADDRESS.exec(word)?.[1] ?? word);
	} catch (thrown) {
		if (thrown instanceof TipError) return undefined;
		throw thrown;
	}
}

function trimmed(word: string): string {
	const start = AROUND_START.exec(word)?.[0].length ?? 0;
	let end = word.length;
	while (end > start && SENTENCE_END.has(word[end - 1]!)) {
		// A bracket that was opened inside belongs to the word.
		const closes = { ')': '(', ']': '[', '}': '{' }[word[end - 1]!];
		if (closes !== undefined && word.slice(start, end - 1).includes(closes)) break;
		end--;
	}
	return word.slice(start, end);
}

/** Every text in a value, with its path as n8n writes it. Depth is bounded by JSON's own. */
function* textsOf(value: unknown): Generator<{ text: string; path: string }> {
	const waiting: Array<{ value: unknown; path: string }> = [{ value, path: '' }];
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		const { value: part, path } = next;
		if (typeof part === 'string') yield { text: part, path };
		if (part === null || typeof part !== 'object') continue;
		for (const [key, inner] of Object.entries(part)) {
			const step = Array.isArray(part) ? `[${key}]` : path === '' ? key : `.${key}`;
			waiting.push({ value: inner, path: path + step });
		}
	}
}
