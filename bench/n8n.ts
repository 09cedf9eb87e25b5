/** A real n8n: this node against the HTTP Request node that does the same rescans, over a wire. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { N8nApi, type CredentialRef, type WorkflowNode } from '../test/e2e/api';
import { hasN8n, installN8n } from '../test/e2e/install';
import { installPackage, packPackage } from '../test/e2e/package';
import { startN8n, stopAll } from '../test/e2e/server';
import { chain, credentialType, tipNode } from '../test/e2e/world';
import { startPortalProcess, type PortalProcess } from '../test/portal/process';
import { startRelay } from '../test/portal/relay';
import { median } from './measure';
import { perSecond, range, times, verdict, type Table } from './report';
import { makeItems } from './workflows';

/** Times the HTTP Request node at its defaults, by round trip in milliseconds. */
const GOALS: Record<number, number | undefined> = { 0: 10, 20: 3, 80: 4 };

const CONTESTANTS = {
	defaults: 'at its defaults',
	again: 'the same again at once',
	ten: 'Concurrency 10',
	fifty: 'Concurrency 50',
	http: 'HTTP Request',
	batched: 'HTTP Request, batched',
} as const;
type Contestant = keyof typeof CONTESTANTS;
const NAMES = Object.keys(CONTESTANTS) as Contestant[];
/** At one address: the second finds connections open, and knows the portal's pace. */
const TOGETHER: Contestant[][] = [['defaults', 'again'], ['ten'], ['fifty'], ['http'], ['batched']];

interface Trip {
	roundTripMs: number;
	rounds: Array<Record<Contestant, Run>>;
}

interface Run {
	/** What n8n itself says the node took. */
	wallMs: number;
	/** Of n8n's process, for the whole execution. */
	cpuMs: number;
	handshakes: number;
}

export interface N8nOptions {
	/** Rounds before the first that counts, without a wire: V8 compiles while code runs. */
	warmUps: number;
	rounds: number;
	items: number;
	roundTripsMs: readonly number[];
	/** Whether to install an n8n when there is none in the cache. */
	install: boolean;
}

