/** A portal that says "slow down", and one that says nothing. */
import { startPortal, type Portal } from '../test/portal/portal';
import { goalRow, percent, tableOf, whole, type Row, type Table } from './report';
import { makeItems, runInEngine } from './workflows';

const ALLOWED_PER_SECOND = 10;

/** So many requests in each second by the clock, and 429 with `Retry-After: 1` above. */
export async function measureThrottled({ items: count }: { items: number }): Promise<Table> {
	const rowsAt = async (concurrency?: number): Promise<Row[]> => {
		const portal = await startPortal({ record: false });
		let [second, used, refused] = [-1, 0, 0];
		portal.onRequest(() => {
			const current = Math.floor(performance.now() / 1000);
			if (current !== second) [second, used] = [current, 0];
			if (++used <= ALLOWED_PER_SECOND) return undefined;
			refused++;
			return { retryAfter: '1' };
		});
		const start = performance.now();
		const items = await rescan(portal, count, concurrency);
		const seconds = (performance.now() - start) / 1000;
		await portal.close();
		const givenUp = items.filter(({ error }) => error !== undefined).length;
		const at = concurrency === undefined ? 'at its defaults' : `Concurrency ${concurrency}`;
		return [
			goalRow(
				`Requests that were refused, ${at}`,
				refused / portal.received,
				{ atMost: 0.1 },
				percent,
				`${refused} of ${portal.received}, ${seconds.toFixed(0)} s`,
			),
			goalRow(`Rescans given up, ${at}`, givenUp, { atMost: 0 }, whole),
		];
	};
	const rows = (await Promise.all([rowsAt(), rowsAt(25)])).flat();
	return tableOf(
		`${count} rescans, ${ALLOWED_PER_SECOND} requests a second allowed, 429 and Retry-After: 1 above`,
		rows,
	);
}

export async function measureSilent({
	items,
	quick,
}: {
	items: number;
	quick: boolean;
}): Promise<Table> {
	const kinds: Array<[string, (portal: Portal) => void]> = [
		['no answer to the TLS greeting', (portal) => portal.onConnection('stallHandshake')],
	];
	if (!quick) {
		kinds.push(['no answer to requests', (portal) => portal.onRequest(() => ({ never: true }))]);
	}
	const rows = await Promise.all(
		kinds.map(async ([what, silence]): Promise<Row> => {
			const portal = await startPortal({ record: false });
			silence(portal);
			const start = performance.now();
			const out = await rescan(portal, items);
			const seconds = (performance.now() - start) / 1000;
			const sent = what.includes('TLS')
				? `${portal.connections} connections tried`
				: `${portal.received} requests sent`;
			const unknown = out.filter(({ outcome }) => outcome === 'unknown').length;
			const notSent = out.filter(({ outcome }) => outcome === 'notSent').length;
			await portal.close();
			return goalRow(
				`Until the end, ${what}`,
				seconds,
				{ atMost: 180 },
				(value) => `${value.toFixed(0)} s`,
				`${sent}, ${unknown} unknown, ${whole(notSent)} not sent`,
			);
		}),
	);
	return tableOf(`${whole(items)} rescans at a portal that says nothing, at the defaults`, rows);
}

async function rescan(portal: Portal, count: number, concurrency?: number) {
	const out = await runInEngine({
		credential: portal.credential,
		items: makeItems(count),
		parameters: { options: concurrency === undefined ? {} : { concurrency } },
		continues: true,
	});
	return out.map(({ json }) => json);
}
