/** Throughput and CPU, against what the network allows and against n8n's own helper. */
import { startPortalProcess } from '../test/portal/process';
import { inTurns, median, type Rounds } from './measure';
import { BarePool } from './pool';
import { atMostInFlight, goalRow, perSecond, range, times, type Row } from './report';
import { CONCURRENCY, contestants, makeItems, runInEngine } from './workflows';

const GOALS = {
	0: { limit: 0.9, helper: 8 },
	20: { limit: 0.95, helper: 4 },
} as const;

export interface PaceOptions extends Rounds {
	items: number;
	/** The helper is slow, and as slow for the first item as for the last. */
	helperItems: number;
}

export async function measurePace(options: PaceOptions): Promise<Row[]> {
	const rows: Row[] = [];
	for (const latencyMs of [0, 20] as const) rows.push(...(await paceAt(latencyMs, options)));
	return rows;
}

async function paceAt(
	latencyMs: keyof typeof GOALS,
	{ items: count, helperItems, ...rounds }: PaceOptions,
): Promise<Row[]> {
	const portal = await startPortalProcess({ latencyMs });
	const { credential } = portal;
	const items = makeItems(count);
	const taskIds = items.map(({ json }) => String(json.task));
	const few = items.slice(0, 2 * CONCURRENCY);
	const pool = new BarePool(credential, CONCURRENCY);

	const results = await inTurns(rounds, {
		pool: {
			prepare: () => pool.rescanAll(taskIds.slice(0, few.length)),
			run: () => pool.rescanAll(taskIds),
		},
		reading: { run: () => runInEngine(contestants.reading, credential, items) },
		tip: {
			prepare: () => runInEngine(contestants.tip, credential, few),
			run: () => runInEngine(contestants.tip, credential, items),
		},
		helper: { run: () => runInEngine(contestants.helper, credential, items.slice(0, helperItems)) },
	});
	await pool.close();
	await portal.close();

	const of = (ratio: (round: (typeof results)[number]) => number) => results.map(ratio);
	const rate = (name: keyof (typeof results)[number], ran = count) =>
		(ran * 1000) / median(of((round) => round[name].wallMs));
	const helperRate = rate('helper', helperItems);
	const limits = of(({ pool, reading, tip }) => (pool.wallMs + reading.wallMs) / tip.wallMs);
	const helpers = of(({ helper, tip }) => helper.wallMs / helperItems / (tip.wallMs / count));
	const shares = of(({ pool, reading, tip }) => (pool.cpuMs + reading.cpuMs) / tip.cpuMs);
	const cpus = of(({ pool, reading, tip }) => (tip.cpuMs - reading.cpuMs) / pool.cpuMs);
	const at = `${latencyMs} ms`;
	return [
		goalRow(
			`Throughput against the limit, ${at}`,
			median(limits),
			{ atLeast: GOALS[latencyMs].limit },
			times,
			`${range(limits)}; ${perSecond(rate('tip'))}, bare pool ${perSecond(rate('pool'))}, n8n's reading alone ${perSecond(rate('reading'))}`,
		),
		{
			what: `The same in CPU time of n8n's process, ${at}`,
			goal: '',
			measured: `${times(median(shares))} (${range(shares)})`,
		},
		goalRow(
			`Against n8n's own helper, ${at}`,
			median(helpers),
			{ atLeast: GOALS[latencyMs].helper },
			times,
			`${range(helpers, 1)}; helper ${perSecond(helperRate)}${atMostInFlight(CONCURRENCY, latencyMs, helperRate)}`,
		),
		goalRow(
			`Own CPU per rescan against the bare pool, ${at}`,
			median(cpus),
			{ atMost: 1.3 },
			times,
			`${range(cpus)}; bare pool ${(median(of(({ pool }) => pool.cpuMs)) / count).toFixed(2)} ms`,
		),
	];
}