export async function measureInN8n(options: N8nOptions): Promise<Table> {
	const head = [
		'Round trip',
		'',
		'Rescans',
		'Against HTTP Request',
		'Handshakes',
		'CPU per rescan',
		'Goal',
	];
	const title = `${options.items} rescans in a real n8n, over a wire`;
	if (!options.install && !hasN8n('newest')) {
		return { title: `${title}: not measured, \`-- --n8n\` installs one`, head, rows: [], met: [] };
	}
	const folder = mkdtempSync(join(tmpdir(), 'n8n-tip-bench-'));
	const table: Table = { title, head, rows: [], met: [] };
	try {
		const install = await installN8n('newest');
		const tarball = await packPackage(resolve(__dirname, '..'), folder);
		const userFolder = join(folder, 'user');
		await installPackage(tarball, userFolder);
		const server = await startN8n({ install, userFolder });
		const api = new N8nApi(server.url);
		await api.signIn();
		const portal = await startPortalProcess();
		try {
			const field = new Field(api, server.pid, portal, options.items);
			for (let round = 0; round < options.warmUps; round++) await field.round(0);
			const trips: Trip[] = [];
			for (const roundTripMs of options.roundTripsMs) {
				console.log(`# in n8n, ${roundTripMs} ms`);
				const rounds: Trip['rounds'] = [];
				for (let round = 0; round < options.rounds; round++) {
					rounds.push(await field.round(roundTripMs));
				}
				trips.push({ roundTripMs, rounds });
				addRows(table, trips.at(-1)!, options.items);
			}
			table.summary = summaryOf(trips, options.items);
		} finally {
			await portal.close();
		}
		return table;
	} finally {
		await stopAll();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** What the contestants run on. */
class Field {
	private readonly taskIds: string[];

	constructor(
		private readonly api: N8nApi,
		private readonly pid: number,
		private readonly portal: PortalProcess,
		private readonly items: number,
	) {
		this.taskIds = makeItems(items).map(({ json }) => String(json.task));
	}

	/** Each in turn, in the other direction each time: nobody always comes after the same one. */
	async round(roundTripMs: number): Promise<Record<Contestant, Run>> {
		const runs: Partial<Record<Contestant, Run>> = {};
		TOGETHER.reverse();
		for (const together of TOGETHER) {
			// An address nobody has asked before: no connection is open, and no pace is known.
			const relay = await startRelay(this.portal.port, roundTripMs / 2);
			const data = { ...this.portal.credential, baseUrl: `https://localhost:${relay.port}` };
			const credential = await this.api.createCredential(`TIP ${relay.port}`, credentialType, data);
			for (const name of together) runs[name] = await this.run(name, nodeOf(name, credential));
			await relay.close();
		}
		return runs as Record<Contestant, Run>;
	}

	private async run(name: Contestant, node: WorkflowNode): Promise<Run> {
		await this.portal.reset();
		await this.untilIdle();
		const cpuBefore = cpuMsOf(this.pid);
		const execution = await this.api.run(chain(name, this.taskIds, node), undefined, 180_000);
		const cpuMs = cpuMsOf(this.pid) - cpuBefore;
		const [result] = execution.runData.Rescan ?? [];
		const out = result?.data?.main?.[0]?.length;
		if (execution.status !== 'success' || out !== this.items) {
			throw new Error(`${name}: ${execution.status}, ${out} items, ${execution.error?.message}`);
		}
		const { handshakes } = await this.portal.stats();
		const wallMs = (result as unknown as { executionTime: number }).executionTime;
		return { wallMs, cpuMs, handshakes };
	}

	/** n8n still works on an execution that has ended: that is not to count as part of the next. */
	private async untilIdle(): Promise<void> {
		for (let look = 0; look < 8; look++) {
			const before = cpuMsOf(this.pid);
			await wait(250);
			if (cpuMsOf(this.pid) - before <= 20) return;
		}
	}
}

function nodeOf(name: Contestant, credential: CredentialRef): WorkflowNode {
	const http = (options: object): WorkflowNode => ({
		name: 'Rescan',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.5,
		position: [220, 0],
		parameters: {
			method: 'PUT',
			url: `=${String(credential.data.baseUrl)}/api/sandbox/tasks/file_from_url/{{ $json.taskId }}`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: credential.type,
			options,
		},
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
	});
	switch (name) {
		case 'defaults':
		case 'again':
			return tipNode({ credential }, 'Rescan');
		case 'ten':
			return tipNode({ credential }, 'Rescan', { options: { concurrency: 10 } });
		case 'fifty':
			return tipNode({ credential }, 'Rescan', { options: { concurrency: 50 } });
		case 'http':
			return http({});
		case 'batched':
			return http({ batching: { batch: { batchSize: 50, batchInterval: 0 } } });
	}
}

const usual = ({ rounds }: Trip, name: Contestant, value: (run: Run) => number) =>
	median(rounds.map((round) => value(round[name])));
const ratios = ({ rounds }: Trip, name: Contestant) =>
	rounds.map(({ http, [name]: run }) => http.wallMs / run.wallMs);

function addRows(table: Table, trip: Trip, items: number): void {
	for (const name of NAMES) {
		const ratio = median(ratios(trip, name));
		const goal = name === 'defaults' ? GOALS[trip.roundTripMs] : undefined;
		const isMet = goal === undefined ? undefined : ratio >= goal;
		if (isMet !== undefined) table.met.push(isMet);
		table.rows.push([
			`${trip.roundTripMs} ms`,
			CONTESTANTS[name],
			perSecond((items * 1000) / usual(trip, name, ({ wallMs }) => wallMs)),
			name === 'http' ? '' : `${times(ratio)} (${range(ratios(trip, name))})`,
			String(usual(trip, name, ({ handshakes }) => handshakes)),
			`${(usual(trip, name, ({ cpuMs }) => cpuMs) / items).toFixed(1)} ms`,
			goal === undefined ? '' : `≥ ${goal}×: ${verdict(isMet)}`,
		]);
	}
}

function summaryOf(trips: readonly Trip[], items: number): string {
	const list = (value: (trip: Trip) => string, some = trips) => some.map(value).join(', ');
	const seconds = (trip: Trip, name: Contestant) =>
		`${(usual(trip, name, ({ wallMs }) => wallMs) / 1000).toFixed(1)} s`;
	const at = (trip: Trip) => `at ${trip.roundTripMs} ms`;
	const cpu = (name: Contestant) =>
		`${(median(trips.map((trip) => usual(trip, name, ({ cpuMs }) => cpuMs))) / items).toFixed(1)} ms`;
	const long = trips.filter(({ roundTripMs }) => roundTripMs >= 80);
	return [
		`- **At its defaults** the node does ${items} rescans in ${list((trip) => `${seconds(trip, 'defaults')} ${at(trip)}`)} round trip to the portal. That is ${list((trip) => times(median(ratios(trip, 'defaults'))))} the pace of n8n's HTTP Request node, for ${cpu('defaults')} of CPU time a rescan against ${cpu('http')}.`,
		`- **A long way to the portal**, which allows it: _Concurrency_ 50 takes ${list((trip) => `${seconds(trip, 'fifty')} ${at(trip)}`, long)}.`,
	].join('\n');
}

/** All threads, user and system, in milliseconds; Linux counts them in ticks of 10 ms. */
function cpuMsOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
}
