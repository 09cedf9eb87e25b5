import type { Resource } from '../operation';
import { lookup } from './lookup';

/** Threat Lookup. */
export const threatLookup: Resource = {
	option: {
		name: 'Threat Lookup',
		description: 'Tells what is known of a hash, IP address, domain or web address',
	},
	operations: {
		domain: lookup('domain'),
		hash: lookup('hash'),
		indicator: lookup(),
		ip: lookup('ip'),
		url: lookup('url'),
	},
	defaultOperation: 'indicator',
	signIns: ['certificate', 'token', 'openTip'],
};
