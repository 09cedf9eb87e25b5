import type { INodeProperties } from 'n8n-workflow';
import { RESCAN_RULES, toQuery } from '../../../tip/tasks/parameters';
import { rescanRequest, type Engine } from '../../../tip/tasks/requests';
import { readCollection } from './collection';
import type { Operation } from './operation';
import {
	changesField,
	commonRescanFields,
	readTaskSource,
	taskIdField,
	taskSourceField,
} from './taskFields';

const BUILDER_HINT = {
	propertyHint:
		"Each input item costs paid quota, so never put it in a loop or on a path that runs again for the same task. An item with outcome 'unknown' may have started: hand it to a person, never send it again. taskId is the ID of a task that exists in the portal, not a hash. The results are in the portal; there is no operation to fetch them.",
};

interface RescanTexts {
	action: string;
	description: string;
	/** What to know before 'Uploaded File' is chosen. */
	sourceHint?: string;
}

/**
 * Runs a task of an engine again (tip-api.md 3.1 and 4).
 *
 * @param changes the fields that only this engine takes
 */
export function rescanOf(
	engine: Engine,
	changes: INodeProperties[],
	{ action, description, sourceHint }: RescanTexts,
): Operation {
	return {
		option: { name: 'Rescan', action, description, builderHint: BUILDER_HINT },
		fields: [
			{ ...taskSourceField, ...(sourceHint !== undefined && { hint: sourceHint }) },
			taskIdField,
			changesField([...Object.values(commonRescanFields), ...changes]),
		],
		plan: ({ taskSource, taskId, additionalFields }) => {
			const source = readTaskSource(taskSource);
			const query = toQuery(RESCAN_RULES[engine][source], readCollection(additionalFields));
			const request = rescanRequest(engine, source, taskId, query);
			return { request, about: { task_id: request.taskId } };
		},
	};
}
