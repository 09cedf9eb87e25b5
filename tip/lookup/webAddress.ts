import { clean, untilStable } from './clean';
import { readHost } from './host';
import { refuse } from './reasons';
import { splitAddress } from './refang';

/** "Web address ≤ 2000 characters, else 414" (tip-api.md 6). */
export const WEB_ADDRESS_MAX_LENGTH = 2000;

/** The beginning of another address in the same text. */
const ANOTHER = /[\s,;|](?:h(?:tt|xx|tx|xt)ps?|s?ftps?):\/\//i;

/**
 * A web address as the vendor's own app sends it: lower-case, without scheme, credentials, port,
 * `www.`, trailing slash and fragment, runs of slashes as one (tip-api.md 6, G3).
 *
 * @throws TipError `input` when it is none, or too long for the portal
 */
export function readWebAddress(text: string): string {
	const address = untilStable(text, (part) => strip(clean(part)));
	if (address.length > WEB_ADDRESS_MAX_LENGTH) {
		throw refuse('webAddressTooLong', undefined, {
			length: address.length,
			max: WEB_ADDRESS_MAX_LENGTH,
		});
	}
	return address;
}

function strip(text: string): string {
	const { authority, tail } = splitAddress(text);
	if (ANOTHER.test(tail)) throw refuse('severalIndicators', text);
	const host = readHost(authority.slice(authority.lastIndexOf('@') + 1));
	if (host === undefined) throw refuse('noWebAddress', text);
	const named = {
		ipv4: () => host.value,
		ipv6: () => `[${host.value}]`,
		name: () => host.value.replace(/^(?:www\.)+(?=[^.]+\.)/, ''),
	}[host.kind]();
	return named + normalTail(tail);
}

function normalTail(tail: string): string {
	const withoutFragment = tail.includes('#') ? tail.slice(0, tail.indexOf('#')) : tail;
	const query = withoutFragment.indexOf('?');
	const end = query < 0 ? withoutFragment.length : query;
	const path = withoutFragment.slice(0, end).replaceAll('\\', '/') + withoutFragment.slice(end);
	const lower = path.toLowerCase().replace(/\/{2,}/g, '/');
	let { length } = lower;
	while (length > 0 && /[\s/]/.test(lower[length - 1]!)) length--;
	return lower.slice(0, length);
}
