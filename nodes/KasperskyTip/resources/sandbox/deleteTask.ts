import { deleteTaskRequest } from '../../../../tip/tasks/requests';
import type { Operation } from '../operation';
import { readTaskSource, taskIdField, taskSourceField } from '../taskFields';

/** Deletes a Sandbox task (tip-api.md 1, rows 3 and 8). */
export const deleteTask: Operation = {
	option: {
		name: 'Delete Task',
		action: 'Delete a sandbox task',
		description: 'Remove a Sandbox task and its results from the portal',
	},
	fields: [
		{
			...taskSourceField,
			hint: 'Uploaded File is not documented by the vendor for deletions; it may be refused',
		},
		{ ...taskIdField, description: 'ID of the task to delete' },
	],
	plan: ({ taskSource, taskId }) => {
		const request = deleteTaskRequest(readTaskSource(taskSource), taskId);
		const about = { task_id: request.taskId };
		// The help describes no body for a deletion; an n8n user expects this one.
		return { request, about, toItems: () => [{ json: { deleted: true, ...about } }] };
	},
};
