/** Rescans per second by the portal's latency and the node's concurrency. */
import { startPortalProcess } from '../test/portal/process';
import { costOf, median, type Rounds } from './measure';
import { contestants, makeItems, runInEngine } from './workflows';

const LATENCIES_MS = [0, 20, 100];
const CONCURRENCIES = [1, 5, 10, 25];

export interface Pace {
	latencyMs: number;
	concurrency: number;
	perSecond: number;
}

export async function measureSensitivity({ warmUps, rounds }: Rounds): Promise<Pace[]> {
	const paces: Pace[] = [];
	for (const latencyMs of LATENCIES_MS) {
		const portal = await startPortalProcess({ latencyMs });
		for (const concurrency of CONCURRENCIES) {
			// About two seconds' worth.
			const count = latencyMs === 0 ? 1000 : Math.min(1000, (2000 / latencyMs) * concurrency);
			const items = makeItems(Math.ceil(count));
			const run = (some = items) =>
				runInEngine(contestants.tip, portal.credential, some, { concurrency });
			// The first latency is none, and what is compiled then stays so.
			if (latencyMs === 0) for (let round = 0; round < warmUps; round++) await run();
			const walls: number[] = [];
			for (let round = 0; round < rounds; round++) {
				await run(items.slice(0, 2 * concurrency));
				walls.push((await costOf(() => run())).wallMs);
			}
			paces.push({ latencyMs, concurrency, perSecond: (items.length * 1000) / median(walls) });
		}
		await portal.close();
	}
	return paces;
}
