/** How often the fields of an item are evaluated. */
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import { chain, itemsOf, runUnchecked, startNode } from '../test/engine/engine';
import { startPortalProcess } from '../test/portal/process';
import { goalRow, type Row } from './report';
import { built, contestants, NODE_NAME, NODE_TYPE } from './workflows';

/** Looks up domains and counts how often each field of each item is read: once is the goal. */
export async function measureEvaluations({ items }: { items: number }): Promise<Row[]> {
	const reads = new Map<string, number>();
	const counting: INodeType = {
		description: contestants.tip.description,
		async execute(this: IExecuteFunctions) {
			const read = this.getNodeParameter.bind(this) as (...args: unknown[]) => unknown;
			this.getNodeParameter = ((name: string, item: number, ...rest: unknown[]) => {
				const key = `${name} of ${item}`;
				reads.set(key, (reads.get(key) ?? 0) + 1);
				return read(name, item, ...rest);
			}) as typeof this.getNodeParameter;
			return await contestants.tip.execute!.call(this);
		},
	};
	const portal = await startPortalProcess();
	try {
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
							resource: 'lookup',
							operation: 'domain',
							indicator: '={{ $json.domain }}',
						},
						credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
					},
				],
				connections: chain('Start', NODE_NAME),
			},
			{
				installed: {
					nodes: { [NODE_TYPE]: counting },
					credentials: { kasperskyTipApi: new built.credential() },
				},
				credentials: { kasperskyTipApi: portal.credential },
				items: Array.from({ length: items }, (_, i) => ({ json: { domain: `i${i}.example.com` } })),
			},
		);
		const out = itemsOf(run, NODE_NAME).length;
		if (out !== items) throw new Error(`${out} items came out of ${items}`);
	} finally {
		await portal.close();
	}
	const ofIndicator = Array.from({ length: items }, (_, i) => reads.get(`indicator of ${i}`) ?? 0);
	return [
		goalRow(
			"Evaluations of a lookup's Indicator, per item",
			Math.max(...ofIndicator),
			{ atMost: 1 },
			(value) => String(value),
			`the most of ${items} items`,
		),
	];
}
