/** How often the field of a lookup is evaluated, and how often the portal is asked. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { startPortal } from '../test/portal/portal';
import { goalRow, tableOf, whole, type Table } from './report';
import { contestants, likeTip, runInEngine, type Execute } from './workflows';

/** Looks up domains, each of them `each` times. */
export async function measureLookups({
	distinct,
	each,
}: {
	distinct: number;
	each: number;
}): Promise<Table> {
	const reads = new Map<number, number>();
	const counting = likeTip(async function (this: IExecuteFunctions) {
		const read = this.getNodeParameter.bind(this) as (...args: unknown[]) => unknown;
		this.getNodeParameter = ((name: string, item: number, ...rest: unknown[]) => {
			if (name === 'indicator') reads.set(item, (reads.get(item) ?? 0) + 1);
			return read(name, item, ...rest);
		}) as typeof this.getNodeParameter;
		return await (contestants.tip.execute as Execute).call(this);
	});
	const portal = await startPortal({ record: false });
	const items = Array.from({ length: distinct * each }, (_, number) => ({
		json: { domain: `i${number % distinct}.example.com` },
	}));
	try {
		const parameters = {
			resource: 'lookup',
			operation: 'domain',
			indicator: '={{ $json.domain }}',
		};
		await runInEngine({ node: counting, credential: portal.credential, items, parameters });
	} finally {
		await portal.close();
	}
	const most = Math.max(...items.map((_, item) => reads.get(item) ?? 0));
	const requests = portal.received;
	return tableOf(`${whole(items.length)} lookups of ${distinct} indicators`, [
		goalRow("Evaluations of 'Indicator', the most of any item", most, { atMost: 1 }, whole),
		goalRow('Requests', requests, { atMost: distinct }, whole),
	]);
}
