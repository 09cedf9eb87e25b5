import './environment';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { PortalCredential } from '../test/portal/portal';
import { answerParent } from './child';
import { collectGarbage } from './measure';
import {
	contestants,
	likeTip,
	makeItems,
	runInEngine,
	type Contestant,
	type Execute,
} from './workflows';

export interface ScaleTask {
	node: Contestant;
	items: number;
	/** Looking at the heap takes time, so it is not done together. */
	watch: 'time' | 'heap';
	credential: PortalCredential;
}

export interface ScaleResult {
	wallMs: number;
	/** The most CPU time between two turns of the event loop while the node was at work. */
	longestTurnMs: number;
	/** Of what was alive (after a collection), beyond what was there before the run. */
	peakBytes: number;
}

const SAMPLES = 30;

void answerParent<ScaleTask>(async ({ node, items: count, watch, credential }) => {
	// Code is compiled and connections are made before anything is looked at.
	await runInEngine({ node: contestants[node], credential, items: makeItems(300) });

	const items = makeItems(count);
	collectGarbage();
	const before = process.memoryUsage().heapUsed;
	let peak = before;
	const sample = () => {
		collectGarbage();
		peak = Math.max(peak, process.memoryUsage().heapUsed);
	};
	let longestTurnMs = 0;
	let usedBefore = 0;
	const lookAtTurn = () => {
		const { user, system } = process.cpuUsage();
		const used = (user + system) / 1000;
		if (usedBefore > 0) longestTurnMs = Math.max(longestTurnMs, used - usedBefore);
		usedBefore = used;
	};

	const execute = contestants[node].execute as Execute;
	const watched = likeTip(async function (this: IExecuteFunctions) {
		const timer =
			watch === 'heap'
				? setInterval(sample, Math.max(50, count / SAMPLES))
				: setInterval(lookAtTurn, 2);
		try {
			return await execute.call(this);
		} finally {
			clearInterval(timer);
			if (watch === 'heap') sample();
		}
	});
	const start = performance.now();
	const out = await runInEngine({ node: watched, credential, items });
	const wallMs = performance.now() - start;
	if (watch === 'heap') sample();
	const result: ScaleResult = {
		wallMs,
		longestTurnMs,
		peakBytes: peak - before,
	};
	// Used here, so that nothing of it is collected before the last sample.
	if (out.length !== items.length) throw new Error('Items are missing');
	return result;
});
