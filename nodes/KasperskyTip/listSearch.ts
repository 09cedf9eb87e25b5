import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
} from 'n8n-workflow';
import { readChoices } from '../../tip/tasks/choices';
import { TipError } from '../../tip/values/error';
import { choicesRequest, type ChoiceList } from '../../tip/tasks/requests';
import { explain } from '../shared/messages';
import { openConnection } from '../shared/signIn/connection';
import { credentialOf } from './resources';

/** A person waits in front of an open list, so all of it together may take as long. In milliseconds. */
const LIST_TIME_MS = 15_000;

/** Channels the Sandbox offers, filtered by what the user types. */
export async function searchChannels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'channels', filter);
}

/** Execution environments the Sandbox offers, filtered by what the user types. */
export async function searchExecutionEnvironments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await search(this, 'environments', filter);
}

async function search(
	context: ILoadOptionsFunctions,
	list: ChoiceList,
	filter = '',
): Promise<INodeListSearchResult> {
	const choices = await fetchChoices(context, list);
	const wanted = filter.trim().toLocaleLowerCase();
	return {
		results: choices
			.filter(
				({ name, value }) =>
					name.toLocaleLowerCase().includes(wanted) || value.toLocaleLowerCase().includes(wanted),
			)
			.map(({ name, value }) => ({ name: name === value ? name : `${name} (${value})`, value })),
	};
}

async function fetchChoices(context: ILoadOptionsFunctions, list: ChoiceList) {
	const startedAt = performance.now();
	try {
		const type = credentialOf(
			context.getCurrentNodeParameter('resource'),
			context.getCurrentNodeParameter('authentication'),
		);
		const credential = await context.getCredentials(type);
		const { client } = await openConnection(credential, context.helpers, type);
		try {
			const answer = await client.send(choicesRequest(list), {
				timeoutMs: LIST_TIME_MS,
				deadlineMs: LIST_TIME_MS - (performance.now() - startedAt),
				maxRetries: 1,
			});
			return readChoices(answer, list);
		} finally {
			client.close();
		}
	} catch (thrown) {
		const error = thrown instanceof TipError ? explain(thrown) : undefined;
		throw new NodeOperationError(
			context.getNode(),
			`${error?.message ?? 'The list could not be loaded'}. Choose 'By Name' to type the value instead.`,
			{ description: error?.advice },
		);
	}
}
