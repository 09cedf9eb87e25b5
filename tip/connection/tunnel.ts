import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProxyRoute } from './proxy';

/** Longest answer to CONNECT that is looked at, in bytes. */
const LONGEST_HEAD = 16 * 1024;

/** The proxy answered CONNECT with something other than 2xx. */
export class ProxyRefusal extends Error {
	constructor(readonly status: number) {
		super(`The proxy answered CONNECT with ${status}`);
	}
}

/** The proxy speaks, but no HTTP. */
export class NotHttpProxy extends Error {
	readonly code = 'TIP_NOT_HTTP';
}

/** The proxy went away before it had answered. */
class ProxyClosed extends Error {
	readonly code = 'ECONNRESET';
}

/**
 * Asks a proxy for a tunnel (RFC 9110 9.3.6). Nothing of the credential is shown to it.
 *
 * It is written by hand: Node's own client shows the headers of a request, and the proxy's password
 * in them, to every subscriber of its diagnostics channels.
 *
 * @param target host and port of the portal
 * @param done called once, unless the socket is destroyed before; nothing has been read of the tunnel
 * @returns the socket on its way, to be destroyed by who gives up
 */
export function openTunnel(
	proxy: ProxyRoute,
	target: { hostname: string; port: string | number },
	done: (reason?: Error, tunnel?: Socket) => void,
): Socket {
	const { protocol, hostname, port } = new URL(proxy.origin);
	const host = hostname.replace(/^\[(.*)\]$/, '$1');
	const isSecure = protocol === 'https:';
	const socket: Socket = isSecure
		? connectTls({
				host,
				port: Number(port || 443),
				// An IP address is no server name (RFC 6066 3).
				...(isIP(host) === 0 && { servername: host }),
				ALPNProtocols: ['http/1.1'],
				rejectUnauthorized: true,
			})
		: connectTcp({ host, port: Number(port || 80) });

	let head = Buffer.alloc(0);
	const finish = (reason?: Error) => {
		socket.off('readable', read).off('end', onEnd).off('close', onEnd).off('error', finish);
		if (reason) {
			socket.on('error', () => {}).destroy();
			done(reason);
		} else done(undefined, socket);
	};
	const onEnd = () => finish(new ProxyClosed());
	const read = () => {
		for (let chunk: Buffer | null; (chunk = socket.read() as Buffer | null) !== null;) {
			head = Buffer.concat([head, chunk]);
			const answer = readAnswerToConnect(head);
			if (answer === undefined) continue;
			if (answer instanceof Error) return finish(answer);
			// What follows belongs to the tunnel.
			if (answer.rest.length > 0) socket.unshift(answer.rest);
			return finish();
		}
	};
	socket
		.setNoDelay(true)
		.once(isSecure ? 'secureConnect' : 'connect', () => {
			socket.write(connectRequest(proxy, target), 'latin1');
			socket.on('readable', read);
		})
		.once('end', onEnd)
		.once('close', onEnd)
		.once('error', finish);
	return socket;
}

function connectRequest(
	{ authorization }: ProxyRoute,
	{ hostname, port }: { hostname: string; port: string | number },
): string {
	const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
	const authority = `${host}:${port || 443}`;
	return [
		`CONNECT ${authority} HTTP/1.1`,
		`host: ${authority}`,
		'connection: keep-alive',
		...(authorization === undefined ? [] : [`proxy-authorization: ${authorization}`]),
		'\r\n',
	].join('\r\n');
}

/**
 * Any 2xx opens the tunnel, whatever length it announces; 1xx before it is passed over (RFC 9110
 * 9.3.6 and 15.2).
 *
 * @returns undefined as long as more has to come
 */
function readAnswerToConnect(bytes: Buffer): { rest: Buffer } | Error | undefined {
	const text = bytes.toString('latin1');
	for (let start = 0; ;) {
		const end = /\r?\n\r?\n/g;
		end.lastIndex = start;
		const found = end.exec(text);
		if (found === null) {
			const isHttp = 'HTTP/1.'.startsWith(text.slice(start, start + 7));
			return isHttp && text.length - start < LONGEST_HEAD ? undefined : new NotHttpProxy();
		}
		const status = Number(/^HTTP\/1\.[01] (\d{3})(?!\d)/.exec(text.slice(start))?.[1]);
		if (!(status >= 100)) return new NotHttpProxy();
		start = end.lastIndex;
		// 101 changes the protocol to one that nobody has asked for.
		if (status >= 200 || status === 101) {
			const isOpen = status >= 200 && status < 300;
			return isOpen ? { rest: bytes.subarray(start) } : new ProxyRefusal(status);
		}
	}
}
