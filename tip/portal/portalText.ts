import type { TextMask } from '../values/masking';

/** Longest piece of the portal's own text shown, in characters. */
const LONGEST_TEXT = 500;
/** Of a long text, as much is looked through for secrets, in characters. */
const LOOKED_THROUGH = 64 * 1024;
/** At the end of a text that was cut, as much is dropped: half a secret may be in it. */
const UNSURE_LENGTH = 16 * 1024;

/** What the portal said of a refusal: two strings, `error` and `description` (tip-api.md 3.6). */
export interface PortalRefusal {
	errorId?: string;
	description?: string;
}

/** The portal's own words, fit for a message: one line, without control characters, not too long. */
export function plainPortalText(text: string, length = LONGEST_TEXT): string {
	const plain = text
		.slice(0, LOOKED_THROUGH)
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	return plain.length > length ? `${plain.slice(0, length).toWellFormed()}…` : plain;
}

/**
 * The same of a text in which secrets may stand: cut generously, masked, then cut to size.
 *
 * @param isCut whether more of the text was left out before
 */
export function shownPortalText(
	text: string,
	mask: TextMask,
	{ length = LONGEST_TEXT, isCut = false } = {},
): string {
	const masked = mask.text(text.slice(0, LOOKED_THROUGH));
	const isUnsure = isCut || text.length > LOOKED_THROUGH;
	return plainPortalText(isUnsure ? masked.slice(0, -UNSURE_LENGTH) : masked, length);
}

/** What a refusal says; the text of it when it is in no known form, and nothing of a page. */
export function readRefusal(body: Buffer, mask: TextMask): PortalRefusal {
	const text = textOf(body);
	if (text === '') return {};
	const { error, description } = objectOf(text) ?? {};
	if (typeof error === 'string' || typeof description === 'string') {
		return {
			...(typeof error === 'string' && { errorId: shownPortalText(error, mask) }),
			...(typeof description === 'string' && {
				description: shownPortalText(description, mask),
			}),
		};
	}
	// Markup, and JSON without these words, say nothing to a reader of a message.
	if (/^[<{[]/.test(text)) return {};
	const isCut = body.length > LOOKED_THROUGH;
	return { description: shownPortalText(text, mask, { isCut }) };
}

/** Who can have written an answer other than 2xx; `nobody` when there is nothing in it. */
export type Author = 'portal' | 'nobody' | 'other';

/**
 * The portal's refusals are an object of two strings (tip-api.md 3.6). Gateways answer with pages,
 * plain text, or objects with other names in them; one of the two strings alone counts only when
 * nothing else is there.
 */
export function authorOf(body: Buffer): Author {
	const text = textOf(body);
	if (text === '') return 'nobody';
	const object = objectOf(text);
	if (object === undefined) return 'other';
	const { error, description, ...others } = object;
	const given = [error, description].filter((part) => part !== undefined);
	const areStrings = given.every((part) => typeof part === 'string');
	const isAlone = Object.keys(others).length === 0;
	if (given.length === 0) return isAlone ? 'nobody' : 'other';
	return areStrings && (given.length === 2 || isAlone) ? 'portal' : 'other';
}

/**
 * Whether a refusal is a JSON object, or empty. In which form OpenTIP refuses is not known
 * (opentip-api.md 6); a page, or a plain text, is what gateways and wrong addresses answer.
 */
export function isObjectOrNothing(body: Buffer): boolean {
	const text = textOf(body);
	return text === '' || objectOf(text) !== undefined;
}

/** A refusal is a short text; what is longer is no refusal of the portal. */
function textOf(body: Buffer): string {
	return body
		.subarray(0, LOOKED_THROUGH)
		.toString('utf8')
		.replace(/^\uFEFF/, '')
		.trim();
}

function objectOf(text: string): Record<string, unknown> | undefined {
	try {
		const parsed: unknown = JSON.parse(text);
		return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
			? (parsed as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}
