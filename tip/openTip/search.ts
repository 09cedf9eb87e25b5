import type { TipRequest } from '../values/request';
import { looksLikeOpenTip } from './answer';

/** What OpenTIP can be asked for, by the last part of the path (opentip-api.md 1). */
export type SearchKind = 'hash' | 'ip' | 'domain' | 'url';

/**
 * Asks what OpenTIP knows of an object: `GET /api/v1/search/{hash|ip|domain|url}?request=…`
 * (opentip-api.md 1, rows 1 to 4). It has no other parameter. Asking twice changes nothing and counts
 * twice against the quota of the day.
 *
 * @param value a hash, an IPv4 address, a host name, or a web address with a path or a query
 */
export function searchRequest(kind: SearchKind, value: string): TipRequest {
	return {
		about: 'lookup',
		method: 'GET',
		path: `/api/v1/search/${kind}`,
		query: [['request', value]],
		safe: true,
		isAnswer: (answer) => looksLikeOpenTip(answer, kind),
	};
}

/** The cheapest question there is; presumably it costs one request of the day (opentip-api.md 2). */
export const OPENTIP_CHECK_REQUEST: TipRequest = searchRequest('domain', 'example.com');
