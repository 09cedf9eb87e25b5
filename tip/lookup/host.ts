import { isIPv4, isIPv6 } from 'node:net';
import { parse } from 'tldts';
import { parseUrl } from '../values/url';
import { refuse } from './reasons';

/** What stands before the path of an address; an IPv6 address without its brackets. */
export interface Host {
	readonly kind: 'ipv4' | 'ipv6' | 'name';
	readonly value: string;
}

/** A name has 253 characters at most; the rest is room for a port and for letters that become more. */
const MAX_LENGTH = 512;

/** RFC 2606 and 6761: in no list, since they never exist, and in every example. */
const RESERVED_ENDINGS = new Set(['example', 'invalid', 'test']);

/** What no name holds, although the rules of URLs would make punycode of some of it. */
const FOREIGN = /[^\u200D\u200C\p{L}\p{M}\p{Nd}._\u30FB\u05F3\u05F4-]/u;

/** Catalan's `l·l` is the one place for a dot in the middle (RFC 5892, A.3). */
const MIDDLE_DOT = /(?<=l)·(?=l)/gi;

/** Smaller numbers are ordinary ones, not IPv4 addresses in one piece. */
const SMALLEST_ADDRESS_AS_NUMBER = 2 ** 24;

/**
 * Reads a host with or without a port, refanged: names in punycode and lower case without the root's
 * dot, IP addresses in their shortest form. An IPv4-mapped IPv6 address is the IPv4 address.
 *
 * @returns undefined for what is no host
 * @throws TipError `input` for an IPv4 address in a spelling that is read in more than one way, and for
 * a name with a character that no name has
 */
export function readHost(text: string): Host | undefined {
	if (text === '' || text.length > MAX_LENGTH) return undefined;
	const bracketed = /^\[([^\]]*)\](?::\d{0,5})?$/.exec(text);
	const address = bracketed?.[1] ?? text;
	if (isIPv6(address)) return readIPv6(address);
	if (bracketed !== null) return undefined;

	const name = text.replace(/:\d{0,5}$/, '');
	const foreign = FOREIGN.exec(name.replace(MIDDLE_DOT, ''))?.[0];
	if (foreign !== undefined) {
		if (foreign < '\u0080' || /\s/.test(foreign)) return undefined;
		const code = foreign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
		throw refuse('foreignCharacter', text, { character: foreign, codePoint: `U+${code}` });
	}
	const hostname = hostnameOf(name.normalize('NFKC'));
	if (hostname === undefined) return undefined;
	if (isIPv4(hostname)) return readIPv4(name.normalize('NFKC'), hostname, text);
	return isName(hostname) ? { kind: 'name', value: hostname } : undefined;
}

/** Whether a name ends in a top-level domain that exists, or in one that is kept for examples. */
export function hasKnownEnding(name: string): boolean {
	const { isIcann } = parse(name, {
		detectIp: false,
		extractHostname: false,
		validateHostname: false,
	});
	return isIcann === true || RESERVED_ENDINGS.has(endingOf(name));
}

/** The last label of a name. */
export function endingOf(name: string): string {
	return name.slice(name.lastIndexOf('.') + 1);
}

function hostnameOf(host: string): string | undefined {
	const address = `http://${host}/`;
	const url = /[\s/?#\\@:]/.test(host) ? undefined : parseUrl(address);
	return url && withoutRoot(url.hostname);
}

/** Without the dot of DNS's root. */
function withoutRoot(name: string): string {
	return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** At least two labels, as DNS allows them; `_` occurs in names of services. */
function isName(host: string): boolean {
	const labels = host.split('.');
	return (
		host.length <= 253 &&
		labels.length >= 2 &&
		labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label)) &&
		!/^\d+$/.test(labels.at(-1)!)
	);
}

function readIPv6(address: string): Host | undefined {
	const hostname = parseUrl(`http://[${address}]/`)?.hostname;
	if (hostname === undefined) return undefined;
	const value = hostname.slice(1, -1);
	const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(value);
	if (mapped === null) return { kind: 'ipv6', value };
	const number = parseInt(mapped[1]!, 16) * 0x10000 + parseInt(mapped[2]!, 16);
	return { kind: 'ipv4', value: dotted(number) };
}

/**
 * Four decimal numbers are an IPv4 address. Leading zeros make a number octal to some programs and
 * decimal to others; hexadecimal numbers, and fewer than four, are addresses to browsers only.
 */
function readIPv4(name: string, hostname: string, found: string): Host | undefined {
	const parts = withoutRoot(name).split('.');
	if (parts.length === 1 && Number(parts[0]) < SMALLEST_ADDRESS_AS_NUMBER) return undefined;
	const asDecimal =
		parts.length === 4 && parts.every((part) => /^\d+$/.test(part))
			? parts.map(Number).join('.')
			: undefined;
	if (asDecimal === hostname) return { kind: 'ipv4', value: hostname };
	const readings = [hostname, ...(asDecimal !== undefined && isIPv4(asDecimal) ? [asDecimal] : [])];
	throw refuse('addressSpelling', found, { readings });
}

function dotted(number: number): string {
	return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}
