import type { Resource } from '../operation';
import { getQuota } from './getQuota';

/** What the account may do. */
export const account: Resource = {
	option: { name: 'Account', description: 'Tells what is left of the quota of the day' },
	operations: { getQuota },
	defaultOperation: 'getQuota',
	signIns: ['certificate', 'token'],
};
