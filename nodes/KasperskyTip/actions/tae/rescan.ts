import type { INodeProperties } from 'n8n-workflow';
import { TAE_RESCAN_RULES, toQuery } from '../../../../tip/parameters';
import { rescanFileFromUrlRequest } from '../../../../tip/requests';
import type { Action } from '../action';
import {
	additionalFields,
	commonRescanFields,
	labelsOf,
	readCollection,
	readTaskId,
	taskIdField,
} from '../fields';

const options: INodeProperties[] = [
	...Object.values(commonRescanFields),
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

const labelOf = labelsOf(options);

/** Runs a Threat Attribution Engine task of a downloaded file again (tip-api.md 4). */
export const rescan: Action = {
	fields: [taskIdField, additionalFields(options)],
	toRequest: ({ taskId, additionalFields: changes }) =>
		rescanFileFromUrlRequest(
			'attribution',
			readTaskId(taskId),
			toQuery(TAE_RESCAN_RULES, readCollection(changes), labelOf),
		),
};
