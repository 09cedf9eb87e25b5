import { isIPv4, isIPv6 } from 'node:net';
import { inputError, type TipError } from '../values/error';

/** What Threat Lookup knows of; the value is the path segment under `/api/` (tip-api.md 1, rows 17-20). */
export type IndicatorKind = 'hash' | 'ip' | 'domain' | 'url';

export interface Indicator {
	readonly kind: IndicatorKind;
	/** In its normal form, which is what the portal is asked for; not yet percent-encoded. */
	readonly value: string;
}

/** "Web address ≤ 2000 characters, else 414" (tip-api.md 6). */
export const WEB_ADDRESS_MAX_LENGTH = 2000;

/** Anything longer is a text, not an indicator; it is not looked at any further. */
const MAX_LENGTH = 20_000;

/** A pass of the normal form takes something away; real input is done after three. */
const MOST_PASSES = 20;

const LABELS: Record<IndicatorKind, string> = {
	hash: 'Hash',
	ip: 'IP Address',
	domain: 'Domain',
	url: 'Web Address',
};

const HASHES: Record<number, string> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256' };

/** The field's label in messages: its kind, or 'Indicator' where the kind is recognised. */
export function indicatorLabel(kind: IndicatorKind | undefined): string {
	return kind === undefined ? 'Indicator' : LABELS[kind];
}

/**
 * Reads one indicator as people write them down, defanged or not, and brings it into its normal
 * form. Reading a normal form again, as the same kind, gives the same.
 *
 * @param kind what it has to be; left out, it is recognised
 * @throws TipError `input`, naming the field by its label
 */
export function readIndicator(input: unknown, kind?: IndicatorKind): Indicator {
	const label = indicatorLabel(kind);
	const text = clean(input, label);
	const wanted = kind ?? recognise(text, label);
	return { kind: wanted, value: NORMALISERS[wanted](text, label) };
}

const NORMALISERS: Record<IndicatorKind, (text: string, label: string) => string> = {
	hash: readHash,
	ip: readIp,
	domain: readDomain,
	url: readWebAddress,
};

/**
 * What kind of indicator a text is. An address with a scheme is a web address even when its host is
 * an IP (tip-api.md 6).
 */
