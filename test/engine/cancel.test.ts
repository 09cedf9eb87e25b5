import { setImmediate as nextTurn } from 'node:timers/promises';
import { WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, type IRun } from 'n8n-workflow';
import { closeIdleConnections } from '../../tip/connection/pool';
import { CONNECT_TIMEOUT_MS } from '../../tip/connection/socket';
import { startPortal, type Portal } from '../portal';
import { AnswersRead } from './answersRead';
import { additionalDataFor, chain, startNode, workflowOf } from './engine';
import { holdTimers } from './heldTimers';
import { fromSources, NODE_NAME, runRescan, tipNode, type RescanRun } from './rescanWorkflow';
import { until } from './until';

const LONG = 60;

describe('A cancelled run', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.close());

	const tasks = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ task: `task-${index}` }));

	/** Runs the node and presses Stop when the condition holds and so many answers have been read. */
	const runUntil = async (
		condition: () => boolean,
		options: Omit<RescanRun, 'credential'>,
		answers = 0,
	) => {
		let cancel = () => {};
		const read = new AnswersRead();
		const running = runRescan({
			credential: portal.credential,
			onStart: (stop) => (cancel = stop),
			...options,
		});
		await until(condition);
		await read.reach(answers);
		read.stop();
		cancel();
		return await running;
	};

	it('breaks off what is under way and starts nothing new', async () => {
		portal.onRequest(() => ({ never: true }));
		const { error, run } = await runUntil(() => portal.received === 3, {
			items: tasks(8),
			parameters: { options: { concurrency: 3, timeout: LONG } },
		});

		expect(run.status).toBe('canceled');
		expect(error).toMatchObject({
			message: 'The run was canceled',
			context: { outcome: 'unknown', unknown: [0, 1, 2], notSent: [3, 4, 5, 6, 7] },
		});
		expect(error!.description).toMatch(/^Unknown, may have started \(3\): item 0 \(task task-0\)/);
		expect(error!.description).toMatch(/Not sent \(5\): items 3–7/);
		expect(portal.received).toBe(3);
		await until(() => portal.openSockets === 0);
	});

	it('stops reading items that will not be sent', async () => {
		let read = 0;
		const { run, error } = await runUntil(() => read > 0, {
			items: tasks(20_000),
			onRead: () => read++,
		});
		expect(run.status).toBe('canceled');
		expect(error).toMatchObject({ message: 'The run was canceled', context: { accepted: [] } });
		expect(read).toBeLessThan(20_000);
		expect(portal.received).toBe(0);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'hands over the items with On Error %s',
		async (onError) => {
			portal.onRequest(({ taskId }) => (taskId === 'task-1' ? { never: true } : undefined));
			const { items, errorItems, run } = await runUntil(
				() => portal.received === 2,
				{
					items: tasks(3),
					parameters: { options: { concurrency: 1, timeout: LONG } },
					settings: { onError },
				},
				1,
			);
			expect(run.status).toBe('canceled');
			expect(
				[...items, ...errorItems].map(({ json }) => json.outcome ?? json.previous_task_id),
			).toEqual(['task-0', 'unknown', 'notSent']);
		},
	);

	it.each([
		['for the time the portal asked for', { retryAfter: '60' }, {}, 'rejected', 2],
		['for a task to become ready', { status: 404 }, { retryNotReady: true }, 'rejected', 2],
		['for its turn', undefined, { requestsPerMinute: 1 }, 'notSent', 1],
	])('ends a wait %s', async (_what, step, options, outcome, received) => {
		// Answered when all are there: a refusal holds up what has not been sent yet.
		const allThere = until(() => portal.received === received);
		portal.onRequest(() => step && { ...step, until: allThere });
		const { error } = await runUntil(
			() => portal.received === received,
			{
				items: tasks(2),
				parameters: { options: { concurrency: 2, timeout: LONG, ...options } },
			},
			received,
		);
		expect(error!.message).toBe('The run was canceled');
		expect(error!.context[outcome]).toContain(1);
		expect(error!.context.unknown).toEqual([]);
		await until(() => portal.openSockets === 0);
	});

	it('lets go of connections that are not up yet', async () => {
		// None is given up for the time it takes.
		const patience = holdTimers(CONNECT_TIMEOUT_MS);
		portal.onConnection('stallHandshake');
		const other = await startPortal();
		other.onConnection('stallHandshake');
		let cancelOther = () => {};
		const running = runRescan({
			credential: other.credential,
			parameters: { options: { maxRetries: 9, timeout: LONG } },
			onStart: (stop) => (cancelOther = stop),
		});
		const { error } = await runUntil(() => portal.openSockets + other.openSockets === 3, {
			items: tasks(4),
			parameters: { options: { concurrency: 2, timeout: LONG } },
		});
		expect(error!.context).toMatchObject({ notSent: [0, 1, 2, 3], unknown: [] });
		await until(() => portal.openSockets === 0);
		expect(other.openSockets).toBe(1);
		cancelOther();
		await running;
		await other.close();
		patience.release();
	});

	it('leaves the connections of another run alone', async () => {
		let open = () => {};
		const gate = new Promise<void>((resolve) => (open = resolve));
		portal.onRequest(({ taskId }) => (taskId === 'task-0' ? { never: true } : { until: gate }));
		const other = runRescan({ credential: portal.credential, items: [{ task: 'other' }] });
		await until(() => portal.received === 1);
		const { error } = await runUntil(() => portal.received === 2, { items: tasks(1) });
		expect(error!.context.outcome).toBe('unknown');
		open();
		expect((await other).error).toBeUndefined();
		closeIdleConnections();
	});

	it('loses no accepted answer, not even when n8n tries again', async () => {
		portal.onRequest(({ taskId }) => (taskId === 'task-2' ? { never: true } : undefined));
		const { error } = await runUntil(
			() => portal.received === 3,
			{
				items: tasks(4),
				parameters: { options: { concurrency: 1, timeout: LONG } },
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			},
			2,
		);
		expect(portal.received).toBe(3);
		expect(error!.context).toMatchObject({
			accepted: [{ item: 0, answer: { previous_task_id: 'task-0' } }, { item: 1 }],
			unknown: [2],
			notSent: [3],
		});
	});

	/** n8n saves a cancelled execution from this hook, which starts before the node has ended. */
	it('has its say before n8n saves the execution', async () => {
		portal.onRequest(({ taskId }) => (taskId === 'task-1' ? { never: true } : undefined));
		const definition = {
			nodes: [
				startNode(),
				tipNode({ taskId: '={{ $json.task }}', options: { concurrency: 1, timeout: LONG } }),
			],
			connections: chain('Start', NODE_NAME),
		};
		const options = {
			installed: fromSources,
			credentials: { kasperskyTipApi: portal.credential },
			items: tasks(3).map((json) => ({ json })),
		};
		const workflow = workflowOf(definition, options);
		const additionalData = additionalDataFor(definition, options);
		const saved: Array<{ status: string; error?: { context?: object } }> = [];
		additionalData.hooks!.addHandler('workflowExecuteAfter', async (run: IRun) => {
			// Saving is a matter of turns of the event loop; one is the least there can be.
			await nextTurn();
			saved.push({
				status: run.status,
				error: run.data.resultData.runData[NODE_NAME]?.[0]?.error,
			});
		});
		const execution = new WorkflowExecute(additionalData, 'manual', createRunExecutionData({})).run(
			{ workflow, startNode: workflow.getNode('Start')! },
		) as unknown as Promise<IRun> & { cancel(): void };
		await until(() => portal.received === 2);
		execution.cancel();
		await execution;
		await until(() => saved.length > 0);

		expect(saved).toEqual([{ status: 'canceled', error: expect.anything() }]);
		expect(saved[0]!.error!.context).toMatchObject({
			accepted: [{ item: 0, answer: { previous_task_id: 'task-0' } }],
			unknown: [1],
			notSent: [2],
		});
	});
});
