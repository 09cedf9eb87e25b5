import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { ProxyRoute } from './proxy';
import { buildConnector, Pool, type Connector } from './undici';

/** How long a connection may take to come up, proxy and TLS included, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * How long a fresh TLS 1.3 connection waits for the server's first session ticket, in milliseconds.
 * See {@link settleHandshake}.
 */
const TICKET_GRACE_MS = 100;

/**
 * A connection that never came up: whatever was queued for it was not sent.
 *
 * It has its own `code` because undici would otherwise retry some causes by itself, without end.
 */
export class ConnectFailure extends Error {
	readonly code = 'TIP_CONNECT';

	constructor(
		readonly reason: Error,
		/** Who stood in the way: the portal, or the proxy on the way to it. */
		readonly party: 'portal' | 'proxy',
		/** Name of the authority that signed the server certificate, when one was shown. */
		readonly issuer?: string,
	) {
		super(reason.message);
	}
}

/** The proxy answered CONNECT with something other than 200. */
export class ProxyRefusal extends Error {
	constructor(readonly status: number) {
		super(`The proxy answered CONNECT with ${status}`);
	}
}

/** The server went away when it had seen the client certificate, and did not say why. */
export class ClosedOnUs extends Error {
	readonly code = 'TIP_CLOSED_AFTER_HANDSHAKE';
}

export interface ConnectorOptions {
	/** Holds the client certificate; shown to the portal only, never to a proxy. */
	secureContext: SecureContext;
	proxy?: ProxyRoute;
	/** The instance's own name resolution, which refuses addresses its policy forbids. */
	lookup?: LookupFunction;
	timeoutMs?: number;
}

export interface PortalConnector {
	connect: Connector.connector;
	/** Gives back what the way to a proxy holds. */
	close(): Promise<void>;
}

/** Makes TLS connections to the portal, directly or through a proxy's tunnel. */
export function portalConnector(options: ConnectorOptions): PortalConnector {
	const timeout = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
	const connectTls = buildConnector({
		secureContext: options.secureContext,
		timeout,
		...(options.lookup && options.proxy === undefined && { lookup: options.lookup }),
	}) as (...args: Parameters<Connector.connector>) => TLSSocket;

	const overTls: Connector.connector = (target, callback) => {
		let issuer: string | undefined;
		const socket = connectTls(target, (reason, connected) => {
			if (reason) return callback(new ConnectFailure(reason, 'portal', issuer), null);
			settleHandshake(connected as TLSSocket, (alert) => {
				if (alert) callback(new ConnectFailure(alert, 'portal'), null);
				else callback(null, connected as TLSSocket);
			});
		});
		// An untrusted certificate closes the socket before 'error' is seen; here it can still be read.
		socket.prependListener('secure', () => {
			const found = socket.getPeerCertificate()?.issuer;
			issuer = firstOf(found?.CN) ?? firstOf(found?.O);
		});
	};

	if (options.proxy === undefined) return { connect: overTls, close: async () => {} };
	const tunnel = tunnelThrough(options.proxy, timeout, options.lookup);
	return {
		connect: (target, callback) => {
			tunnel.open(target).then(
				(httpSocket) => overTls({ ...target, httpSocket }, callback),
				(reason: Error) => callback(new ConnectFailure(reason, 'proxy'), null),
			);
		},
		close: () => tunnel.close(),
	};
}

/**
 * In TLS 1.3 a client is connected before the server has looked at its certificate, so a refusal
 * would arrive after the request was written, or be lost in the reset that follows it, and nobody
 * could tell whether the rescan ran. A server sends its first session ticket only after it has
 * accepted the client; waiting for that (or, for servers without tickets, a moment) keeps a refused
 * certificate a refused connection.
 */
function settleHandshake(socket: TLSSocket, done: (alert?: Error) => void): void {
	if (socket.getProtocol() !== 'TLSv1.3' || socket.isSessionReused()) return done();
	let settled = false;
	const finish = (alert?: Error) => {
		if (settled) return;
		settled = true;
		clearTimeout(timer);
		socket.off('session', onSession).off('error', onError).off('close', onClose);
		done(alert);
	};
	// Not at once: the event comes from inside OpenSSL's reading, where nothing can be written yet.
	const onSession = () => setImmediate(() => finish());
	const onError = (reason: Error) =>
		finish(/ALERT/.test(codeOf(reason)) ? reason : new ClosedOnUs());
	const onClose = () => finish(new ClosedOnUs());
	const timer = setTimeout(() => finish(), TICKET_GRACE_MS);
	socket.once('session', onSession).once('error', onError).once('close', onClose);
}

function tunnelThrough(proxy: ProxyRoute, timeoutMs: number, lookup?: LookupFunction) {
	const pool = new Pool(proxy.origin, {
		connect: { timeout: timeoutMs, ...(lookup && { lookup }) },
		headersTimeout: timeoutMs,
	});
	return {
		async open(target: Connector.Options): Promise<Socket> {
			const host = isIP(target.hostname) === 6 ? `[${target.hostname}]` : target.hostname;
			const authority = `${host}:${target.port || 443}`;
			const { socket, statusCode } = await pool.connect({
				path: authority,
				headers: {
					host: authority,
					...(proxy.authorization && { 'proxy-authorization': proxy.authorization }),
				},
			});
			if (statusCode === 200) return socket as Socket;
			socket.on('error', () => {}).destroy();
			throw new ProxyRefusal(statusCode);
		},
		close: () => pool.destroy(),
	};
}

function codeOf(error: Error): string {
	return String((error as { code?: unknown }).code ?? '');
}

function firstOf(value: string | string[] | undefined): string | undefined {
	return Array.isArray(value) ? value[0] : value;
}
