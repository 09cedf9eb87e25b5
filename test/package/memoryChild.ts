/**
 * Runs the built node over items in a process of its own, whose heap the caller has bounded, with binary data
 * on disk: `node --max-old-space-size=… --import tsx memoryChild.ts task.json`. It prints what became
 * of the items, and how much memory it took.
 */
import '../setup';
import { readFileSync, rmSync } from 'node:fs';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IDataObject, INode } from 'n8n-workflow';
import type { PortalCredential } from '../portal/portal';
import * as packageJson from '../../package.json';
import { chain, itemsOf, runUnchecked, startNode } from '../engine/engine';
import { fromDist } from '../engine/fromDist';

/** What the parent asks for. */
export interface MemoryTask {
	credential: PortalCredential;
	items: IDataObject[];
	parameters: IDataObject;
}

/** What the child prints. */
export interface MemoryResult {
	/** Of each item: its error code, where its files are kept, or `json`. */
	became: string[];
	/** The most that was seen between two turns of the event loop, in MiB. */
	peakHeap: number;
	peakRss: number;
}

const tip: INode = {
	id: 'tip',
	name: 'TIP',
	type: `${packageJson.name}.kasperskyTip`,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
	onError: 'continueRegularOutput',
};

async function main(): Promise<void> {
	const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as MemoryTask;
	process.once('exit', () =>
		rmSync(process.env.N8N_USER_FOLDER!, { recursive: true, force: true }),
	);
	await Container.get(BinaryDataService).init();

	const peak = { peakHeap: 0, peakRss: 0 };
	let isOver = false;
	const watch = () => {
		const { heapUsed, rss } = process.memoryUsage();
		peak.peakHeap = Math.max(peak.peakHeap, Math.round(heapUsed / 1024 / 1024));
		peak.peakRss = Math.max(peak.peakRss, Math.round(rss / 1024 / 1024));
		if (!isOver) setTimeout(watch, 10);
	};
	watch();
	const run = await runUnchecked(
		{
			nodes: [startNode(), { ...tip, parameters: task.parameters as INode['parameters'] }],
			connections: chain('Start', tip.name),
		},
		{
			installed: fromDist(),
			credentials: { kasperskyTipApi: task.credential },
			items: task.items.map((json) => ({ json })),
		},
	);
	isOver = true;
	const became = itemsOf(run, tip.name).map(({ json, binary }) =>
		String(json.code ?? Object.values(binary ?? {})[0]?.data ?? 'json'),
	);
	process.stdout.write(JSON.stringify({ became, ...peak } satisfies MemoryResult));
	process.exit(0);
}

void main();
