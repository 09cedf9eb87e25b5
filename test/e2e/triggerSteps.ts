import assert from 'node:assert/strict';

import type { Portal } from '../portal';
import type { CredentialRef, N8nApi, Workflow } from './api';
import type { N8nServer } from './server';
import { until } from './shell';
import type { Step } from './steps';
import { nodeType, noOp } from './world';

/** The life of one active workflow, step after step: each one goes on where the last one ended. */
export interface TriggerWorld {
	api: N8nApi;
	portal: Portal;
	credential: CredentialRef;
	workflow?: Workflow & { id: string };
	/** Versions of reports that must have been given by now, in any order. */
	expected: string[];
	server: N8nServer;
	/** Starts n8n again on the same folder, at the same address. */
	start: () => Promise<N8nServer>;
}

/** n8n takes a minute for the shortest interval; twelve times in each minute it does take. */
const POLL_TIMES = Array.from({ length: 12 }, (_, index) => ({
	mode: 'custom',
	cronExpression: `${index * 5} * * * * *`,
}));
const PATIENCE_MS = 120_000;
const NAME = 'New reports';

const now = () => Math.floor(Date.now() / 1000);

/** Resolves when the portal has been asked for the list so often from now on. */
async function polls({ portal }: TriggerWorld, count: number): Promise<void> {
	const asked = () => portal.requests.filter(({ path }) => path.endsWith('/get_list')).length;
	const before = asked();
	await until(`${count} polls`, () => asked() >= before + count, PATIENCE_MS);
}

/** What the executions of the workflow have been given, as `event id`; nothing while one is under way. */
async function given({ api, workflow }: TriggerWorld): Promise<string[] | undefined> {
	const executions = await api.executions({ workflowId: workflow!.id });
	const all: string[] = [];
	for (const { id } of executions) {
		const { status, runData } = await api.execution(id);
		if (status === 'new' || status === 'running') return undefined;
		if (status === 'error' && runData[NAME]?.[0]?.data === undefined) continue;
		assert.equal(status, 'success');
		for (const { json } of runData[NAME]?.[0]?.data?.main?.[0] ?? []) {
			all.push(`${String(json.event)} ${String(json.id)}`);
		}
	}
	return all.sort();
}

/** All that was expected has been given, once, and two more polls bring nothing else. */
async function givesJust(world: TriggerWorld, ...versions: string[]): Promise<void> {
	world.expected.push(...versions);
	await until(
		versions.join(', ') || 'a poll',
		async () => ((await given(world))?.length ?? 0) >= world.expected.length,
		PATIENCE_MS,
	);
	await polls(world, 2);
	const all = await until('the executions to end', () => given(world), PATIENCE_MS);
	assert.deepEqual(all, [...world.expected].sort());
}

const publish = ({ portal }: TriggerWorld, ...ids: string[]) => {
	for (const id of ids) portal.publications.publish({ id });
};

const update = ({ portal }: TriggerWorld, id: string) => {
	portal.publications.list.find((one) => one.id === id)!.updated = now();
};

export const triggerSteps: Array<Step<TriggerWorld>> = [
	{
		name: 'a workflow is switched on, and what is there already is not given',
		check: async (world) => {
			const { api, credential } = world;
			publish(world, 'before');
			const trigger = {
				name: NAME,
				type: `${nodeType}Trigger`,
				typeVersion: 1,
				position: [0, 0] as [number, number],
				parameters: { event: 'both', pollTimes: { item: POLL_TIMES } },
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			};
			world.workflow = await api.createWorkflow({
				name: 'Reports',
				nodes: [trigger, noOp('Got')],
				connections: { [NAME]: { main: [[{ node: 'Got', type: 'main', index: 0 }]] } },
				settings: { saveDataSuccessExecution: 'all' },
			});
			await api.activate(world.workflow);
			await polls(world, 2);
			await givesJust(world);
		},
	},
	{
		name: 'two reports of one poll are given, each once',
		check: async (world) => {
			publish(world, 'a', 'b');
			await givesJust(world, 'new a', 'new b');
		},
	},
	{
		name: 'an update is given, once',
		check: async (world) => {
			// A version is told by its second.
			await until('the next second', () => now() > timeOf(world, 'a'), 5_000);
			update(world, 'a');
			await givesJust(world, 'updated a');
		},
	},
	{
		name: 'a portal that is away for several polls takes nothing with it',
		check: async (world) => {
			const { portal } = world;
			portal.dropConnections('reset');
			portal.onConnection('refuseTls');
			const before = portal.connections;
			publish(world, 'during outage');
			await until('three polls in vain', () => portal.connections >= before + 3, PATIENCE_MS);
			portal.onConnection(undefined);
			await givesJust(world, 'new during outage');
		},
	},
	{
		name: 'a restart gives nothing twice, and what came meanwhile',
		check: async (world) => {
			await world.server.stop();
			publish(world, 'during restart');
			await until('the next second', () => now() > timeOf(world, 'b'), 5_000);
			update(world, 'b');
			world.server = await world.start();
			await world.api.signIn();
			await givesJust(world, 'new during restart', 'updated b');
		},
	},
	{
		name: 'a power cut gives nothing twice',
		check: async (world) => {
			await world.server.kill();
			publish(world, 'during power cut');
			world.server = await world.start();
			await world.api.signIn();
			await givesJust(world, 'new during power cut');
		},
	},
	{
		name: 'switched off and on again it gives what came meanwhile, and each version once',
		check: async (world) => {
			const { api, portal, workflow } = world;
			await api.deactivate(workflow!);
			const before = portal.received;
			publish(world, 'while off');
			await until('the poll times to pass', () => now() % 10 === 7, 20_000, 500);
			assert.ok(portal.received <= before + 1, 'it does not look any more');
			await api.activate(workflow!);
			await givesJust(world, 'new while off');
			publish(world, 'last');
			await givesJust(world, 'new last');
		},
	},
];

const timeOf = ({ portal }: TriggerWorld, id: string) =>
	portal.publications.list.find((one) => one.id === id)!.updated;
