import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { codeOf } from '../values/error';
import type { ProxyRoute } from './proxy';
import { buildConnector, type Connector } from './undici';

/** How long a connection may take to come up, proxy and TLS included, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * How long a fresh TLS 1.3 connection waits for the server's first session ticket, in milliseconds.
 * See {@link settleHandshake}.
 */
export const TICKET_GRACE_MS = 100;

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

/** The proxy did not answer CONNECT in time. */
class TunnelTimeout extends Error {
	readonly code = 'ETIMEDOUT';
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
	/** Breaks off the connections that are not up yet. */
	close(): void;
}

/** Makes TLS connections to the portal, directly or through a proxy's tunnel. */
export function portalConnector(options: ConnectorOptions): PortalConnector {
	const { proxy, lookup, timeoutMs: timeout = CONNECT_TIMEOUT_MS } = options;
	const connectTls = buildConnector({
		secureContext: options.secureContext,
		timeout,
		...(lookup && proxy === undefined && { lookup }),
	}) as (...args: Parameters<Connector.connector>) => TLSSocket;
	/** What is on its way up: undici does not know of it before it is connected. */
	const pending = new Set<{ destroy(reason: Error): unknown }>();

	const overTls: Connector.connector = (target, callback) => {
		let issuer: string | undefined;
		const socket = connectTls(target, (reason, connected) => {
			if (reason) return end(new ConnectFailure(reason, 'portal', issuer));
			settleHandshake(connected as TLSSocket, (alert) =>
				end(alert && new ConnectFailure(alert, 'portal')),
			);
		});
		const end = (failure?: ConnectFailure) => {
			pending.delete(socket);
			if (failure) callback(failure, null);
			else callback(null, socket);
		};
		pending.add(socket);
		socket.once('close', () => pending.delete(socket));
		// An untrusted certificate closes the socket before 'error' is seen; here it can still be read.
		socket.prependListener('secure', () => {
			const found = socket.getPeerCertificate()?.issuer;
			issuer = firstOf(found?.CN) ?? firstOf(found?.O);
		});
	};
	const close = () => pending.forEach((socket) => socket.destroy(new Error('given up')));

	if (proxy === undefined) return { connect: overTls, close };
	return {
		connect: (target, callback) => {
			const opening = openTunnel(proxy, target, timeout, (reason, httpSocket) => {
				pending.delete(opening);
				if (httpSocket) overTls({ ...target, httpSocket }, callback);
				else callback(new ConnectFailure(reason!, 'proxy'), null);
			});
			pending.add(opening);
		},
		close,
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
		// Handed on dead, undici would try again by itself, without end.
		done(alert ?? (socket.destroyed ? new ClosedOnUs() : undefined));
	};
	// Not at once: the event comes from inside OpenSSL's reading, where nothing can be written yet.
	const onSession = () => setImmediate(() => finish());
	const onError = (reason: Error) =>
		finish(/ALERT/.test(codeOf(reason)) ? reason : new ClosedOnUs());
	const onClose = () => finish(new ClosedOnUs());
	const timer = setTimeout(() => finish(), TICKET_GRACE_MS);
	socket.once('session', onSession).once('error', onError).once('close', onClose);
}

/** Asks a proxy for a tunnel to the target. Nothing of the credential is shown to it. */
function openTunnel(
	proxy: ProxyRoute,
	target: Connector.Options,
	timeoutMs: number,
	done: (reason?: Error, socket?: Socket) => void,
): { destroy(reason: Error): unknown } {
	const host = isIP(target.hostname) === 6 ? `[${target.hostname}]` : target.hostname;
	const authority = `${host}:${target.port || 443}`;
	const { protocol, hostname, port } = new URL(proxy.origin);
	const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
		method: 'CONNECT',
		host: hostname.replace(/^\[(.*)\]$/, '$1'),
		port: port || (protocol === 'https:' ? 443 : 80),
		path: authority,
		headers: {
			host: authority,
			...(proxy.authorization && { 'proxy-authorization': proxy.authorization }),
		},
		agent: false,
	});
	let over = false;
	const finish = (reason?: Error, socket?: Socket) => {
		if (over) return;
		over = true;
		clearTimeout(timer);
		done(reason, socket);
	};
	const timer = setTimeout(() => request.destroy(new TunnelTimeout()), timeoutMs);
	request.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
		if (statusCode === 200) {
			if (head.length > 0) socket.unshift(head);
			finish(undefined, socket);
			return;
		}
		socket.on('error', () => {}).destroy();
		finish(new ProxyRefusal(statusCode));
	});
	request.on('error', (reason) => finish(reason));
	request.once('close', () => finish(new Error('The proxy closed the connection')));
	request.end();
	return request;
}

function firstOf(value: string | string[] | undefined): string | undefined {
	return Array.isArray(value) ? value[0] : value;
}
