import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Indicator } from './indicator';

/** Networks that are nobody's on the internet (IANA's special-purpose registries, RFC 6890). */
const RESERVED = new BlockList();
for (const [network, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
] as const) {
	RESERVED.addSubnet(network, prefix);
}
for (const [network, prefix] of [
	['::', 127],
	['64:ff9b:1::', 48],
	['100::', 64],
	['2001:db8::', 32],
	['fc00::', 7],
	['fe80::', 10],
	['ff00::', 8],
] as const) {
	RESERVED.addSubnet(network, prefix, 'ipv6');
}

/** Names that are not on the internet (RFC 2606, 6761 and 6762). */
const RESERVED_NAMES = [
	'example',
	'home.arpa',
	'internal',
	'invalid',
	'local',
	'localhost',
	'test',
];

/** Whether an indicator is, or is at, an address that is private, reserved or for documentation. */
export function isPrivateAddress(indicator: Indicator): boolean {
	const host = hostOf(indicator);
	if (host === undefined) return false;
	if (isIPv4(host)) return RESERVED.check(host);
	if (isIPv6(host)) return RESERVED.check(host, 'ipv6');
	return RESERVED_NAMES.some((name) => host === name || host.endsWith(`.${name}`));
}

/** Whether an indicator is a domain, or is at one, that is this one or below it. */
export function isOfDomain(indicator: Indicator, domain: string): boolean {
	const host = hostOf(indicator);
	return host !== undefined && (host === domain || host.endsWith(`.${domain}`));
}

function hostOf({ kind, value }: Indicator): string | undefined {
	if (kind === 'hash') return undefined;
	if (kind !== 'url') return value;
	const host = /^(?:\[([^\]]*)\]|([^/?#:]*))/.exec(value);
	return host?.[1] ?? host?.[2];
}
