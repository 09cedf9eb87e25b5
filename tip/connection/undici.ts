/**
 * The only door to undici. Its index would install a process-wide dispatcher for `fetch` as soon as
 * it is loaded; these modules behind the index do not, and they are all this package needs.
 */
import buildConnectorModule from 'undici/lib/core/connect.js';
import PoolModule from 'undici/lib/dispatcher/pool.js';
import type { buildConnector as BuildConnector, Pool as PoolType } from 'undici';

export const Pool = PoolModule as unknown as typeof PoolType;
export type Pool = PoolType;
export const buildConnector = buildConnectorModule as unknown as typeof BuildConnector;
export type { Dispatcher, buildConnector as Connector } from 'undici';
