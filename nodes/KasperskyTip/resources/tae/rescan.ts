import type { INodeProperties } from 'n8n-workflow';
import { rescanOf } from '../rescan';

const changes: INodeProperties[] = [
	{
		displayName: 'Reset Similarity Thresholds',
		name: 'reset_similarity_thresholds',
		type: 'boolean',
		default: true,
		description: 'Whether the similarity thresholds of the compared samples are ignored',
	},
	{
		displayName: 'Unpack',
		name: 'unpack',
		type: 'boolean',
		default: true,
		description: 'Whether the contents of the file are unpacked for analysis',
	},
];

/** Runs a Threat Attribution Engine task again (tip-api.md 4). */
export const rescan = rescanOf('attribution', changes, {
	action: 'Rescan an attribution (TAE) task (uses paid quota)',
	description: 'Uses paid quota: compare the file of an earlier TAE task with known samples again',
	sourceHint: 'Uploaded File is not documented by the vendor for TAE; it may be refused',
});
