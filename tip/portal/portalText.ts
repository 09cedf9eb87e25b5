/** Longest piece of the portal's own text shown in a message, in characters. */
const LONGEST_TEXT = 500;

/** The portal's own words, fit for a message: one line, without control characters, not too long. */
export function plainPortalText(text: string): string {
	const plain = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
	return plain.length > LONGEST_TEXT ? `${plain.slice(0, LONGEST_TEXT)}…` : plain;
}
