/**
 * The only door to undici. Its index would install a process-wide dispatcher for `fetch` as soon as
 * it is loaded; these modules behind the index do not, and they are all this package needs.
 */
import buildConnectorModule from 'undici/lib/core/connect.js';
import diagnosticsModule from 'undici/lib/core/diagnostics.js';
import PoolModule from 'undici/lib/dispatcher/pool.js';
import type { buildConnector as BuildConnector, Pool as PoolType } from 'undici';

/**
 * undici tells every subscriber in the process (a tracer, `NODE_DEBUG=undici`) of each request, with
 * its address and headers: with the password of an archive, and of the account. Here it tells nobody.
 */
for (const name of Object.keys(diagnosticsModule.channels)) {
	diagnosticsModule.channels[name] = { hasSubscribers: false, publish: () => {} };
}

export const Pool = PoolModule as unknown as typeof PoolType;
export type Pool = PoolType;
export const buildConnector = buildConnectorModule as unknown as typeof BuildConnector;
export type { Dispatcher, buildConnector as Connector } from 'undici';
