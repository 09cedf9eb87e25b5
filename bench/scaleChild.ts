import './environment';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

import type { PortalCredential } from '../test/portal/portal';
import { answerParent } from './child';
import { collectGarbage } from './measure';
import { contestants, makeItems, runInEngine, type Contestant } from './workflows';

export interface ScaleTask {
	node: Contestant;
	items: number;
	/** Looking at the heap takes time, so it is not done together. */
	watch: 'time' | 'heap';
	credential: PortalCredential;
}

export interface ScaleResult {
	wallMs: number;
	/** While the node was at work. */
	longestStallMs: number;
	/** Of what was alive (after a collection), beyond what was there before the run. */
	peakBytes: number;
}

const SAMPLES = 30;

void answerParent<ScaleTask>(async ({ node, items: count, watch, credential }) => {
	// Code is compiled and connections are made before anything is looked at.
	await runInEngine(contestants[node], credential, makeItems(300));

	const items = makeItems(count);
	collectGarbage();
	const before = process.memoryUsage().heapUsed;
	let peak = before;
	const sample = () => {
		collectGarbage();
		peak = Math.max(peak, process.memoryUsage().heapUsed);
	};
	const delays = monitorEventLoopDelay({ resolution: 1 });

	const execute = contestants[node].execute as NonNullable<INodeType['execute']>;
	const watched: INodeType = {
		description: contestants[node].description,
		async execute(this: IExecuteFunctions) {
			const timer =
				watch === 'heap' ? setInterval(sample, Math.max(50, count / SAMPLES)) : undefined;
			if (watch === 'time') delays.enable();
			try {
				return await execute.call(this);
			} finally {
				delays.disable();
				clearInterval(timer);
				if (watch === 'heap') sample();
			}
		},
	};
	const start = performance.now();
	const out = await runInEngine(watched, credential, items);
	const wallMs = performance.now() - start;
	if (watch === 'heap') sample();
	const result: ScaleResult = {
		wallMs,
		longestStallMs: delays.max / 1e6,
		peakBytes: peak - before,
	};
	// Used here, so that nothing of it is collected before the last sample.
	if (out.length !== items.length) throw new Error('Items are missing');
	return result;
});
