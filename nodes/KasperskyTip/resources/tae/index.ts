import type { Resource } from '../operation';
import { rescan } from './rescan';

/** Threat Attribution Engine. */
export const tae: Resource = {
	option: {
		name: 'Threat Attribution Engine (TAE)',
		description: 'Compares a file with known APT samples to find who is behind it',
	},
	shortName: 'TAE',
	operations: { rescan },
	defaultOperation: 'rescan',
	signIns: ['certificate', 'token'],
	isTokenInferred: true,
};
