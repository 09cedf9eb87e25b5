import { encodeRfc3986 } from '../values/encoding';
import type { QueryParameter, TipRequest } from '../values/request';
import { looksLikeLookup } from './answer';
import type { Indicator } from './indicator';

/** How much is asked for of an indicator; what is left out is up to the portal. */
export interface LookupScope {
	/** Names of sections; none for whatever the portal gives by itself. */
	sections?: readonly string[];
	/** Those the user asked for: one of them makes an answer of what comes. */
	asked?: readonly string[];
	/** Most records in each group. */
	count?: number;
}

/**
 * Asks what is known of an indicator: `GET /api/{hash|ip|domain|url}/{indicator}`, confirmed with
 * its parameters `count` and `sections` (tip-api.md 1, rows 17-20, and 6; help page
 * ThreatLookupAPI). Asking twice changes nothing; that each request counts against the day's quota
 * is inferred.
 *
 * A 404 is "nothing found". A 400 can be that too, some clients read it so, but it can as well be a
 * parameter the portal does not know: it stays a refusal, since a request that was wrong must not
 * pass for an indicator that is harmless.
 */
export function lookupRequest({ kind, value }: Indicator, scope: LookupScope = {}): TipRequest {
	const { sections = [], count, asked = sections } = scope;
	const query: QueryParameter[] = [];
	if (count !== undefined) query.push(['count', String(count)]);
	if (sections.length > 0) query.push(['sections', sections.join(',')]);
	return {
		about: 'lookup',
		method: 'GET',
		path: `/api/${kind}/${kind === 'url' ? encodeWebAddress(value) : encodeRfc3986(value)}`,
		query,
		safe: true,
		isAnswer: (answer) => looksLikeLookup(answer, kind, asked),
		asked,
	};
}

/** The check of the vendor's own app, which asks for the least there is (tip-api.md 6, G3). */
export const CHECK_REQUEST: TipRequest = lookupRequest(
	{ kind: 'domain', value: 'example.com' },
	{ sections: ['Zone', 'LicenseInfo'], asked: [] },
);

/** Percent-encodes a web address, except what is encoded in it already: the vendor's app does so. */
function encodeWebAddress(address: string): string {
	return address
		.split(/(%[0-9a-f]{2})/i)
		.map((part, index) => (index % 2 === 1 ? part.toUpperCase() : encodeRfc3986(part)))
		.join('');
}
