import { deleteTaskRequest } from '../../../../tip/tasks/requests';
import type { Action } from '../operation';
import { readTaskId, readTaskSource, taskIdField, taskSourceField } from '../fields';

/** Deletes a Sandbox task (tip-api.md 1, rows 3 and 8). */
export const deleteTask: Action = {
	fields: [
		{
			...taskSourceField,
			hint: 'The address for Uploaded File is not in the public help; it is inferred',
		},
		{ ...taskIdField, description: 'ID of the task to delete' },
	],
	toRequest: ({ taskSource, taskId }) =>
		deleteTaskRequest(readTaskSource(taskSource), readTaskId(taskId)),
	// The help describes no body for a deletion; an n8n user expects this one.
	toItems: (_answer, { values }) => [
		{ json: { deleted: true, task_id: readTaskId(values.taskId).trim() } },
	],
};