function recognise(text: string, label: string): IndicatorKind {
	const bare = withoutHashName(text);
	if (/^[0-9a-f]+$/i.test(bare) && bare.length >= 32) return 'hash';
	if (SCHEME.test(text) || text.startsWith('//')) return 'url';
	if (/^[\d.]+\/\d{1,2}$/.test(text) || /^[0-9a-f:]+:[0-9a-f:]*\/\d{1,3}$/i.test(text)) {
		throw refuse(
			`'${label}' is a network ('${show(text)}'), not one IP address`,
			'Give its addresses one by one, an item for each.',
		);
	}
	if (ipOf(text) !== undefined) return 'ip';
	if (/[/?#\\]/.test(text)) return 'url';
	if (text.includes('@')) {
		throw refuse(
			`'${label}' is an e-mail address, which Threat Lookup does not know`,
			"Give the part after '@' to look up the domain.",
		);
	}
	if (text.includes('.')) return 'domain';
	throw refuse(
		`'${label}' ('${show(text)}') is no hash, IP address, domain or web address`,
		'Check the expression in the field: it has to give one indicator for each item.',
	);
}

/** The text without what people and mail programs put around and into an indicator. */
function clean(input: unknown, label: string): string {
	if (typeof input !== 'string') {
		throw refuse(
			input === undefined || input === null
				? `'${label}' is empty`
				: `'${label}' is ${Array.isArray(input) ? 'a list' : `of type ${typeof input}`}, not text`,
			'Check the expression in the field: it has to give one indicator for each item.',
		);
	}
	if (input.length > MAX_LENGTH) {
		throw refuse(
			`'${label}' has ${input.length} characters, which no indicator has`,
			'Check the expression in the field: it has to give one indicator for each item.',
		);
	}
	if (!input.isWellFormed()) {
		throw refuse(
			`'${label}' holds half of a character and can't be encoded`,
			'It was probably cut in the middle of a rare letter. Give the whole text.',
		);
	}
	const text = untilStable(input, (part) => refang(unwrap(part)));
	if (text === '') throw refuse(`'${label}' is empty`, 'Give one indicator for each item.');
	if (/[\p{Cc}\u2028\u2029]/u.test(text)) {
		throw refuse(
			`'${label}' holds more than one line`,
			'Give one indicator for each item; a Split Out node makes items of a list.',
		);
	}
	return text;
}

/** Blanks, invisible characters, quotes and angle brackets around an indicator. */
function unwrap(text: string): string {
	return text
		.replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, '')
		.trim()
		.replace(/^<(.*)>$|^"(.*)"$|^'(.*)'$|^`(.*)`$|^“(.*)”$/s, '$1$2$3$4$5');
}

/** Undoes the ways in which indicators are made harmless to click on. */
function refang(text: string): string {
	return text
		.replace(/[[({]\s*(?:\.|dot)\s*[\])}]/gi, '.')
		.replace(/\[\.|\.\]|\\\./g, '.')
		.replace(/[[({]\s*(?:@|at)\s*[\])}]/gi, '@')
		.replace(/\[:\/\/\]|\[:\]\/\//g, '://')
		.replace(/[[({]:[\])}]/g, ':')
		.replace(/\[\/\]/g, '/')
		.replace(/^h(?:xx|tx|xt|\*\*|__)p(s?)(?=:)/i, 'http$1')
		.replace(/^fxp(s?)(?=:)/i, 'ftp$1')
		.replace(/^(https?|s?ftps?):\\\\/i, '$1://');
}

function readHash(text: string, label: string): string {
	const hash = withoutHashName(text);
	if (!/^[0-9a-f]+$/i.test(hash)) {
		throw refuse(`'${label}' ('${show(text)}') is not a hash`, HASH_ADVICE);
	}
	if (HASHES[hash.length] === undefined) {
		throw refuse(
			`'${label}' is a hash of ${hash.length} digits, which Threat Lookup does not know`,
			HASH_ADVICE,
		);
	}
	return hash.toLowerCase();
}

const HASH_ADVICE = 'Give the MD5 (32 hexadecimal digits), SHA-1 (40) or SHA-256 (64) of the file.';

/** Some tools write `sha256:…`. */
function withoutHashName(text: string): string {
	return text.replace(/^(?:md5|sha-?1|sha-?256)\s*[:=]\s*/i, '');
}

function readIp(text: string, label: string): string {
	const ip = ipOf(text);
	if (ip !== undefined) return ip;
	throw refuse(
		`'${label}' ('${show(text)}') is not an IP address`,
		'Give an IPv4 or IPv6 address. For other kinds choose another operation, or Indicator, which recognises the kind.',
	);
}

/** An IPv4 or IPv6 address in its shortest form, without a port; undefined for anything else. */
function ipOf(text: string): string | undefined {
	const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? text;
	if (isIPv6(bare)) return canonicalHost(`[${bare}]`)?.slice(1, -1);
	const v4 = /^([\d.]+)(?::\d{1,5})?$/.exec(text)?.[1] ?? '';
	return isIPv4(v4) ? v4 : undefined;
}

function readDomain(text: string, label: string): string {
	const host = canonicalHost(text.replace(/:\d{1,5}$/, ''));
	if (host !== undefined && isDomain(host) && !/[/?#\\@]/.test(text)) return host;
	throw refuse(
		`'${label}' ('${show(text)}') is not a domain`,
		SCHEME.test(text) || /[/?]/.test(text)
			? 'It looks like a web address: choose the operation Web Address, or Indicator, which recognises the kind.'
			: 'Give a full name such as example.com.',
	);
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * A web address as the vendor's own app sends it: lower-case, without scheme, credentials, port,
 * `www.`, trailing slash and fragment, runs of slashes as one (tip-api.md 6, G3).
 */
function readWebAddress(text: string, label: string): string {
	const address = untilStable(text, (part) => stripWebAddress(refang(unwrap(part)), label));
	if (address.length > WEB_ADDRESS_MAX_LENGTH) {
		throw refuse(
			`'${label}' has ${address.length} characters, more than the ${WEB_ADDRESS_MAX_LENGTH} the portal takes`,
			'Look up its domain instead, or cut the address where its parameters begin.',
		);
	}
	return address;
}

function stripWebAddress(text: string, label: string): string {
	const rest = text.replace(SCHEME, '').replace(/^[/\\]+/, '');
	const [, authority = '', tail = ''] = /^([^/\\?#]*)(.*)$/s.exec(rest) ?? [];
	const host = canonicalHost(authority.replace(/^.*@/s, '').replace(/:\d*$/, ''));
	if (host === undefined || !(isDomain(host) || isIPv4(host) || host.startsWith('['))) {
		throw refuse(
			`'${label}' ('${show(text)}') is not a web address`,
			'Give an address with a full host name, such as https://example.com/path.',
		);
	}
	const named = host.replace(/^(?:www\.)+(?=[^.]+\.)/, '');
	const path = tail
		.replace(/#.*$/s, '')
		.toLowerCase()
		.replace(/^[^?]+/, (before) => before.replaceAll('\\', '/'))
		.replace(/\/{2,}/g, '/')
		.replace(/[\s/]+$/, '');
	return named + path;
}

/** A host as URLs hold it: IDN in punycode, lower-case, IPv6 in brackets, without the root's dot. */
function canonicalHost(host: string): string | undefined {
	if (host === '' || /[\s/?#\\@]/.test(host)) return undefined;
	const address = `http://${host}/`;
	if (!URL.canParse(address)) return undefined;
	const { hostname, port, pathname } = new URL(address);
	return port === '' && pathname === '/' ? hostname.replace(/\.+$/, '') : undefined;
}

/** At least two labels, as DNS allows them; `_` occurs in names of services. */
function isDomain(host: string): boolean {
	const labels = host.split('.');
	return (
		host.length <= 253 &&
		labels.length >= 2 &&
		labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label)) &&
		!/^\d+$/.test(labels.at(-1)!)
	);
}

/** What a step comes to when it is repeated until nothing changes: so it can't change it again. */
function untilStable(text: string, step: (text: string) => string): string {
	let current = text;
	for (let pass = 0; pass < MOST_PASSES; pass++) {
		const next = step(current);
		if (next === current) return current;
		current = next;
	}
	throw refuse(
		'The indicator is wrapped or defanged too many times to be read',
		'Give it as it is, such as https://example.com/path.',
	);
}

function refuse(message: string, advice: string): TipError {
	return inputError('indicator', message, advice);
}

/** For a message: not too long, and without the credentials an address may hold. */
function show(text: string): string {
	const plain = text.replace(/[^/\\?#]*@/, '***@');
	return plain.length > 60 ? `${plain.slice(0, 60).toWellFormed()}…` : plain;
}
