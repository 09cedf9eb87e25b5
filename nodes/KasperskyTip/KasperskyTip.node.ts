import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { DESCRIPTION } from '../shared/description';
import { hiddenUnless } from '../shared/signIn/authentication';
import {
	testKasperskyOpenTip,
	testKasperskyTipConnection,
	testKasperskyTipToken,
} from '../shared/signIn/credentialTest';
import { localOperations, operationFields, signIns, subtitle } from './resources';
import { searchChannels, searchExecutionEnvironments } from './listSearch';
import { optionsField } from './batch/options';
import { runBatch } from './batch/runBatch';

export class KasperskyTip implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kaspersky TIP',
		name: 'kasperskyTip',
		icon: { light: 'file:kasperskyTip.svg', dark: 'file:kasperskyTip.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle,
		description: DESCRIPTION,
		defaults: { name: 'Kaspersky TIP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'kasperskyTipApi',
				required: true,
				testedBy: 'testKasperskyTipConnection',
				displayOptions: hiddenUnless('certificate', signIns, localOperations),
			},
			{
				name: 'kasperskyTipTokenApi',
				required: true,
				testedBy: 'testKasperskyTipToken',
				displayOptions: hiddenUnless('token', signIns, localOperations),
			},
			{
				name: 'kasperskyOpenTipApi',
				required: true,
				testedBy: 'testKasperskyOpenTip',
				displayOptions: hiddenUnless('openTip', signIns, localOperations),
			},
		],
		hints: [
			{
				message: 'The results are in the portal: its API for them is not public',
				type: 'info',
				location: 'outputPane',
				whenToDisplay: 'afterExecution',
				displayCondition: '={{ $parameter["operation"] === "rescan" }}',
			},
		],
		properties: [...operationFields, optionsField],
	};

	methods = {
		credentialTest: { testKasperskyOpenTip, testKasperskyTipConnection, testKasperskyTipToken },
		listSearch: { searchChannels, searchExecutionEnvironments },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runBatch(this)];
	}
}
