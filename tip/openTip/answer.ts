import type { SearchKind } from './search';

/** The block of each kind that describes the object itself (opentip-api.md 3.1 to 3.4). */
const GENERAL_BLOCK: Readonly<Record<SearchKind, string>> = {
	hash: 'FileGeneralInfo',
	ip: 'IpGeneralInfo',
	domain: 'DomainGeneralInfo',
	url: 'UrlGeneralInfo',
};

/**
 * Whether a JSON value is an answer of OpenTIP: it has a zone at its root, or the block that describes
 * an object of this kind. Every field but `Zone` may be absent (opentip-api.md 3).
 */
export function looksLikeOpenTip(value: unknown, kind: SearchKind): boolean {
	if (!isObject(value)) return false;
	const { Zone: zone } = value;
	if (zone !== undefined && zone !== null) return typeof zone === 'string' && zone.trim() !== '';
	return isObject(value[GENERAL_BLOCK[kind]]);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}
