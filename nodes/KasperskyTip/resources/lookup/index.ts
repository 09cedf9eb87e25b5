import type { Resource } from '../operation';
import { extract } from './extract';
import { getRelated } from './getRelated';
import { lookup } from './lookup';

/** Threat Lookup. */
export const threatLookup: Resource = {
	option: {
		name: 'Threat Lookup',
		description: 'Tells what is known of a hash, IP address, domain or web address',
	},
	operations: {
		domain: lookup('domain'),
		extractIndicators: extract,
		getRelated,
		hash: lookup('hash'),
		indicator: lookup(),
		ip: lookup('ip'),
		url: lookup('url'),
	},
	defaultOperation: 'indicator',
	signIns: ['certificate', 'token', 'openTip'],
};
