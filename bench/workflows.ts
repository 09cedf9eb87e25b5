import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import { chain, itemsOf, runUnchecked, startNode } from '../test/engine/engine';
import type { PortalCredential } from '../test/portal/portal';
import { seeded } from './measure';

export const DIST = join(__dirname, '../dist');
export const CONCURRENCY = 10;

export const NODE_NAME = 'Rescan';
export const NODE_TYPE = 'n8n-nodes-kaspersky-tip.kasperskyTip';

/** Not from here: what n8n loads. */
const load = createRequire(__filename);
export const built = {
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

type Execute = NonNullable<INodeType['execute']>;

/** The description of the real node, with something else behind it. */
function likeTip(execute: Execute): INodeType {
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
	/** Reads the same parameters for the same items and gives out the same number of items. */
	reading: likeTip(async function (this: IExecuteFunctions) {
		this.getNodeParameter('resource', 0);
		this.getNodeParameter('operation', 0);
		this.getNodeParameter('options', 0, {});
		return [
			this.getInputData().map((_, index) => {
				const task = String(this.getNodeParameter('taskId', index, ''));
				this.getNodeParameter('additionalFields', index, {});
				return { json: answerFor(task), pairedItem: { item: index } };
			}),
		];
	}),
	/** Gives out items like the portal's answers and does nothing else. */
	passing: likeTip(async function (this: IExecuteFunctions) {
		return [
			this.getInputData().map(({ json }, index) => ({
				json: answerFor(String(json.task)),
				pairedItem: { item: index },
			})),
		];
	}),
	/** The same rescans with n8n's own helper and the same credential, as many at once. */
	helper: likeTip(async function (this: IExecuteFunctions) {
		const items = this.getInputData();
		const { concurrency } = this.getNodeParameter('options', 0, {}) as { concurrency: number };
		const { baseUrl } = await this.getCredentials('kasperskyTipApi');
		const results = new Array<INodeExecutionData>(items.length);
		let next = 0;
		const work = async () => {
			while (next < items.length) {
				const index = next++;
				const taskId = String(this.getNodeParameter('taskId', index, ''));
				const request: IHttpRequestOptions = {
					method: 'PUT',
					url: `${String(baseUrl)}/api/sandbox/tasks/file_from_url/${encodeURIComponent(taskId)}`,
					headers: { 'content-length': '0' },
					json: true,
				};
				const json = (await this.helpers.httpRequestWithAuthentication.call(
					this,
					'kasperskyTipApi',
					request,
				)) as IDataObject;
				results[index] = { json, pairedItem: { item: index } };
			}
		};
		await Promise.all(Array.from({ length: concurrency }, work));
		return [results];
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

/** Start → one node, in n8n's own engine. @throws Error when not every item came out well */
export async function runInEngine(
	node: INodeType,
	credential: PortalCredential,
	items: INodeExecutionData[],
	options: { concurrency?: number } = {},
): Promise<INodeExecutionData[]> {
	const run = await runUnchecked(
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
						options: { concurrency: options.concurrency ?? CONCURRENCY },
					},
					credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
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
	const { error } = run.data.resultData;
	if (error) throw new Error(`${error.message}: ${error.description ?? ''}`);
	const out = itemsOf(run, NODE_NAME);
	const wrong = out.findIndex(
		({ json }, index) => json.previous_task_id !== items[index]!.json.task,
	);
	if (out.length !== items.length || wrong >= 0) {
		throw new Error(`${out.length} items came out of ${items.length}; wrong from ${wrong}`);
	}
	return out;
}
