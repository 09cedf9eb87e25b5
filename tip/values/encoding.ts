/**
 * Percent-encodes everything but RFC 3986's unreserved characters, as UTF-8.
 * `encodeURIComponent` leaves `!'()*`, which some gateways treat as special.
 */
export function encodeRfc3986(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}
