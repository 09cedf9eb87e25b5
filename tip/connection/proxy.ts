import { getProxyForUrl } from 'proxy-from-env';
import { basicAuthorization } from '../identity/authorization';
import { parseUrl } from '../values/url';
import { connectionFault } from './faults';

/** In the order in which they count (proxy-from-env). */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/** A forward proxy that tunnels to the portal with CONNECT. */
export interface ProxyRoute {
	/** Scheme, host and port; never the user name or password. */
	origin: string;
	/** Ready `Proxy-Authorization` header, when the proxy's address held a name and password. */
	authorization?: string;
}

/**
 * The proxy that the environment asks for, by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` in upper or
 * lower case: the same variables, read the same way, as n8n's own nodes. An address without a scheme
 * is one of `http:`, as curl and most tools read it.
 *
 * @throws TipError `network` when the variable holds something that is not an HTTP proxy, or a name or
 * password with a character that would end it
 */
export function proxyFor(targetUrl: URL): ProxyRoute | undefined {
	// Only whether there is one: where there is no scheme, it makes up the target's.
	if (getProxyForUrl(targetUrl.href) === '') return undefined;
	const setting = unquoted(VARIABLES.map((name) => process.env[name]).find(Boolean) ?? '');
	if (setting === '') return undefined;

	const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z\d+.-]*):)?\/\/(.*)$/is.exec(
		setting.includes('://') ? setting : `//${setting.replace(/^\/\//, '')}`,
	)!;
	// Of such an address, what follows the character would be taken for a path, or another host.
	if (/[\\/?#@]/.test(rest.slice(0, Math.max(0, rest.lastIndexOf('@')))))
		throw connectionFault('proxy.notEncoded');
	const address = `${scheme}://${rest}`;
	const url = parseUrl(address);
	// `http:/host` and `http;//host` are read as a host of that name.
	const isHost = url !== undefined && !/^https?$|[^a-z0-9._:[\]-]/i.test(url.hostname);
	if (!isHost || !['http:', 'https:'].includes(url.protocol)) {
		throw connectionFault('proxy.unsupported');
	}
	return {
		origin: url.origin,
		...(url.username !== '' && {
			authorization: basicAuthorization(decode(url.username), decode(url.password)),
		}),
	};
}

/** Files of settings are not always read by a shell, which would take the quotes off. */
function unquoted(value: string): string {
	return value.trim().replace(/^(["'])(.*)\1$/s, '$2');
}

/** A '%' that nobody encoded stands for itself. */
function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
