import assert from 'node:assert/strict';

import type { Portal } from '../portal';
import type { CredentialRef, N8nApi, Workflow, WorkflowNode } from './api';
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

/** A called workflow that rescans one task on both engines. */
function rescanBoth(world: QueueWorld): Workflow {
	const trigger: WorkflowNode = {
		name: 'Called',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	return {
		name: 'Rescan on both engines',
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
function caller(path: string, calledId: string): Workflow {
	return {
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

/** Publishes both workflows; the id is the caller's. */
async function publish(world: QueueWorld, path: string): Promise<string> {
	const called = await world.api.createWorkflow(rescanBoth(world));
	await world.api.activate(called);
	const calling = await world.api.createWorkflow(caller(path, called.id));
	await world.api.activate(calling);
	return calling.id;
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

const tasks = (prefix: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

export const queueSteps: Array<Step<QueueWorld>> = [
	{
		name: 'every rescan arrives exactly once, and both workers share the work',
		check: async (world) => {
			const { portal, queue, executions } = world;
			portal.reset();
			const workflowId = await publish(world, 'spread');
			const started = Date.now();
			await submit(world, 'spread', tasks('spread', executions));
			const submitted = Date.now();
			const ended = await allEnded(world, workflowId, executions, 5 * 60_000);
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
		check: async (world) => {
			const { portal, queue } = world;
			const count = 60;
			portal.reset();
			portal.latencyMs = 1_000;
			const workflowId = await publish(world, 'killed');
			await submit(world, 'killed', tasks('killed', count));
			const [victim, survivor] = queue.workers;
			assert.ok(victim && survivor);
			await until(
				'a third of the rescans',
				() => portal.rescans().length > (2 * count) / 3,
				60_000,
			);
			const killedAt = Date.now();
			await victim.kill();

			const ended = await allEnded(world, workflowId, count, (stallSeconds + 120) * 1000);
			const seconds = (Date.now() - killedAt) / 1000;
			const lost = ended.error ?? 0;
			assert.ok(lost > 0, 'the worker was killed while it held executions');
			assert.equal((ended.success ?? 0) + lost, count);

			const counts = arrivals(portal);
			assert.ok([...counts.values()].every((times) => times === 1));

			const failed = await queue.sql(
				`select id from execution_entity where "workflowId" = '${workflowId}' and status <> 'success'`,
			);
			const victims = began(victim);
			const survivors = began(survivor);
			for (const [id = ''] of failed) {
				assert.ok(victims.has(id), `execution ${id} was the killed worker's`);
				assert.ok(!survivors.has(id), `execution ${id} was not run again`);
			}
			const [firstFailed = ''] = failed[0] ?? [];
			const { status, error, runData } = await world.api.execution(firstFailed);
			console.log(
				`# killed worker: ${lost} of ${count} executions end as '${status}' ${seconds.toFixed(0)} s` +
					` later, nodes kept: ${Object.keys(runData).join(', ') || 'none'}; "${error?.message}"`,
			);
			const unfinished = tasks('killed', count).filter(
				(task) => !(counts.has(`sandbox ${task}`) && counts.has(`attribution ${task}`)),
			);
			console.log(`# ${unfinished.length} tasks did not reach both engines`);
		},
	},
];
