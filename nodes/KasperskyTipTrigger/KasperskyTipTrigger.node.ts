import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { testKasperskyTipConnection } from '../shared/signIn/credentialTest';
import { DESCRIPTION } from '../shared/description';
import { pollReports } from './pollReports';

export class KasperskyTipTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kaspersky TIP Trigger',
		name: 'kasperskyTipTrigger',
		icon: {
			light: 'file:../KasperskyTip/kasperskyTip.svg',
			dark: 'file:../KasperskyTip/kasperskyTip.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ { both: "New or updated report", new: "New report", updated: "Updated report" }[$parameter["event"]] }}',
		description: DESCRIPTION,
		builderHint: {
			searchHint:
				'Starts a workflow when the portal publishes or updates a threat intelligence report, each version once',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-kaspersky-tip.kasperskyTip',
					relationHint:
						'Pass id to its resource report: getIndicators gives one item per indicator, get the report itself',
				},
			],
		},
		defaults: { name: 'Kaspersky TIP Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'kasperskyTipApi', required: true, testedBy: 'testKasperskyTipConnection' },
		],
		properties: [
			{
				displayName: 'Event',
				name: 'event',
				type: 'options',
				options: [
					{
						name: 'New or Updated Report',
						value: 'both',
						description: 'A report is published, or one published earlier is changed',
					},
					{
						name: 'New Report',
						value: 'new',
						description: 'A report is published',
					},
					{
						name: 'Updated Report',
						value: 'updated',
						description: 'A report published earlier is changed',
					},
				],
				default: 'new',
				description: 'What starts the workflow',
			},
			{
				displayName: 'Report Group',
				name: 'reportGroup',
				type: 'options',
				options: [
					{ name: 'All', value: 'all', description: 'Both groups' },
					{
						name: 'APT',
						value: 'apt',
						description: 'Reports on targeted attacks and their actors',
					},
					{ name: 'Crimeware', value: 'fin', description: 'Reports on attacks for money' },
				],
				default: 'all',
				description: 'Only reports of this group',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Look Back (Days)',
						name: 'lookBack',
						type: 'number',
						typeOptions: { minValue: 1, numberPrecision: 0 },
						default: 365,
						description:
							'How many days back updates are looked for. The portal lists reports by date of publication, so with more days each poll brings a longer list.',
					},
				],
			},
		],
	};

	methods = { credentialTest: { testKasperskyTipConnection } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollReports(this);
	}
}
