/** A real n8n: this node against the HTTP Request node that does the same rescans. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { N8nApi, type WorkflowNode } from '../test/e2e/api';
import { hasN8n, installN8n } from '../test/e2e/install';
import { installPackage, packPackage } from '../test/e2e/package';
import { startN8n, stopAll } from '../test/e2e/server';
import { chain, credentialType, tipNode } from '../test/e2e/world';
import { startPortalProcess } from '../test/portal/process';
import { median, type Rounds } from './measure';
import { atMostInFlight, goalRow, perSecond, range, times, type Row } from './report';
import { CONCURRENCY, makeItems } from './workflows';

const GOALS = { 0: 10, 20: 4.5 } as const;

const CONTESTANTS = ['tip', 'http', 'continuing', 'reading'] as const;
type Contestant = (typeof CONTESTANTS)[number];

/** @param install whether to install an n8n when there is none in the cache */
export async function measureInN8n(
	options: Rounds & { items: number },
	{ install: mayInstall }: { install: boolean },
): Promise<Row[]> {
	if (!mayInstall && !hasN8n('newest')) {
		const measured = 'not measured: `npm run bench -- --n8n` installs one';
		return [{ what: 'In a real n8n, against its HTTP Request node', goal: '', measured }];
	}
	const folder = mkdtempSync(join(tmpdir(), 'n8n-tip-bench-'));
	try {
		const install = await installN8n('newest');
		const tarball = await packPackage(resolve(__dirname, '..'), folder);
		const userFolder = join(folder, 'user');
		await installPackage(tarball, userFolder);
		const server = await startN8n({ install, userFolder });
		const api = new N8nApi(server.url);
		await api.signIn();
		const rows: Row[] = [];
		for (const latencyMs of [0, 20] as const) {
			rows.push(...(await compare(api, install.version, latencyMs, options)));
		}
		return rows;
	} finally {
		await stopAll();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function compare(
	api: N8nApi,
	version: string,
	latencyMs: keyof typeof GOALS,
	{ warmUps, rounds, items }: Rounds & { items: number },
): Promise<Row[]> {
	const portal = await startPortalProcess({ latencyMs });
	const { credential: own, files } = portal;
	try {
		const credential = await api.createCredential(`TIP ${latencyMs}`, credentialType, own);
		const basic = await api.createCredential(`Basic ${latencyMs}`, 'httpBasicAuth', {
			user: own.username,
			password: own.password,
		});
		const ssl = await api.createCredential(`Certificate ${latencyMs}`, 'httpSslAuth', {
			ca: own.caCertificate,
			cert: readFileSync(files.clientCertificate, 'utf8'),
			key: readFileSync(files.clientKey, 'utf8'),
		});
		const options = { concurrency: CONCURRENCY };
		const nodes: Record<Contestant, WorkflowNode> = {
			tip: tipNode({ credential }, 'Rescan', { options }),
			/** Need not check all items before it sends the first. */
			continuing: tipNode(
				{ credential },
				'Rescan',
				{ options },
				{ onError: 'continueRegularOutput' },
			),
			http: {
				name: 'Rescan',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: [220, 0],
				parameters: {
					method: 'PUT',
					url: `=${own.baseUrl}/api/sandbox/tasks/file_from_url/{{ $json.taskId }}`,
					authentication: 'genericCredentialType',
					genericAuthType: 'httpBasicAuth',
					provideSslCertificates: true,
					options: {},
				},
				credentials: {
					httpBasicAuth: { id: basic.id, name: basic.name },
					httpSslAuth: { id: ssl.id, name: ssl.name },
				},
			},
			/** What n8n takes for one expression for each item, without any network. */
			reading: {
				name: 'Rescan',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				position: [220, 0],
				parameters: {
					assignments: {
						assignments: [
							{ id: 'task', name: 'task', type: 'string', value: '={{ $json.taskId }}' },
						],
					},
					options: {},
				},
			},
		};
		const taskIds = makeItems(items).map(({ json }) => String(json.task));
		/** What n8n itself says the node took. */
		const run = async (name: Contestant) => {
			const execution = await api.run(chain(name, taskIds, nodes[name]), undefined, 180_000);
			const [result] = execution.runData.Rescan ?? [];
			const out = result?.data?.main?.[0]?.length;
			if (execution.status !== 'success' || out !== items) {
				throw new Error(`${name}: ${execution.status}, ${out} items, ${execution.error?.message}`);
			}
			return (result as unknown as { executionTime: number }).executionTime;
		};
		const walls: Array<Record<Contestant, number>> = [];
		for (let round = 0; round < warmUps + rounds; round++) {
			const wall: Partial<Record<Contestant, number>> = {};
			for (const name of CONTESTANTS) wall[name] = await run(name);
			walls.push(wall as Record<Contestant, number>);
		}
		const first = walls[0]!;
		const counted = walls.slice(warmUps);
		const rate = (wallMs: number) => (items * 1000) / wallMs;
		const usual = (name: Contestant) => rate(median(counted.map((wall) => wall[name])));
		const ratios = (name: Contestant) => counted.map((wall) => wall.http / wall[name]);
		const rows: Row[] = [
			goalRow(
				`In n8n ${version}, against its HTTP Request node, ${latencyMs} ms`,
				median(ratios('tip')),
				{ atLeast: GOALS[latencyMs] },
				times,
				`${range(ratios('tip'), 1)}; ${perSecond(usual('tip'))} against ${perSecond(usual('http'))}; its Set node with one expression ${perSecond(usual('reading'))}${atMostInFlight(CONCURRENCY, latencyMs, usual('http'))}`,
			),
			{
				what: `The same with On Error set to continue, ${latencyMs} ms`,
				goal: '',
				measured: `${times(median(ratios('continuing')))} (${range(ratios('continuing'), 1)}; ${perSecond(usual('continuing'))})`,
			},
		];
		if (latencyMs === 0) {
			rows.push({
				what: `The first ${items} rescans of a fresh n8n ${version}, ${latencyMs} ms`,
				goal: '',
				measured: `${times(first.http / first.tip)} (${perSecond(rate(first.tip))} against ${perSecond(rate(first.http))})`,
			});
		}
		return rows;
	} finally {
		await portal.close();
	}
}
