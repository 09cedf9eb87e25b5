import assert from 'node:assert/strict';

import type { Portal } from '../portal';
import { N8nApi, type CredentialRef, type Workflow, type WorkflowNode } from './api';
import type { Queue } from './queue';
import { until } from './shell';
import type { Step } from './steps';
import { tipNode } from './world';

export interface QueueWorld {
	queue: Queue;
	api: N8nApi;
	portal: Portal;
	credential: CredentialRef;
	executions: number;
}

/** How long a killed worker's jobs stay taken: a little more than n8n's settings below add up to. */
const stallSeconds = 90;

/**
 * n8n's own defaults are a lock of 60 s and a look for lost jobs every 30 s; these make the wait
 * after a killed worker shorter and change nothing else.
 */
export const impatience = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

type Settings = Record<string, unknown>;

/** A called workflow that rescans one task on both engines. */
function rescanBoth(world: QueueWorld, settings: Settings): Workflow {
	const trigger: WorkflowNode = {
		name: 'Called',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	return {
		name: 'Rescan on both engines',
		settings,
		nodes: [
			trigger,
			tipNode(world, 'Sandbox'),
			tipNode(world, 'TAE', { resource: 'tae', taskId: '={{ $("Called").item.json.taskId }}' }),
		],
		connections: {
			Called: { main: [[{ node: 'Sandbox', type: 'main', index: 0 }]] },
			Sandbox: { main: [[{ node: 'TAE', type: 'main', index: 0 }]] },
		},
	};
}

/** A webhook that hands the task to it. */
function caller(path: string, calledId: string, settings: Settings): Workflow {
	return {
		settings,
		name: `Webhook ${path}`,
		nodes: [
			{
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
				webhookId: path,
			},
			{
				name: 'Task',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				position: [220, 0],
				parameters: {
					mode: 'raw',
					jsonOutput: '={{ JSON.stringify({ taskId: $json.body.taskId }) }}',
					options: {},
				},
			},
			{
				name: 'Rescan',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [440, 0],
				parameters: {
					workflowId: { __rl: true, mode: 'id', value: calledId },
					options: {},
				},
			},
		],
		connections: {
			Webhook: { main: [[{ node: 'Task', type: 'main', index: 0 }]] },
			Task: { main: [[{ node: 'Rescan', type: 'main', index: 0 }]] },
		},
	};
}

interface Published {
	calling: string;
	called: string;
}

async function publish(
	world: QueueWorld,
	path: string,
	settings: Settings = {},
): Promise<Published> {
	const called = await world.api.createWorkflow(rescanBoth(world, settings));
	await world.api.activate(called);
	const calling = await world.api.createWorkflow(caller(path, called.id, settings));
	await world.api.activate(calling);
	return { calling: calling.id, called: called.id };
}

/** Calls the webhook for each task, a few at a time, and answers when all are accepted. */
async function submit({ api }: QueueWorld, path: string, taskIds: string[]): Promise<void> {
	const waiting = [...taskIds];
	const one = async () => {
		for (let taskId = waiting.shift(); taskId !== undefined; taskId = waiting.shift()) {
			const { status } = await api.callWebhook(path, { taskId });
			assert.equal(status, 200);
		}
	};
	await Promise.all(Array.from({ length: 8 }, one));
}

/** Executions of a workflow by their state. */
async function states({ queue }: QueueWorld, workflowId: string): Promise<Record<string, number>> {
	const rows = await queue.sql(
		`select status, count(*) from execution_entity where "workflowId" = '${workflowId}' group by status`,
	);
	return Object.fromEntries(rows.map(([status = '', count]) => [status, Number(count)]));
}

async function allEnded(
	world: QueueWorld,
	workflowId: string,
	count: number,
	timeoutMs: number,
): Promise<Record<string, number>> {
	return await until(
		`${count} executions to end`,
		async () => {
			const now = await states(world, workflowId);
			const ended = (now.success ?? 0) + (now.error ?? 0) + (now.crashed ?? 0);
			return ended === count && now;
		},
		timeoutMs,
		500,
	);
}

/** Executions of a workflow that did not succeed. */
async function unfinished(
	{ queue }: QueueWorld,
	workflowId: string,
): Promise<Array<{ id: string; status: string }>> {
	const rows = await queue.sql(
		`select id, status from execution_entity where "workflowId" = '${workflowId}' and status <> 'success'`,
	);
	return rows.map(([id = '', status = '']) => ({ id, status }));
}

/** What the first execution that did not succeed says. */
async function firstError(world: QueueWorld, workflowId: string): Promise<string> {
	const [row] = await world.queue.sql(
		`select id from execution_entity where "workflowId" = '${workflowId}' and status = 'error' limit 1`,
	);
	if (row === undefined) return '';
	const { error } = await world.api.execution(row[0] ?? '');
	return `${error?.message}: ${error?.description}`;
}

/** How often each task reached the portal, by engine. */
function arrivals(portal: Portal): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { engine, taskId } of portal.rescans()) {
		const key = `${engine} ${taskId}`;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return counts;
}

/** Executions a worker began, by its log. */
function began({ log }: { log: () => string }): Set<string> {
	return new Set([...log().matchAll(/Worker started execution (\d+)/g)].map(([, id = '']) => id));
}

