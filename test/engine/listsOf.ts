import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { searchChannels } from '../../nodes/KasperskyTip/listSearch';
import { additionalDataFor, workflowOf } from './engine';
import { fromSources, tipNode } from './rescanWorkflow';

/** The values behind 'Channel', in n8n's own context for lists. */
export async function channelsOf(credential: Record<string, string>): Promise<unknown[]> {
	const node = tipNode({});
	const definition = { nodes: [node], connections: {} };
	const options = { installed: fromSources, credentials: { kasperskyTipApi: credential } };
	const context = new LoadOptionsContext(
		workflowOf(definition, options),
		node,
		additionalDataFor(definition, options),
		'',
	);
	const { results } = await searchChannels.call(context as unknown as ILoadOptionsFunctions);
	return results.map(({ value }) => value);
}
