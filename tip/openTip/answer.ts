/** The block of each kind that describes the object itself (opentip-api.md 3.1 to 3.4). */
const GENERAL_BLOCKS = [
	'FileGeneralInfo',
	'IpGeneralInfo',
	'DomainGeneralInfo',
	'UrlGeneralInfo',
] as const;

/**
 * Whether a JSON value is an answer of OpenTIP: it has a zone at its root, or the block that describes
 * the object. Every field but `Zone` may be absent (opentip-api.md 3).
 */
export function looksLikeOpenTip(value: unknown): boolean {
	if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
	const answer = value as Record<string, unknown>;
	if (typeof answer.Zone === 'string' && answer.Zone.trim() !== '') return true;
	return GENERAL_BLOCKS.some((name) => {
		const block = answer[name];
		return block !== null && typeof block === 'object' && !Array.isArray(block);
	});
}
