/** Time, memory and stalls of the event loop as the number of items grows. */
import { startPortalProcess } from '../test/portal/process';
import { runChild } from './child';
import { median } from './measure';
import { goalRow, ms, times, whole, type Row } from './report';
import type { ScaleResult, ScaleTask } from './scaleChild';

export interface ScaleOptions {
	/** Ascending; how often each is run. */
	counts: ReadonlyArray<{ items: number; rounds: number }>;
}

export async function measureScale({ counts }: ScaleOptions): Promise<Row[]> {
	const portal = await startPortalProcess();
	const child = (task: Omit<ScaleTask, 'credential'>) =>
		runChild<ScaleResult>('scaleChild.ts', { ...task, credential: portal.credential });

	const smallest = counts[0]!.items;
	const largest = counts.at(-1)!.items;
	const perItem = new Map<number, number>();
	const stalls: Array<{ items: number; turnMs: number; stallMs: number }> = [];
	const rows: Row[] = [];
	for (const { items, rounds } of counts) {
		const runs: ScaleResult[] = [];
		for (let round = 0; round < rounds; round++) {
			runs.push(await child({ node: 'tip', items, watch: 'time' }));
		}
		perItem.set(items, median(runs.map(({ wallMs }) => wallMs / items)));
		stalls.push({
			items,
			turnMs: median(runs.map(({ longestTurnMs }) => longestTurnMs)),
			stallMs: median(runs.map(({ longestStallMs }) => longestStallMs)),
		});
	}
	const show = (value: number) => value.toLocaleString('en');
	rows.push(
		goalRow(
			`Time per item, ${show(largest)} against ${show(smallest)} items`,
			perItem.get(largest)! / perItem.get(smallest)!,
			{ atMost: 1.2 },
			times,
			[...perItem].map(([items, value]) => `${show(items)}: ${value.toFixed(2)} ms`).join(', '),
		),
	);
	for (const { items, rounds } of counts.slice(1)) {
		const heap = async (node: ScaleTask['node']) => {
			const peaks: number[] = [];
			for (let round = 0; round < rounds; round++) {
				peaks.push((await child({ node, items, watch: 'heap' })).peakBytes / items);
			}
			return median(peaks);
		};
		const [own, passing] = [await heap('tip'), await heap('passing')];
		rows.push(
			goalRow(
				`Peak heap per item beyond n8n's own, ${show(items)} items`,
				own - passing,
				{ atMost: 1024 },
				(bytes) => `${whole(bytes)} B`,
				`${whole(own)} B, of which n8n's items ${whole(passing)} B`,
			),
		);
	}
	for (const { items, turnMs, stallMs } of stalls) {
		rows.push(
			goalRow(
				`Longest turn of the event loop, CPU time, ${show(items)} items`,
				turnMs,
				{ atMost: 50 },
				ms,
				`${ms(stallMs)} by the clock`,
			),
		);
	}
	await portal.close();
	return rows;
}
