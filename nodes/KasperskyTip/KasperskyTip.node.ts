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
		builderHint: {
			searchHint:
				"Kaspersky's threat intelligence: verdict on a hash, IP address, domain or web address (a lookup gives verdict, severity, text and link, ready for an If and a message), indicators in a text or a report, and paid rescans of Sandbox and TAE tasks. Use onError continueErrorOutput: each item that was refused then leaves by the second output with error, description, code and outcome. No Code or Set node is needed in between.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-kaspersky-tip.kasperskyTipTrigger',
					relationHint:
						'Starts a workflow with new reports; pass its id to the resource report, operation getIndicators, instead of polling with a Schedule Trigger',
				},
			],
		},
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
				// n8n gives this parameter to the tool it makes of a node, and to nothing else.
				message:
					"Set <b>On Error</b> to <b>Continue</b> in this tool's settings. Otherwise the model gets an empty answer when the portal refuses, and may try again.",
				type: 'warning',
				location: 'ndv',
				whenToDisplay: 'beforeExecution',
				displayCondition: '={{ $parameter["descriptionType"] !== undefined }}',
			},
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
