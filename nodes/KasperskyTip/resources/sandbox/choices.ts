import type { IDataObject } from 'n8n-workflow';
import { readChoices } from '../../../../tip/tasks/choices';
import { choicesRequest, type ChoiceList } from '../../../../tip/tasks/requests';
import type { Operation } from '../operation';

/** Channels as items, for a playbook to loop over (tip-api.md 1, row 4). */
export const getChannels = listOf('channels', {
	name: 'Get Channels',
	action: 'Get sandbox channels',
	description: 'List the regions through which an executed file can reach the internet',
});

/** Execution environments as items (tip-api.md 1, row 5; the address is inferred). */
export const getEnvironments = listOf('environments', {
	name: 'Get Execution Environments',
	action: 'Get sandbox execution environments',
	description: 'List the systems to execute files in. Not documented by the vendor.',
});

/** One item for each choice, with all that the portal says of it. */
function listOf(list: ChoiceList, option: Operation['option']): Operation {
	return {
		option,
		fields: [],
		plan: () => ({
			request: choicesRequest(list),
			about: { list },
			toItems: (answer) =>
				readChoices(answer, list).map(({ name, value, fields }) => ({
					json: { ...(fields as IDataObject), name, value },
				})),
		}),
	};
}
