import { readChoices } from '../../../../tip/tasks/choices';
import { CHANNEL_LIST_PATH, EXEC_ENV_LIST_PATH, listRequest } from '../../../../tip/tasks/requests';
import type { Action } from '../operation';

/** Channels as items, for a playbook to loop over (tip-api.md 1, row 4). */
export const getChannels = listOf(CHANNEL_LIST_PATH);

/** Execution environments as items (tip-api.md 1, row 5; the address is inferred). */
export const getEnvironments = listOf(EXEC_ENV_LIST_PATH);

/** One item for each choice; an answer in a form that can't be read is passed through. */
function listOf(path: string): Action {
	return {
		fields: [],
		toRequest: () => listRequest(path),
		toItems: (answer) => {
			const choices = readChoices(answer);
			return choices.length > 0
				? choices.map(({ name, value }) => ({ json: { name, value } }))
				: [{ json: answer as never }];
		},
	};
}
