import type { Resource } from '../operation';
import { getChannels, getEnvironments } from './choices';
import { deleteTask } from './deleteTask';
import { rescan } from './rescan';

/** Sandbox. */
export const sandbox: Resource = {
	option: {
		name: 'Sandbox',
		description: 'Executes a file in an isolated system and watches what it does',
	},
	operations: { rescan, deleteTask, getChannels, getEnvironments },
	defaultOperation: 'rescan',
	signIns: ['certificate', 'token'],
	isTokenInferred: true,
};
