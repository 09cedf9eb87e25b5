import { isIPv4, isIPv6 } from 'node:net';
import { endingOf, hasKnownEnding, readHost } from './host';
import { looksLikeHash } from './hash';
import type { IndicatorKind } from './indicator';
import { refuse } from './reasons';
import type { Address } from './refang';

/** Of Windows, of shares, of POSIX, of the registry, and with a variable of the environment in front. */
const FILE_PATH =
	/^(?:\\|[a-z]:[\\/]|\/(?!\/)|~[\\/]|\.{1,2}[\\/]|%[a-z0-9_() ]{1,40}%|\$(?:env:|[A-Z_]{2,40}[\\/])|HK(?:EY_[A-Z_]{4,20}|LM|CU|CR|U|CC)[\\:])/i;
const FILE_SCHEMES = new Set(['afp', 'cifs', 'file', 'nfs', 'smb']);

const IPV4_LIKE = '\\d{1,3}(?:\\.\\d{1,3}){0,3}\\.?';
/** `203.0.113.0/24`, `203.0.113.0/255.255.255.0`, `203.0.113.0 netmask 255.255.255.0`. */
const NETWORK = new RegExp(
	`^${IPV4_LIKE}\\s{0,3}(?:/\\s{0,3}|\\s(?:(?:net|subnet|wildcard)[ -]?)?mask:?\\s{1,3}|\\s(?=0\\.|255\\.))(?:\\d{1,3}|${IPV4_LIKE}|0x[0-9a-f]{8})$`,
	'i',
);
/** Numbers and dots with something that stands for more than one of them. */
const RANGE =
	/^\d{1,3}\.[\d.]{0,12}\s{0,3}(?:[-–—−~*,{}[\]()]|\.{2,3}|…|to\s|through\s|bis\s|до\s)[-–—−~*,{}[\]()\d.\s/]*$/i;
const IPV6_NETWORK =
	/^[0-9a-f]{0,4}:[0-9a-f:.]{0,45}\s{0,3}(?:\/\s{0,3}\d{1,3}|[-–—*][-–—*0-9a-f:. ]{0,60})$/i;
/** `203.0.113.xxx`, `x.x.x.x`. */
const PLACEHOLDER = /^(?:(?:\d{1,3}|[xn*?#_]{1,3})\.){3}(?:\d{1,3}|[xn*?#_]{1,3})(?=$|[:/\s])/i;

/**
 * What kind of indicator a text is. An address with a scheme is a web address even when its host is
 * an IP (tip-api.md 6). A name is a domain when its top-level domain exists; so a file's name is none,
 * unless its extension is a top-level domain too, such as `.zip` or `.sh`.
 *
 * @throws TipError `input` when it is none
 */
export function recognise(text: string, address: Address): IndicatorKind {
	if (looksLikeHash(text)) return 'hash';
	if (address.isAbsolute) return 'url';
	const { authority, tail } = address;
	const host = readHost(authority);
	if (host === undefined) throw refuse(isSeveral(text) ? 'severalIndicators' : 'noIndicator', text);
	if (host.kind !== 'name') {
		return isPathless(address) ? 'ip' : 'url';
	}
	if (!hasKnownEnding(host.value)) {
		throw refuse('unknownEnding', text, { ending: endingOf(host.value) });
	}
	if (/\s/.test(tail)) throw refuse('severalIndicators', text);
	return isPathless(address) ? 'domain' : 'url';
}

/** Whether there is no path: `203.0.113.7:443/tcp` and `203.0.113.7#53` name a port. */
export function isPathless({ authority, tail }: Address): boolean {
	const namesProtocol = /:\d{1,5}$/.test(authority) && /^\/(?:tcp|udp)$/i.test(tail);
	return tail === '' || namesProtocol || /^#\d{1,5}$/.test(tail);
}

/**
 * Refuses by its name what looks like an indicator and is none, or stands for many.
 *
 * @param isWebAddress a path such as `/24` is then one
 * @throws TipError `input`
 */
export function refuseWhatIsNone(text: string, address: Address, isWebAddress: boolean): void {
	const { scheme, isAbsolute, authority, tail } = address;
	if (FILE_PATH.test(text) || FILE_SCHEMES.has(scheme ?? '') || /^file:/i.test(text)) {
		throw refuse('filePath', text);
	}
	if (/^mailto:/i.test(text) || (!isAbsolute && authority.includes('@'))) {
		throw refuse('eMail', text);
	}
	// Lists of blocked addresses end in it; the address itself would have to be asked for by its path.
	if (/^\/\*(?:\?(?:#|$)|#|$)/.test(tail)) throw refuse('wildcard', text);
	if (isAbsolute) return;
	// In the host, a backslash is no part of an address that someone typed without a scheme.
	if (tail.startsWith('\\') && !isWebAddress) throw refuse('filePath', text);
	const whole = `${authority}${tail}`;
	const pattern = PLACEHOLDER.exec(whole)?.[0] ?? '';
	if (/[^\d.]/.test(pattern)) throw refuse(pattern.includes('*') ? 'network' : 'placeholder', text);
	const parts = whole.split(/[\s,;|]/).filter((part) => part !== '');
	if (parts.length > 1 && parts.every(isIPv4) && !NETWORK.test(whole)) return;
	const isNetwork = !isIPv6(whole) && (NETWORK.test(whole) || IPV6_NETWORK.test(whole));
	if ((isNetwork && !(isWebAddress && tail !== '')) || RANGE.test(whole)) {
		throw refuse('network', text);
	}
	if (authority.includes('*') || authority.startsWith('.')) throw refuse('wildcard', text);
}

/** Whether a text is a list of what could be indicators. */
export function isSeveral(text: string): boolean {
	const parts = text.split(/[\s,;|]/).filter((part) => part !== '');
	return parts.length > 1 && parts.filter(couldBeOne).length > 1;
}

function couldBeOne(part: string): boolean {
	if (/^(?:255|0)\.(?:\d{1,3}\.){2}\d{1,3}$/.test(part)) return false;
	return /[^.]\.[^.]/.test(part) || /^[0-9a-f]{32,64}$/i.test(part);
}
