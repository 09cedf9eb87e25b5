import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import { chain, itemsOf, runUnchecked, startNode } from '../test/engine/engine';
import type { PortalCredential } from '../test/portal/portal';
import { seeded } from '../test/pace/simulated';

const DIST = join(__dirname, '../dist');

const NODE_NAME = 'Rescan';
const NODE_TYPE = 'n8n-nodes-kaspersky-tip.kasperskyTip';

/** Not from here: what n8n loads. */
const load = createRequire(__filename);
const built = {
	node: (
		load(join(DIST, 'nodes/KasperskyTip/KasperskyTip.node.js')) as {
			KasperskyTip: new () => INodeType;
		}
	).KasperskyTip,
	credential: (
		load(join(DIST, 'credentials/KasperskyTipApi.credentials.js')) as {
			KasperskyTipApi: new () => ICredentialType;
		}
	).KasperskyTipApi,
};

export type Execute = NonNullable<INodeType['execute']>;

/** The description of the real node, with something else behind it. */
export function likeTip(execute: Execute): INodeType {
	return { description: new built.node().description, execute };
}

/** An answer such as the portal's, for nodes that ask nobody. */
const answerFor = (task: string) =>
	JSON.parse(
		`{"task_id":"5ca1ab1e-0000-4000-8000-${task.slice(-12)}","previous_task_id":"${task}","engine":"sandbox"}`,
	) as IDataObject;

/** What stands between "Start" and the end of the workflow. */
export const contestants = {
	/** The built package. */
	tip: new built.node(),
	/** Gives out items like the portal's answers and does nothing else. */
	passing: likeTip(async function (this: IExecuteFunctions) {
		return [
			this.getInputData().map(({ json }, index) => ({
				json: answerFor(String(json.task)),
				pairedItem: { item: index },
			})),
		];
	}),
} satisfies Record<string, INodeType>;

export type Contestant = keyof typeof contestants;

/** Items with task ids that are the same in every run of the benchmark. */
export function makeItems(count: number): INodeExecutionData[] {
	const random = seeded(5);
	const hex = (digits: number) =>
		Math.floor(random() * 16 ** digits)
			.toString(16)
			.padStart(digits, '0');
	return Array.from({ length: count }, () => ({
		json: { task: flat(`${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`) },
	}));
}

/** V8 keeps a joined text in its pieces until somebody reads it, which would look like memory freed. */
const flat = (text: string) => Buffer.from(text).toString();

export interface EngineRun {
	node?: INodeType;
	credential: PortalCredential;
	items: INodeExecutionData[];
	/** Laid over those of a rescan. */
	parameters?: IDataObject;
	/** Whether items that fail come out as such. */
	continues?: boolean;
}

/** Start → one node, in n8n's own engine. @throws Error when not every item comes out */
export async function runInEngine(run: EngineRun): Promise<INodeExecutionData[]> {
	const { node = contestants.tip, credential, items, parameters, continues } = run;
	const result = await runUnchecked(
		{
			nodes: [
				startNode(),
				{
					id: NODE_NAME,
					name: NODE_NAME,
					type: NODE_TYPE,
					typeVersion: 1,
					position: [220, 0],
					parameters: {
						resource: 'sandbox',
						operation: 'rescan',
						taskId: '={{ $json.task }}',
						...parameters,
					},
					credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
					...(continues === true && { onError: 'continueRegularOutput' }),
				},
			],
			connections: chain('Start', NODE_NAME),
		},
		{
			installed: {
				nodes: { [NODE_TYPE]: node },
				credentials: { kasperskyTipApi: new built.credential() },
			},
			credentials: { kasperskyTipApi: credential },
			items,
		},
	);
	const { error } = result.data.resultData;
	if (error) throw new Error(`${error.message}: ${error.description ?? ''}`);
	const out = itemsOf(result, NODE_NAME);
	if (out.length !== items.length) {
		throw new Error(`${out.length} items came out of ${items.length}`);
	}
	return out;
}