const tally = (names: string[]) =>
	[...new Set(names)]
		.map((name) => `${names.filter((other) => other === name).length} with ${name}`)
		.join(', ');

const tasks = (prefix: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

export const queueSteps: Array<Step<QueueWorld>> = [
	{
		name: 'every rescan arrives exactly once, and both workers share the work',
		timeoutMs: 20 * 60_000,
		check: async (world) => {
			const { portal, queue, executions } = world;
			portal.reset();
			const { calling: workflowId } = await publish(world, 'spread');
			const started = Date.now();
			await submit(world, 'spread', tasks('spread', executions));
			const submitted = Date.now();
			const ended = await allEnded(world, workflowId, executions, 15 * 60_000);
			const seconds = (Date.now() - started) / 1000;
			assert.deepEqual(ended, { success: executions }, await firstError(world, workflowId));

			const counts = arrivals(portal);
			assert.equal(counts.size, 2 * executions);
			assert.ok([...counts.values()].every((count) => count === 1));
			const shares = queue.workers.map((worker) => began(worker).size);
			assert.ok(Math.min(...shares) > executions / 10, `shares: ${shares.join(', ')}`);
			console.log(
				`# ${executions} executions, ${2 * executions} rescans in ${seconds.toFixed(1)} s` +
					` (${(executions / seconds).toFixed(1)} executions/s;` +
					` accepted by the main process after ${((submitted - started) / 1000).toFixed(1)} s);` +
					` by worker: ${shares.join(', ')}; TLS handshakes at the portal: ${portal.handshakes}`,
			);
		},
	},
	{
		name: 'a worker killed in the middle sends nothing twice, and what it held is marked',
		timeoutMs: 10 * 60_000,
		check: async (world) => {
			const { portal, queue } = world;
			const count = 30;
			portal.reset();
			portal.latencyMs = 1_000;
			const [victim, survivor] = queue.workers;
			assert.ok(victim && survivor);
			// The same work twice: as n8n is set up, and with "Save execution progress".
			const plain = await publish(world, 'plain');
			const saving = await publish(world, 'saving', { saveExecutionProgress: true });
			// The workers take turns, so two of each make sure that both get some of both.
			for (let task = 0; task < count; task += 2) {
				for (const name of ['plain', 'saving']) {
					for (const one of [task, task + 1]) await submit(world, name, [`${name}-${one}`]);
				}
			}
			await until(
				'the worker to hold some of both',
				async () => {
					if (portal.rescans().length < count) return false;
					const held = await Promise.all(
						[plain, saving].map(async ({ calling }) => await unfinished(world, calling)),
					);
					const mine = began(victim);
					return held.every((list) =>
						list.some(({ id, status }) => status === 'running' && mine.has(id)),
					);
				},
				60_000,
				50,
			);
			await victim.kill();
			const killedAt = Date.now();

			for (const [name, { calling }] of Object.entries({ plain, saving })) {
				const states = await allEnded(world, calling, count, (stallSeconds + 120) * 1000);
				const seconds = ((Date.now() - killedAt) / 1000).toFixed(0);
				console.log(`# ${name}: ${JSON.stringify(states)} ${seconds} s after the kill`);
				assert.ok((states.error ?? 0) > 0, 'the worker was killed while it held executions');
				for (const { id, status } of await unfinished(world, calling)) {
					assert.equal(status, 'error');
					assert.ok(began(victim).has(id), `execution ${id} was the killed worker's`);
					assert.ok(!began(survivor).has(id), `execution ${id} was not run again`);
					const { error, runData, rawData } = await world.api.execution(id);
					assert.match(String(error?.message), /failed to be processed too many times/);
					assert.deepEqual(runData, {});
					assert.ok(!rawData.includes(`${name}-`), 'it does not name its task');
				}
			}
			assert.ok([...arrivals(portal).values()].every((times) => times === 1));

			// What a called workflow was given stays in its own execution. That one counts as running
			// until the main process starts the next time, or three hours later.
			await queue.restartMain();
			world.api = new N8nApi(queue.main.url);
			await world.api.signIn();
			for (const [name, { called }] of Object.entries({ plain, saving })) {
				const lost = await until(
					'the lost executions to be marked',
					async () => {
						const found = await unfinished(world, called);
						return found.every(({ status }) => status === 'crashed') && found;
					},
					60_000,
				);
				const kept: string[] = [];
				for (const { id } of lost) {
					const { rawData, runData } = await world.api.execution(id);
					const [task] = new RegExp(`${name}-\\d+`).exec(rawData) ?? [];
					assert.ok(task !== undefined, `execution ${id} names its task`);
					const ended = Object.keys(runData);
					kept.push(`${ended.join(', ') || 'no node'} ended`);
					if (name === 'plain') continue;
					// With saved progress, at most the node after the last one is unknown.
					const rescans = ended.filter((node) => node !== 'Called').length;
					const reached = ['sandbox', 'attribution'].filter((engine) =>
						arrivals(portal).has(`${engine} ${task}`),
					).length;
					assert.ok(reached === rescans || reached === rescans + 1, `${id}: ${reached}`);
				}
				console.log(`# ${name}: ${lost.length} called workflows lost: ${tally(kept)}`);
			}
		},
	},
];
