import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { actionFields, findAction } from './actions';
import { testKasperskyTipConnection } from './credentialTest';
import { searchChannels, searchExecutionEnvironments } from './listSearch';
import { optionsField } from './run/options';
import { runItems } from './run/runItems';

export class KasperskyTip implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kaspersky TIP',
		name: 'kasperskyTip',
		icon: { light: 'file:kasperskyTip.svg', dark: 'file:kasperskyTip.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Run Sandbox and Threat Attribution Engine (TAE) tasks of the Kaspersky Threat Intelligence Portal again. Each rescan uses quota.',
		defaults: { name: 'Kaspersky TIP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'kasperskyTipApi', required: true, testedBy: 'testKasperskyTipConnection' },
		],
		properties: [...actionFields, optionsField],
	};

	methods = {
		credentialTest: { testKasperskyTipConnection },
		listSearch: { searchChannels, searchExecutionEnvironments },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const operation = this.getNodeParameter('operation', 0) as string;
		const action = findAction(resource, operation);
		if (action === undefined) {
			throw new NodeOperationError(
				this.getNode(),
				`There is no operation '${operation}' for '${resource}'`,
				{ description: "Choose 'Resource' and 'Operation' from their lists." },
			);
		}
		return [await runItems(this, action)];
	}
}
