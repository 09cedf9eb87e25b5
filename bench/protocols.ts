/** HTTP/1.1 over a pool of connections against HTTP/2, where the server offers both. */
import { createCertificates } from '../test/portal/certificates';
import { startServer } from './child';
import { inTurns, median, type Rounds } from './measure';
import { BarePool } from './pool';
import { perSecond, type Row } from './report';
import { CONCURRENCY, makeItems } from './workflows';

export async function measureProtocols(options: Rounds & { items: number }): Promise<Row[]> {
	const { caPem, client, server } = await createCertificates();
	const taskIds = makeItems(options.items).map(({ json }) => String(json.task));
	const rows: Row[] = [];
	for (const latencyMs of [0, 20]) {
		const child = await startServer<{ port: number }>('protocolServer.ts', {
			latencyMs,
			ca: caPem,
			cert: server.certificatePem,
			key: server.keyPem,
		});
		const credential = {
			baseUrl: `https://localhost:${child.ready.port}`,
			username: 'analyst',
			password: 'none',
			certificate: client.combinedPem,
			passphrase: '',
			caCertificate: caPem,
		};
		const pools = {
			pooled: new BarePool(credential, CONCURRENCY),
			oneHttp2: new BarePool(credential, CONCURRENCY, {
				allowH2: true,
				connections: 1,
				pipelining: CONCURRENCY,
			}),
		};
		const results = await inTurns(options, {
			pooled: {
				prepare: () => pools.pooled.rescanAll(taskIds.slice(0, 50)),
				run: () => pools.pooled.rescanAll(taskIds),
			},
			oneHttp2: {
				prepare: () => pools.oneHttp2.rescanAll(taskIds.slice(0, 50)),
				run: () => pools.oneHttp2.rescanAll(taskIds),
			},
		});
		await Promise.all(Object.values(pools).map((pool) => pool.close()));
		child.stop();
		const show = (name: keyof typeof pools) => {
			const wall = median(results.map((round) => round[name].wallMs));
			const cpu = median(results.map((round) => round[name].cpuMs));
			return `${perSecond((options.items * 1000) / wall)} at ${(cpu / options.items).toFixed(2)} ms CPU`;
		};
		rows.push({
			what: `HTTP/1.1 on ${CONCURRENCY} connections against HTTP/2 on one, ${latencyMs} ms`,
			goal: '',
			measured: `${show('pooled')} against ${show('oneHttp2')}`,
		});
	}
	return rows;
}
