import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/**
 * The few nodes of n8n that the example workflows use besides ours, each doing just the part they
 * use. n8n's own node package is some hundred megabytes; the e2e tests run the examples with it.
 */
export const builtIns: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': nodeOf('manualTrigger', [], async () => [[{ json: {} }]]),
	/** The engine itself works out whether the conditions hold. */
	'n8n-nodes-base.if': branching('if', async function () {
		const branches: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
		this.getInputData().forEach(({ json }, item) => {
			const holds = this.getNodeParameter('conditions', item, false, { extractValue: true });
			branches[holds === true ? 0 : 1].push({ json, pairedItem: { item } });
		});
		return branches;
	}),
	'n8n-nodes-base.noOp': nodeOf('noOp', [], async function () {
		return [this.getInputData()];
	}),
	/** Only its mode "JSON". */
	'n8n-nodes-base.set': nodeOf('set', ['jsonOutput'], async function () {
		return [
			this.getInputData().map((_, item) => {
				const json = this.getNodeParameter('jsonOutput', item) as string | IDataObject;
				return {
					json: (typeof json === 'string' ? JSON.parse(json) : json) as IDataObject,
					pairedItem: { item },
				};
			}),
		];
	}),
	/** Only its operation "Convert to Text File". */
	'n8n-nodes-base.convertToFile': nodeOf(
		'convertToFile',
		['sourceProperty', 'options'],
		async function () {
			const files = this.getInputData().map(async ({ json }, item) => {
				const source = this.getNodeParameter('sourceProperty', item) as string;
				const { fileName } = this.getNodeParameter('options', item) as IDataObject;
				const content = Buffer.from(String(json[source]));
				const name = fileName as string;
				const data = await this.helpers.prepareBinaryData(content, name, 'text/plain');
				return { json: {}, binary: { data }, pairedItem: { item } };
			});
			return [await Promise.all(files)];
		},
	),
	/** One item for each entry of a list; a text becomes a field of the list's name. */
	'n8n-nodes-base.splitOut': nodeOf('splitOut', ['fieldToSplitOut'], async function () {
		return [
			this.getInputData().flatMap(({ json }, item) => {
				const field = this.getNodeParameter('fieldToSplitOut', item) as string;
				return (json[field] as unknown[]).map((entry) => ({
					json: (entry !== null && typeof entry === 'object'
						? entry
						: { [field]: entry }) as IDataObject,
					pairedItem: { item },
				}));
			}),
		];
	}),
};

/** A node with one output for what fits its conditions and one for the rest. */
function branching(name: string, execute: Execute): INodeType {
	const { description } = nodeOf(name, [], execute);
	return {
		description: {
			...description,
			outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
			properties: [
				{
					displayName: 'Conditions',
					name: 'conditions',
					type: 'filter',
					default: {},
					typeOptions: { filter: { caseSensitive: true, typeValidation: 'strict', version: 2 } },
				},
			],
		},
		execute,
	};
}

function nodeOf(name: string, parameters: string[], execute: Execute): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: [1, 1.1, 2, 2.2, 3, 3.4],
			description: `The part of n8n's ${name} that the examples use`,
			defaults: { name },
			inputs: name === 'manualTrigger' ? [] : [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: parameters.map((parameter) => ({
				displayName: parameter,
				name: parameter,
				type: 'string' as const,
				default: '',
			})),
		},
		execute,
	};
}
