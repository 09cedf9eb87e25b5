import { encodeRfc3986 } from '../values/encoding';
import { badInput } from '../values/input';
import type { QueryParameter, TipRequest } from '../values/request';
import { readName, show } from '../values/text';

/** The two engines that rescan a task. The value is the path segment under `/api/`. */
export type Engine = 'sandbox' | 'attribution';

/** What can be wrong with a task's ID, beyond what can be wrong with any name. */
export type TaskReason = 'otherPath';

/** Longest task id sent. The format is unknown; on the on-premises product it is a GUID (tip-api.md 3.1). */
export const TASK_ID_MAX_LENGTH = 256;

/** The lists of choices that the Sandbox gives. */
export type ChoiceList = 'channels' | 'environments';

/**
 * Where they are. Of the environments the method is confirmed, and its path inferred from its sibling
 * (tip-api.md 1, rows 4 and 5).
 */
const LIST_PATHS: Record<ChoiceList, string> = {
	channels: '/api/sandbox/channels',
	environments: '/api/sandbox/exec_env',
};

/** A list of the Sandbox's choices. */
export function choicesRequest(list: ChoiceList): TipRequest {
	return { about: 'choices', method: 'GET', path: LIST_PATHS[list], query: [], safe: true };
}

/** Where the file of a task came from; the path segment under `tasks/`. */
export type TaskSource = 'file_from_url' | 'file';

/**
 * Runs a task again: `PUT /api/{engine}/tasks/{source}/{task_id}`. For a file from a web address the
 * portal downloads it once more.
 *
 * Confirmed for both sources on the Sandbox and for `file_from_url` on TAE (tip-api.md 1, rows 1, 2
 * and 13; help pages rescanFileFromUrlTaskSandbox, rescanFileTaskSandbox, rescanFileFromUrlTaskTAE).
 * `file` on TAE is inferred (row 14).
 *
 * @param query only what the user set: what is left out keeps its previous value
 * @throws TipError `input` when the task id cannot be one path segment
 */
export function rescanRequest(
	engine: Engine,
	source: TaskSource,
	taskId: unknown,
	query: readonly QueryParameter[],
): TipRequest {
	return {
		about: 'rescan',
		method: 'PUT',
		...taskPath(engine, source, taskId),
		query,
		safe: false,
	};
}

/**
 * Deletes a Sandbox task: `DELETE /api/sandbox/tasks/{source}/{task_id}`. Confirmed for
 * `file_from_url` (tip-api.md 1, row 3; help page deleteFileFromUrlTaskSandbox), inferred for `file`
 * (row 8). Deleting twice changes nothing more, so it may be repeated.
 *
 * @throws TipError `input` when the task id cannot be one path segment
 */
export function deleteTaskRequest(source: TaskSource, taskId: unknown): TipRequest {
	return {
		about: 'delete',
		method: 'DELETE',
		...taskPath('sandbox', source, taskId),
		query: [],
		safe: true,
	};
}

function taskPath(engine: Engine, source: TaskSource, taskId: unknown) {
	const id = checkTaskId(taskId);
	return { path: `/api/${engine}/tasks/${source}/${encodeRfc3986(id)}`, taskId: id };
}

/** How Python, Ruby and tables of alerts write down that there is none. A word of a list may be `none`. */
const NOTHING = /^(?:none|nil|n\/a)$/i;

/** @throws TipError `input` when it can't be one path segment of the address */
function checkTaskId(value: unknown): string {
	const id = readName(value, 'taskId', TASK_ID_MAX_LENGTH);
	if (id === '.' || id === '..')
		throw badInput<TaskReason>('taskId', 'otherPath', { found: show(id) });
	if (NOTHING.test(id)) throw badInput('taskId', 'notANumber', { found: show(id) });
	const written = listOrObject(id);
	if (written !== undefined) throw badInput('taskId', 'notText', { found: show(written) });
	return id;
}

/** What an expression leaves that writes a whole list or object down as JSON. */
function listOrObject(text: string): object | undefined {
	if (!/^[[{]/.test(text)) return undefined;
	try {
		return JSON.parse(text) as object;
	} catch {
		return undefined;
	}
}
