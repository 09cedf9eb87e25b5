import type { LookupFunction } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { settleHandshake } from './handshake';
import { passOverContinue } from './interim';
import type { ProxyRoute } from './proxy';
import type { Slots } from './slots';
import { openTunnel } from './tunnel';
import { buildConnector, type Connector } from './undici';

/** How long a connection may take to come up, proxy, TLS and ticket included, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

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

class ConnectTimeout extends Error {
	readonly code = 'ETIMEDOUT';
}

export interface ConnectorOptions {
	/** Holds the client certificate; shown to the portal only, never to a proxy. */
	secureContext: SecureContext;
	proxy?: ProxyRoute;
	/** The instance's own name resolution, which refuses addresses its policy forbids. */
	lookup?: LookupFunction;
	/** Where each connection has to have a place before it is begun. */
	slots: Slots;
}

export interface PortalConnector {
	connect: Connector.connector;
	/** Breaks off the connections that are not up yet. */
	close(): void;
}

type TlsConnector = (...args: Parameters<Connector.connector>) => TLSSocket;

/** Makes TLS connections to the portal, directly or through a proxy's tunnel. */
export function portalConnector({
	secureContext,
	proxy,
	lookup,
	slots,
}: ConnectorOptions): PortalConnector {
	const connectTls = buildConnector({
		secureContext,
		// Said here, it can't be taken back by NODE_TLS_REJECT_UNAUTHORIZED.
		rejectUnauthorized: true,
		timeout: 0,
		...(lookup && proxy === undefined && { lookup }),
	}) as TlsConnector;
	/** What ends each connection that is on its way up: undici does not know of them before they are. */
	const pending = new Set<(reason: Error) => void>();

	const connect: Connector.connector = (target, callback) => {
		const giveUp = (reason: Error) => {
			leave?.();
			pending.delete(giveUp);
			callback(new ConnectFailure(reason, 'portal'), null);
		};
		const leave = slots.take(() => {
			pending.delete(giveUp);
			const end = bringUp(target, (failure, socket) => {
				pending.delete(end);
				if (failure) {
					slots.giveBack();
					return callback(failure, null);
				}
				socket!.once('close', () => slots.giveBack());
				passOverContinue(socket!);
				callback(null, socket!);
			});
			pending.add(end);
		});
		if (leave) pending.add(giveUp);
	};

	/** @returns what ends it */
	function bringUp(
		target: Connector.Options,
		done: (failure?: ConnectFailure, socket?: TLSSocket) => void,
	): (reason: Error) => void {
		let party: 'portal' | 'proxy' = proxy === undefined ? 'portal' : 'proxy';
		let underWay: { destroy(): unknown } | undefined;
		let isOver = false;
		const finish = (reason?: Error, socket?: TLSSocket, issuer?: string) => {
			if (isOver) return;
			isOver = true;
			clearTimeout(timer);
			if (reason === undefined) return done(undefined, socket);
			underWay?.destroy();
			done(new ConnectFailure(reason, party, issuer));
		};
		const end = (reason: Error) => finish(reason);
		// What has come up by then may lie in the socket, unread.
		const timer = setTimeout(
			() => setImmediate(() => setImmediate(end, new ConnectTimeout())),
			CONNECT_TIMEOUT_MS,
		);
		const overTls = (through: Connector.Options) => {
			party = 'portal';
			underWay = secure(connectTls, through, finish);
		};
		if (proxy === undefined) overTls(target);
		else {
			underWay = openTunnel(proxy, target, (reason, httpSocket) => {
				if (httpSocket && !isOver) overTls({ ...target, httpSocket });
				else finish(reason);
			});
		}
		return end;
	}

	return {
		connect,
		close: () => [...pending].forEach((end) => end(new Error('given up'))),
	};
}

/** TLS to the portal, up to the server's word on the client certificate. */
function secure(
	connectTls: TlsConnector,
	target: Connector.Options,
	done: (reason?: Error, socket?: TLSSocket, issuer?: string) => void,
): TLSSocket {
	let issuer: string | undefined;
	let startedAt = performance.now();
	const socket = connectTls(target, (...[reason]) => {
		if (reason) return done(reason, undefined, issuer);
		settleHandshake(socket, performance.now() - startedAt, (alert) => done(alert, socket));
	});
	// Of the way to the portal the handshake takes the measure; TCP may end at a proxy.
	socket.once('connect', () => (startedAt = performance.now()));
	// An untrusted certificate closes the socket before 'error' is seen; here it can still be read.
	socket.prependListener('secure', () => {
		const found = socket.getPeerCertificate()?.issuer;
		issuer = firstOf(found?.CN) ?? firstOf(found?.O);
	});
	return socket;
}

function firstOf(value: string | string[] | undefined): string | undefined {
	return Array.isArray(value) ? value[0] : value;
}
