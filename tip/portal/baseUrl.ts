import { credentialFault } from '../identity/faults';
import { withoutInvisibleEnds } from '../values/text';
import { parseUrl } from '../values/url';

export interface PortalBase {
	origin: string;
	/** Host, with the port when it is not 443. */
	host: string;
	/** Begins with a slash and does not end with one; or empty. */
	pathPrefix: string;
}

/** No address is longer; more is not looked at. In characters. */
const MAX_LENGTH = 2000;

/** A word before a colon, unless it is a host with a port. */
const SCHEME = /^([a-z][a-z0-9+.-]{0,40}):(?!\d{1,5}(?:[/?#]|$))/i;

/** Without a scheme, a single word is an address only when a port or a path makes it one. */
const HOST_ALONE = /^(?:localhost$|\[|[^/]+[.:/])/i;

/** A URL takes quotes, commas and `=` for parts of a name. */
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])$/i;

/**
 * Checks and splits the credential's base URL. `https://` may be left out; and `/api` at its end is
 * taken off, since the path of every request begins with it, as is `/api/v1` of OpenTIP's.
 *
 * @throws TipError `credential.baseUrl`
 */
export function parseBaseUrl(baseUrl: string): PortalBase {
	if (baseUrl.length > MAX_LENGTH) {
		throw credentialFault('baseUrl', 'tooLong', { length: baseUrl.length, max: MAX_LENGTH });
	}
	const text = withoutInvisibleEnds(baseUrl);
	if (text === '') throw credentialFault('baseUrl', 'empty');
	const url = asUrl(text);
	if (url === undefined) throw credentialFault('baseUrl', 'notAnAddress');
	if (url.protocol !== 'https:') {
		throw credentialFault('baseUrl', 'notHttps', { scheme: url.protocol });
	}
	if (!HOST.test(url.hostname)) throw credentialFault('baseUrl', 'notAnAddress');
	if (url.username !== '' || url.password !== '') throw credentialFault('baseUrl', 'hasLogin');
	if (url.search !== '' || url.hash !== '') throw credentialFault('baseUrl', 'hasQuery');
	return { origin: url.origin, host: url.host, pathPrefix: prefixOf(url.pathname) };
}

function asUrl(text: string): URL | undefined {
	const scheme = SCHEME.exec(text)?.[1];
	// A name and a password without a scheme before them look like one.
	const isLogin = scheme !== undefined && /^[^/?#]*@/.test(text.slice(scheme.length + 1));
	const hasScheme = scheme !== undefined && !isLogin;
	const address = text.replace(/^\/\//, '');
	if (!hasScheme && !HOST_ALONE.test(address)) return undefined;
	const whole = hasScheme ? text : `https://${address}`;
	const url = parseUrl(whole);
	// `https//host`, and a scheme pasted in front of another one.
	return url === undefined || /^https?$/i.test(url.hostname) ? undefined : url;
}

/** Without slashes at the end, and without the API's own path. */
function prefixOf(pathname: string): string {
	const path = withoutEndSlashes(pathname);
	return withoutEndSlashes(path.replace(/\/api(?:\/v1)?$/i, ''));
}

function withoutEndSlashes(path: string): string {
	let end = path.length;
	while (end > 0 && path[end - 1] === '/') end--;
	return path.slice(0, end);
}
