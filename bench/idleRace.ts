/**
 * The race of an idle connection: the server closes it at the very moment a request is written to
 * it, and nobody can say whether the rescan ran. How often, and how much of it a margin takes away.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { Pool, type Dispatcher } from 'undici';

import { createCertificates } from '../test/portal/certificates';
import { leaseConnections, closeIdleConnections } from '../tip/connection/pool';
import { exchange, ExchangeFailure } from '../tip/connection/exchange';
import { loadIdentity } from '../tip/identity/certificate';
import { certificateLogin } from '../tip/identity/login';
import { startServer } from './child';
import { seeded } from './measure';
import type { Row } from './report';
import type { IdleServerTask } from './idleServer';

const WIRE_MS = 10;

interface Case {
	what: string;
	closes: IdleServerTask['closes'];
	/** When the second request follows the first. */
	pauseMs: [from: number, to: number];
}

const CASES: Case[] = [
	{
		what: 'closes after 5 s and says so; next request after 4.95–5.05 s',
		closes: { afterMs: 5000, hint: true },
		pauseMs: [4950, 5050],
	},
	{
		what: 'closes after 5 s without saying so; next request after 4.95–5.05 s',
		closes: { afterMs: 5000, hint: false },
		pauseMs: [4950, 5050],
	},
	{
		what: 'closes at any moment within 3 s; next request within 3 s',
		closes: { randomlyWithinMs: 3000 },
		pauseMs: [0, 3000],
	},
];

export async function measureIdleRace(options: {
	connections: number;
	rounds: number;
}): Promise<Row[]> {
	const { caPem, client, server } = await createCertificates();
	const identity = loadIdentity({ certificate: client.combinedPem, caCertificate: caPem });
	const secureContext = createSecureContext({
		cert: client.certificatePem,
		key: client.keyPem,
		ca: caPem,
	});
	const rows: Row[] = [];
	for (const { what, closes, pauseMs } of CASES) {
		const child = await startServer<{ port: number }>('idleServer.ts', {
			ca: caPem,
			cert: server.certificatePem,
			key: server.keyPem,
			wireMs: WIRE_MS,
			closes,
		} satisfies IdleServerTask);
		const origin = `https://localhost:${child.ready.port}`;

		/** A connection of its own for each. */
		const ours = (number: number) => {
			const lease = leaseConnections({
				origin,
				login: certificateLogin(`${number}`, 'none', identity),
			});
			return { dispatcher: lease.dispatcher, end: () => lease.release() };
		};
		const careless = () => {
			const pool = new Pool(origin, {
				connections: 1,
				connect: { secureContext },
				// Neither a bound of its own nor a margin to the server's.
				keepAliveTimeout: 60_000,
				keepAliveTimeoutThreshold: 0,
			});
			return { dispatcher: pool as Dispatcher, end: () => void pool.destroy() };
		};
		const unknown = { ours: 0, careless: 0 };
		let sent = 0;
		for (let round = 0; round < options.rounds; round++) {
			const random = seeded(round);
			await Promise.all(
				Array.from({ length: options.connections }, async (_, number) => {
					const pause = pauseMs[0] + random() * (pauseMs[1] - pauseMs[0]);
					// Not all handshakes at once: they would delay each other's timers.
					await wait(number * 40);
					const lost = await Promise.all([
						endsUnknown(ours(round * options.connections + number), pause),
						endsUnknown(careless(), pause),
					]);
					sent++;
					unknown.ours += Number(lost[0]);
					unknown.careless += Number(lost[1]);
				}),
			);
		}
		closeIdleConnections();
		child.stop();
		rows.push({
			what: `Idle race: the portal ${what}`,
			goal: '',
			measured: `unknown ${unknown.ours} of ${sent}; without the margin ${unknown.careless} of ${sent}`,
		});
	}
	return rows;
}

/** One request, a pause, another one: whether nobody can tell what became of that. */
async function endsUnknown(
	{ dispatcher, end }: { dispatcher: Dispatcher; end(): void },
	pauseMs: number,
): Promise<boolean> {
	const rescan = () =>
		exchange(
			dispatcher,
			{ method: 'PUT', target: '/api/sandbox/tasks/file_from_url/task-1', headers: {} },
			{ timeoutMs: 20_000 },
		);
	try {
		await rescan();
		await wait(pauseMs);
		await rescan();
		return false;
	} catch (error) {
		return error instanceof ExchangeFailure && error.written;
	} finally {
		end();
	}
}
