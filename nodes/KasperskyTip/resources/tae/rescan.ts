import type { INodeProperties } from 'n8n-workflow';
import { RESCAN_RULES, toQuery } from '../../../../tip/tasks/parameters';
import { rescanRequest } from '../../../../tip/tasks/requests';
import type { Action } from '../operation';
import {
	additionalFields,
	commonRescanFields,
	labelsOf,
	readCollection,
	readTaskId,
	readTaskSource,
	taskIdField,
	taskSourceField,
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

const taskSourceFieldOfTae: INodeProperties = {
	...taskSourceField,
	hint: 'Uploaded File is not in the public help of TAE; its address is inferred',
};

const labelOf = labelsOf(options);

/** Runs a Threat Attribution Engine task again (tip-api.md 4). */
export const rescan: Action = {
	fields: [taskSourceFieldOfTae, taskIdField, additionalFields(options)],
	toRequest: ({ taskSource, taskId, additionalFields: changes }) => {
		const source = readTaskSource(taskSource);
		const query = toQuery(RESCAN_RULES.attribution[source], readCollection(changes), labelOf);
		return rescanRequest('attribution', source, readTaskId(taskId), query);
	},
};
