import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
} from 'n8n-workflow';
import { KasperskyOpenTipApi } from '../../credentials/KasperskyOpenTipApi.credentials';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { KasperskyTipTokenApi } from '../../credentials/KasperskyTipTokenApi.credentials';
import { KasperskyTip } from '../../nodes/KasperskyTip/KasperskyTip.node';
import { chain, itemsOf, runWorkflow, startNode, type Installed, type RunOptions } from './engine';

export const NODE_TYPE = 'n8n-nodes-kaspersky-tip.kasperskyTip';
export const NODE_NAME = 'Rescan';

/** The package as it stands in the sources. */
export const fromSources: Installed = {
	nodes: { [NODE_TYPE]: new KasperskyTip() },
	credentials: {
		kasperskyTipApi: new KasperskyTipApi(),
		kasperskyTipTokenApi: new KasperskyTipTokenApi(),
		kasperskyOpenTipApi: new KasperskyOpenTipApi(),
	},
};

/** A Kaspersky TIP node with the given parameters. */
export function tipNode(
	parameters: IDataObject,
	settings: Partial<INode> = {},
	name = NODE_NAME,
): INode {
	return {
		id: name,
		name,
		type: NODE_TYPE,
		typeVersion: 1,
		position: [220, 0],
		parameters: { resource: 'sandbox', operation: 'rescan', ...parameters } as INode['parameters'],
		credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
		...settings,
	};
}

export interface RescanRun {
	/** Default: the task id is the item's `task`. */
	parameters?: IDataObject;
	/** Each as the json of an item. */
	items?: IDataObject[];
	/** Node settings such as `onError` or `retryOnFail`. */
	settings?: Partial<INode>;
	credential: Record<string, string>;
	onStart?: RunOptions['onStart'];
	/** Called each time the node reads the 'Task ID' of an item. */
	onRead?: (itemIndex: number) => void;
}

export interface RescanResult {
	run: IRun;
	items: INodeExecutionData[];
	/** What left by the error output. */
	errorItems: INodeExecutionData[];
	/** The error that ended the run, as n8n keeps it. */
	error?: Record<string, unknown> & {
		message: string;
		description?: string;
		context: IDataObject;
		httpCode?: string | null;
	};
}

/** Start → Kaspersky TIP, in n8n's engine. */
export async function runRescan({
	parameters,
	items = [{ task: 'task-1' }],
	settings,
	credential,
	onStart,
	onRead,
}: RescanRun): Promise<RescanResult> {
	const node = tipNode({ taskId: '={{ $json.task }}', ...parameters }, settings);
	const run = await runWorkflow(
		{ nodes: [startNode(), node], connections: chain('Start', NODE_NAME) },
		{
			installed: onRead
				? { ...fromSources, nodes: { [NODE_TYPE]: tellingReads(onRead) } }
				: fromSources,
			credentials: { kasperskyTipApi: credential },
			items: items.map((json) => ({ json })),
			onStart,
		},
	);
	return {
		run,
		items: itemsOf(run, NODE_NAME),
		errorItems: itemsOf(run, NODE_NAME, 1),
		error: run.data.resultData.error as RescanResult['error'],
	};
}

/** The node itself, in n8n's own context with something changed about it. */
export function nodeInContext(change: (context: IExecuteFunctions) => void): INodeType {
	const node = new KasperskyTip();
	return Object.assign(Object.create(node) as INodeType, {
		async execute(this: IExecuteFunctions) {
			change(this);
			return await node.execute.call(this);
		},
	});
}

function tellingReads(onRead: (itemIndex: number) => void): INodeType {
	return nodeInContext((context) => {
		const read = context.getNodeParameter.bind(context) as (...args: unknown[]) => unknown;
		const tell = (name: string, itemIndex: number, ...rest: unknown[]) => {
			if (name === 'taskId') onRead(itemIndex);
			return read(name, itemIndex, ...rest);
		};
		context.getNodeParameter = tell as typeof context.getNodeParameter;
	});
}
