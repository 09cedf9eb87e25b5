import { getProxyForUrl } from 'proxy-from-env';
import { basicAuthorization } from '../identity/authorization';
import { connectionFault } from './faults';

/** A forward proxy that tunnels to the portal with CONNECT. */
export interface ProxyRoute {
	/** Scheme, host and port; never the user name or password. */
	origin: string;
	/** Ready `Proxy-Authorization` header, when the proxy's address held a name and password. */
	authorization?: string;
}

/**
 * The proxy that the environment asks for, by `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` in upper or
 * lower case: the same variables, read the same way, as n8n's own nodes.
 *
 * @throws TipError `network` when the variable holds something that is not an HTTP proxy
 */
export function proxyFor(targetUrl: URL): ProxyRoute | undefined {
	const setting = getProxyForUrl(targetUrl.href);
	if (setting === '') return undefined;

	const url = URL.canParse(setting) ? new URL(setting) : undefined;
	if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
		throw connectionFault('proxy.unsupported');
	}
	return {
		origin: url.origin,
		...(url.username !== '' && {
			authorization: basicAuthorization(decode(url.username), decode(url.password)),
		}),
	};
}

/** A '%' that nobody encoded stands for itself. */
function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
