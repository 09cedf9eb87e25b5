import { withoutLabel } from './labels';
import { outOfLink } from './links';
import { refuse } from './reasons';

/** A pass takes something away; what people write is done after three. */
const MOST_PASSES = 20;

/** What no one sees, anywhere in a text; joiners between letters of scripts that need them stay. */
const UNSEEN =
	/\u034F|\u17B4|\u17B5|[\u180B-\u180E]|[\u00AD\u061C\u115F\u1160\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const JOINER_IN_ASCII = /[\u200C\u200D](?![^\0-\x7f])|(?<![^\0-\x7f])[\u200C\u200D]/g;

const LINE_ENDS = /[\p{Cc}\u2028\u2029]/u;

/** Bullets, arrows and ticks: before an indicator, with or without a blank. */
const MARKS =
	'\u2022\u2023\u2043\u204C\u204D\u2219\u25A0-\u25FF\u2605\u2606\u2610-\u2612\u2713-\u2718\u2794\u2798-\u27BE\u2190-\u21FF\u27F0-\u27FF\u2900-\u297F\u2B00-\u2B11\u2B95\u2705\u274C\u2756\u00B7\u2010-\u2015\u2212\u2E3A\u2E3B';
const LEADING = [
	new RegExp(`^[${MARKS}]\uFE0F?\\s*`, 'u'),
	/^(?:[-=~]{1,3}>|>)\s*/,
	/^(?:[-*+#~=|]{1,6}|(?:[\p{So}\p{Sk}]|\uFE0F){1,12}|\[[ x]?\])\s+/iu,
	/^\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})(?:\.\)|[.)])\s+/i,
	/^(?:\[\d{1,3}\]|\(\d{1,3}\)|[\u2460-\u24FF\u2776-\u2793]|\d\uFE0F?\u20E3)(?:\s*:)?\s*(?=[^\s:])/u,
];
const TRAILING_MARK = new RegExp(`[-*|~>=${MARKS}]|\uFE0F`, 'u');

const QUOTES =
	/[\p{Pi}\p{Pf}"'`\u00B4\u02B9-\u02BC\u02CA\u02CB\u02EE\u02DD\u2032-\u2037\u201A\u201E\u275B-\u2760\u301D-\u301F\uFF02\uFF07\uFF40]/u;
const OPENING = /[\p{Ps}<\uFF1C]/u;
const CLOSING = /[\p{Pe}>\uFF1E]/u;

/**
 * The text without what people, programs and chats put around and into an indicator: links, quotes and
 * brackets of every script, bullets, numbers and labels, invisible characters.
 *
 * @throws TipError `input` when there is more than one line, or when a link leads elsewhere than it says
 */
export function clean(text: string): string {
	return untilStable(text, (part) => {
		const seen = part.replace(UNSEEN, '').replace(JOINER_IN_ASCII, '').trim();
		if (LINE_ENDS.test(seen)) throw refuse('severalLines', seen);
		return withoutLabel(withoutLead(withoutEnd(withoutWrapping(outOfLink(seen)))));
	});
}

/** What a step comes to when it is repeated until nothing changes: so it can't change it again. */
export function untilStable(text: string, step: (text: string) => string): string {
	let current = text;
	for (let pass = 0; pass < MOST_PASSES; pass++) {
		const next = step(current);
		if (next === current) return current;
		current = next;
	}
	throw refuse('wrappedTooOften', text);
}

/** One layer of quotes or brackets, also where one of the two is missing. */
function withoutWrapping(text: string): string {
	const first = [...text.slice(0, 2)][0] ?? '';
	if (QUOTES.test(first)) return text.slice(first.length);
	if (!OPENING.test(first)) return text;
	const end = matchingEnd(text);
	// What is in the middle belongs to something: an IPv6 address with a port, a defanged dot.
	if (end === text.length - 1) return isIPv6Literal(text) ? text : text.slice(1, -1);
	return end < 0 ? text.slice(1) : text;
}

/** Where the bracket at the beginning is closed; -1 when it is not. */
function matchingEnd(text: string): number {
	let depth = 0;
	for (let index = 0; index < text.length; index++) {
		if (OPENING.test(text[index]!)) depth++;
		else if (CLOSING.test(text[index]!) && --depth === 0) return index;
	}
	return -1;
}

function isIPv6Literal(text: string): boolean {
	return text.includes(':') && /^\[[0-9a-f:.]+\]$/i.test(text);
}

/** Separators of lists, the full stop of a sentence, and closing marks of which nothing was opened. */
function withoutEnd(text: string): string {
	const last = text.at(-1) ?? '';
	const before = text.at(-2) ?? '';
	const isOver =
		/[,;،؛、，；]/.test(last) ||
		(/[!?:！？：؟]/.test(last) && !text.includes('/') && !/[.:]/.test(before)) ||
		(/[.。．｡।۔]/.test(last) && isEndOfSentence(before) && text.length > 2) ||
		(QUOTES.test(last) && isOneTooMany(text, last)) ||
		(CLOSING.test(last) && countOf(text, CLOSING) > countOf(text, OPENING)) ||
		(TRAILING_MARK.test(last) && /[\s\uFE0F]/.test(before) && /\s/.test(text));
	if (/(?:…|\.{3})$/.test(text)) throw refuse('cutOff', text);
	return isOver ? text.slice(0, -1).trimEnd() : text;
}

/** Before the full stop of a sentence, and not of a name that was cut off. */
function isEndOfSentence(before: string): boolean {
	return /[\p{L}\p{N}]/u.test(before) || QUOTES.test(before) || CLOSING.test(before);
}

/** A quotation mark at the end that has no partner in the text. */
function isOneTooMany(text: string, mark: string): boolean {
	const count = text.split(mark).length - 1;
	return mark < '\u0080' ? count % 2 === 1 : count * 2 > countOf(text, QUOTES);
}

function countOf(text: string, mark: RegExp): number {
	let count = 0;
	for (const character of text) if (mark.test(character)) count++;
	return count;
}

function withoutLead(text: string): string {
	for (const lead of LEADING) {
		const found = lead.exec(text);
		if (found !== null && found[0].length < text.length) return text.slice(found[0].length);
	}
	return text;
}
