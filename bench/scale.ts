/** Time, memory and turns of the event loop as the number of items grows. */
import { startPortalProcess } from '../test/portal/process';
import { runChild } from './child';
import { median } from './measure';
import { goalRow, ms, tableOf, times, whole, type Row, type Table } from './report';
import type { ScaleResult, ScaleTask } from './scaleChild';

export async function measureScale(options: {
	/** Ascending. */
	counts: readonly number[];
	rounds: number;
}): Promise<Table> {
	const portal = await startPortalProcess();
	const medianOf = async (
		task: Omit<ScaleTask, 'credential'>,
		value: (result: ScaleResult) => number,
	) => {
		const values: number[] = [];
		for (let round = 0; round < options.rounds; round++) {
			const { credential } = portal;
			values.push(value(await runChild<ScaleResult>('scaleChild.ts', { ...task, credential })));
		}
		return median(values);
	};
	const perItem: number[] = [];
	const rows: Row[] = [];
	for (const items of options.counts) {
		const turns: number[] = [];
		perItem.push(
			await medianOf({ node: 'tip', items, watch: 'time' }, ({ wallMs, longestTurnMs }) => {
				turns.push(longestTurnMs);
				return wallMs / items;
			}),
		);
		const at = `${whole(items)} items`;
		rows.push(
			goalRow(`Longest turn of the event loop, CPU time, ${at}`, median(turns), { atMost: 50 }, ms),
		);
		if (items === options.counts[0]) continue;
		const heap = (node: ScaleTask['node']) =>
			medianOf({ node, items, watch: 'heap' }, ({ peakBytes }) => peakBytes / items);
		const [own, passing] = [await heap('tip'), await heap('passing')];
		const detail = `${whole(own)} B, of which n8n's items ${whole(passing)} B`;
		const bytes = (value: number) => `${whole(value)} B`;
		rows.push(
			goalRow(
				`Peak heap per item beyond n8n's own, ${at}`,
				own - passing,
				{ atMost: 1024 },
				bytes,
				detail,
			),
		);
	}
	await portal.close();
	const [smallest, largest] = [options.counts[0]!, options.counts.at(-1)!];
	const growth = goalRow(
		`Time per item, ${whole(largest)} against ${whole(smallest)} items`,
		perItem.at(-1)! / perItem[0]!,
		{ atMost: 1.2 },
		times,
		options.counts.map((items, at) => `${whole(items)}: ${perItem[at]!.toFixed(2)} ms`).join(', '),
	);
	return tableOf('Many items', [growth, ...rows]);
}
