import { createHash } from 'node:crypto';
import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';
import type { Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode, type RunOptions } from './engine';
import { fireWhile, holdTimers } from './heldTimers';
import {
	fromSources,
	nodeInContext,
	NODE_TYPE,
	tipNode,
	type RescanResult,
} from './rescanWorkflow';

const NODE = 'File';

/** The waits between questions for a result, in milliseconds. */
export const POLLS = [20_000, 25_000, 30_000];

/** In seconds: the timeout is none of the waits, which the test fires. */
const TIMEOUT_S = 41;

export interface FileRun {
	portal: Portal;
	parameters?: IDataObject;
	/** Contents of the files, one for each item. */
	files?: Array<string | Buffer | IBinaryData>;
	settings?: Partial<INode>;
	openTip?: Record<string, string>;
	/** Whether the waits between questions run out now. `waiting`: how many there are. */
	isTime?: (waiting: number) => boolean;
	/** Takes what the node writes to n8n's log. */
	log?: (line: string) => void;
	change?: (context: IExecuteFunctions) => void;
	onStart?: RunOptions['onStart'];
}

export const sha256 = (content: string | Buffer) =>
	createHash('sha256').update(content).digest('hex');

/** A file as n8n holds it in memory. */
export function inMemory(content: string | Buffer): IBinaryData {
	return {
		data: Buffer.from(content).toString('base64'),
		mimeType: 'application/octet-stream',
		fileName: 'invoice.exe',
	};
}

/** Start → Kaspersky TIP (File), in n8n's engine. The clock of the waits is the test's. */
export async function runFile({
	portal,
	parameters,
	files = ['a file nobody knows'],
	settings,
	openTip,
	isTime = () => true,
	log,
	change,
	onStart,
}: FileRun): Promise<RescanResult> {
	const node = tipNode(
		{
			resource: 'file',
			operation: 'analyze',
			authentication: 'openTip',
			...parameters,
			options: { timeout: TIMEOUT_S, ...(parameters?.options as IDataObject | undefined) },
		},
		{
			credentials: { kasperskyOpenTipApi: { id: 'kasperskyOpenTipApi', name: 'OpenTIP' } },
			...settings,
		},
		NODE,
	);
	const items: INodeExecutionData[] = files.map((content, number) => ({
		json: { number },
		binary: {
			data: typeof content === 'string' || Buffer.isBuffer(content) ? inMemory(content) : content,
		},
	}));
	const prepare = (context: IExecuteFunctions) => {
		if (log) {
			// Not to be read before: from then on it can't be replaced.
			const value = { info: log, warn: log, debug: () => undefined, error: () => undefined };
			Object.defineProperty(context, 'logger', { value });
		}
		change?.(context);
	};
	const held = POLLS.map((ms) => holdTimers(ms));
	try {
		const running = runWorkflow(
			{ nodes: [startNode(), node], connections: chain('Start', NODE) },
			{
				installed: { ...fromSources, nodes: { [NODE_TYPE]: nodeInContext(prepare) } },
				credentials: { kasperskyOpenTipApi: { ...portal.openTipCredential, ...openTip } },
				items,
				onStart,
			},
		);
		const all = { fire: () => held.forEach((one) => one.fire()) } as (typeof held)[number];
		await fireWhile(running, all, () =>
			isTime(held.reduce((sum, { waiting }) => sum + waiting, 0)),
		);
		const run = await running;
		return {
			run,
			items: itemsOf(run, NODE),
			errorItems: itemsOf(run, NODE, 1),
			error: run.data.resultData.error as RescanResult['error'],
		};
	} finally {
		for (const one of held) one.release();
	}
}
