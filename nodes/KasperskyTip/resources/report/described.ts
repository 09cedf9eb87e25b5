import { readIndicator, type IndicatorKind } from '../../../../tip/lookup/indicator';

const HASH_TYPES: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** By the terms of OpenIOC, and by the types of the master file (tip-api.md 7.1). */
const IS_HASH = /(?:md5|sha1|sha256)(?:sum|hash)$/i;
const IS_NETWORK =
	/^(?:(?:Network|PortItem|DnsEntryItem|UrlHistoryItem|RouteEntryItem|Email)\/|networkActivity$)/i;
/** A name that the file calls a host is one, whatever its ending. */
const IS_HOST = /(?:DNS|Host|networkActivity)$/i;

/**
 * An indicator of a file, read as a lookup reads it; what no lookup takes stays as it stands.
 *
 * @param type what the file calls it
 */
export function described(type: string, content: string) {
	const indicator = lookedUpAs(type, content);
	const kind =
		indicator?.kind ?? (/^Email\//i.test(type) && content.includes('@') ? 'email' : 'other');
	const value = indicator?.value ?? content;
	return {
		indicator: value,
		kind,
		type,
		...(kind === 'hash' && { hashType: HASH_TYPES[value.length] }),
	};
}

function lookedUpAs(type: string, content: string) {
	const isHash = IS_HASH.test(type);
	if (!isHash && !IS_NETWORK.test(type)) return undefined;
	const kinds: Array<IndicatorKind | undefined> = isHash
		? ['hash']
		: [undefined, ...(IS_HOST.test(type) ? (['domain'] as const) : [])];
	for (const wanted of kinds) {
		try {
			return readIndicator(content, wanted);
		} catch {
			// It is something else, and stays as it stands.
		}
	}
	return undefined;
}
