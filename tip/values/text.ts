import { badInput } from './input';

/** Around a text: blanks, and what no one sees (zero-width, soft hyphen, marks of writing direction). */
const INVISIBLE =
	'[\\s\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\u2066-\\u2069\\uFEFF]';
const INVISIBLE_AT_START = new RegExp(`^${INVISIBLE}+`);
const INVISIBLE_CHARACTER = new RegExp(INVISIBLE);

/**
 * What an expression that found nothing, or no text, comes to when something makes a text of it; also
 * as the only entry of a list, and in the words of Luxon and of spreadsheets.
 */
const MISSED =
	/^[["'`]{0,2}(?:undefined|null|nan|-?infinity|\[object \w{1,30}\]|\[(?:function|datetime)\b[^\]]*|invalid date(?:time)?|#(?:n\/a|(?:null|ref|value|num)!|name\?|div\/0!))[\]"'`]{0,2}$/is;

/** How a program or a spreadsheet shows a number of which it does not keep all digits. */
const SHORTENED_NUMBER = /^-?\d{1,20}(?:[.,]\d{1,20})?e\+\d{1,3}$/i;

const SHOWN_LENGTH = 60;

/**
 * A text that a person or an expression gave for something with a name of its own: an ID, an
 * indicator, a word from a list. What goes out is what came in, or a refusal: blanks and invisible
 * characters around it are taken off, a whole number is taken as its digits, and nothing else is made
 * a text of.
 *
 * @param field in the code of the error, `input.<field>`
 * @param maxLength in characters; what is longer is refused unread
 * @throws TipError `input`
 */
export function readName(value: unknown, field: string, maxLength: number): string {
	const text = withoutInvisibleEnds(asText(value, field, maxLength));
	if (text === '') throw badInput(field, 'empty');
	if (MISSED.test(text)) throw badInput(field, 'notANumber', { found: show(text) });
	if (SHORTENED_NUMBER.test(text)) throw badInput(field, 'unsafeNumber', { found: text });
	if (isTemplate(text)) throw badInput(field, 'template', { found: show(text) });
	return text;
}

/**
 * A free text, taken as it is to the last blank: a command line, a password.
 *
 * @param isSecret a message must not show the value
 * @throws TipError `input` for anything but a text or a whole number
 */
export function readFreeText(
	value: unknown,
	field: string,
	maxLength: number,
	isSecret = false,
): string {
	const text = asText(value, field, maxLength, isSecret);
	if (text === '') throw badInput(field, 'empty');
	return text;
}

/**
 * One of the words of a list, to the letter.
 *
 * @throws TipError `input`
 */
export function readOneOf<Word extends string>(
	value: unknown,
	field: string,
	allowed: readonly Word[],
): Word {
	const word = allowed.find((one) => one === value);
	if (word !== undefined) return word;
	throw badInput(field, 'notOneOf', { found: show(value), allowed });
}

/** Whether a text is, or holds, an expression of n8n that nobody evaluated. */
function isTemplate(text: string): boolean {
	return (
		/\{\{/.test(text) ||
		/^=?\$(?:json|node|input|item|vars|env|binary|workflow|execution)\b/.test(text)
	);
}

/** The text without blanks and invisible characters at both ends. Linear, whatever the text. */
export function withoutInvisibleEnds(text: string): string {
	let end = text.length;
	while (end > 0 && INVISIBLE_CHARACTER.test(text[end - 1]!)) end--;
	return text.slice(0, end).replace(INVISIBLE_AT_START, '');
}

/** A value as a message may show it: in quotation marks when it is a text, one line, not too long. */
export function show(value: unknown): string {
	if (typeof value === 'string') {
		const line = value.slice(0, SHOWN_LENGTH + 1).replace(/[\p{Cc}\s]+/gu, ' ');
		const isCut = value.length > SHOWN_LENGTH;
		return `'${isCut ? `${line.slice(0, SHOWN_LENGTH)}…` : line}'`.toWellFormed();
	}
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return typeof value === 'object' ? 'an object' : String(typeof value);
}

function asText(value: unknown, field: string, maxLength: number, isSecret = false): string {
	const found = isSecret ? undefined : show(value);
	if (value === undefined || value === null) throw badInput(field, 'empty');
	if (typeof value === 'number') {
		if (!Number.isFinite(value)) throw badInput(field, 'notANumber', { found: show(value) });
		if (!Number.isInteger(value)) {
			throw badInput(field, 'notText', { found: found ?? 'a number with a fraction' });
		}
		if (!Number.isSafeInteger(value)) throw badInput(field, 'unsafeNumber', { found });
		return String(value);
	}
	if (typeof value !== 'string') throw badInput(field, 'notText', { found: show(value) });
	if (value.length > maxLength && lengthOf(value) > maxLength) {
		throw badInput(field, 'tooLong', { length: lengthOf(value), max: maxLength });
	}
	if (!value.isWellFormed()) throw badInput(field, 'halfCharacter');
	return value;
}

/** In characters, as people count them; a very long text is not gone through for it. */
function lengthOf(text: string): number {
	return text.length > 100_000 ? text.length : [...text].length;
}
