import type { LookupFunction } from 'node:net';
import { keyedDigest } from '../values/digest';
import type { PortalLogin } from '../identity/login';
import type { ProxyRoute } from './proxy';
import { MAX_OPEN_CONNECTIONS, Slots } from './slots';
import { portalConnector } from './socket';
import { Pool, type Dispatcher } from './undici';

/** Most connections one credential keeps open to the portal: the upper bound of 'Concurrency'. */
export const MAX_CONNECTIONS = 50;

/**
 * How long an idle connection is kept when the server gives no hint, in milliseconds. Common servers
 * close after 5 s; a request written into that moment would end as `unknown`.
 */
const KEEP_ALIVE_MS = 4_000;

/** Taken off the server's own `Keep-Alive: timeout` hint, in milliseconds, for the same reason. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/** However long the server says it keeps one, an idle connection is kept as long, in milliseconds. */
const LONGEST_KEEP_ALIVE_MS = 30_000;

/** How long a pool without users is kept for the next execution, in milliseconds. */
export const POOL_IDLE_MS = 60_000;

export interface ConnectionIdentity {
	/** Scheme, host and port of the portal. */
	origin: string;
	login: PortalLogin;
	proxy?: ProxyRoute;
	/** Name resolution under the instance's egress policy. */
	lookup?: LookupFunction;
}

/** One user's hold on a pool. Other users of the same credential share the pool behind it. */
export interface ConnectionLease {
	/** The same for everybody who shares the pool; it tells nothing of the login. */
	readonly key: string;
	readonly dispatcher: Dispatcher;
	/**
	 * Gives the pool back. With `abandon`, and nobody else on it, its sockets close at once instead of
	 * waiting for the next execution.
	 */
	release(options?: { abandon?: boolean }): void;
}

interface SharedPool {
	dispatcher: Pool;
	users: number;
	idleTimer?: NodeJS.Timeout;
	destroy(): void;
}

const pools = new Map<string, SharedPool>();

/** The places for connections of this process. */
export const slots = new Slots(MAX_OPEN_CONNECTIONS, closeIdleConnections);

/**
 * Leases the keep-alive pool of one credential on one route. Two
 * credentials never share a connection, even when they hold the same certificate.
 */
export function leaseConnections(target: ConnectionIdentity): ConnectionLease {
	const key = poolKey(target);
	const shared = pools.get(key) ?? openPool(key, target);
	shared.users++;
	clearTimeout(shared.idleTimer);

	let released = false;
	return {
		key,
		dispatcher: shared.dispatcher,
		release({ abandon = false } = {}) {
			if (released) return;
			released = true;
			shared.users--;
			if (shared.users > 0) return;
			if (abandon) shared.destroy();
			else shared.idleTimer = setTimeout(() => shared.destroy(), POOL_IDLE_MS).unref();
		},
	};
}

/** Closes every pool that nobody uses. For tests and for a clean end of a plain Node program. */
export function closeIdleConnections(): void {
	for (const shared of [...pools.values()]) if (shared.users === 0) shared.destroy();
}

function openPool(key: string, target: ConnectionIdentity): SharedPool {
	const connector = portalConnector({
		secureContext: target.login.secureContext,
		proxy: target.proxy,
		lookup: target.lookup,
		slots,
	});
	const dispatcher = new Pool(target.origin, {
		connect: connector.connect,
		connections: MAX_CONNECTIONS,
		// A PUT must never queue behind an unanswered one on the same connection.
		pipelining: 1,
		keepAliveTimeout: KEEP_ALIVE_MS,
		keepAliveMaxTimeout: LONGEST_KEEP_ALIVE_MS,
		keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
		// The exchange has one timeout of its own, over everything.
		headersTimeout: 0,
		bodyTimeout: 0,
	});
	const shared: SharedPool = {
		dispatcher,
		users: 0,
		destroy() {
			clearTimeout(shared.idleTimer);
			if (pools.get(key) === shared) pools.delete(key);
			void dispatcher.destroy();
			connector.close();
		},
	};
	pools.set(key, shared);
	return shared;
}

function poolKey(target: ConnectionIdentity): string {
	return keyedDigest(
		target.origin,
		target.login.header,
		target.login.authorization,
		target.login.tlsDigest,
		target.proxy?.origin ?? '',
		target.proxy?.authorization ?? '',
		target.lookup ? 'guarded' : 'open',
	);
}
