/** How often a TLS connection has to be made. */
import { setTimeout as wait } from 'node:timers/promises';

import { startPortalProcess, type PortalProcess } from '../test/portal/process';
import { goalRow, whole, type Row } from './report';
import { CONCURRENCY, contestants, makeItems, runInEngine } from './workflows';

export async function measureHandshakes(options: {
	executions: number;
	pauseMs: number;
}): Promise<Row[]> {
	// The common default of servers, which is also what this one announces.
	const portal = await startPortalProcess({ keepAliveTimeoutMs: 5000 });
	const run = (count: number) => runInEngine(contestants.tip, portal.credential, makeItems(count));
	await run(1000);
	const first = (await portal.stats()).handshakes;
	const idleMs = await untilIdle(portal);

	await portal.reset();
	for (let execution = 1; execution <= options.executions; execution++) {
		await run(100);
		if (execution < options.executions) await wait(options.pauseMs);
	}
	const inAll = (await portal.stats()).handshakes;
	await portal.close();
	const atMost = CONCURRENCY;
	return [
		goalRow('TLS handshakes for 1,000 items', first, { atMost }, whole),
		goalRow(
			`Handshakes for ${options.executions} executions, ${options.pauseMs / 1000} s apart`,
			inAll,
			{ atMost },
			whole,
			'100 items each',
		),
		{
			what: 'Idle connections are gone after',
			goal: '',
			measured: `${(idleMs / 1000).toFixed(1)} s`,
		},
	];
}

/** Until the portal has no connection left. @throws Error after 30 seconds */
async function untilIdle(portal: PortalProcess): Promise<number> {
	const start = performance.now();
	while ((await portal.stats()).openSockets > 0) {
		if (performance.now() - start > 30_000) throw new Error('Connections stay open');
		await wait(50);
	}
	return performance.now() - start;
}
