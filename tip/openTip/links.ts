import type { SearchKind } from './search';

/**
 * OpenTIP's page about an object: its value behind the host; a web address encoded whole and with a
 * slash at the end (opentip-api.md 8).
 *
 * @param origin scheme, host and port
 */
export function openTipLink(
	origin: string,
	{ kind, value }: { kind: SearchKind; value: string },
): string {
	return `${origin}/${encodeURIComponent(value)}${kind === 'url' ? '/' : ''}`;
}
