import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeType,
	type NodeApiError,
} from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { KasperskyTip } from '../../nodes/KasperskyTip/KasperskyTip.node';
import { AnswersRead } from './answersRead';
import { chain, itemsOf, runWorkflow, startNode } from './engine';
import {
	fromSources,
	NODE_NAME,
	NODE_TYPE,
	nodeInContext,
	runRescan,
	tipNode,
} from './rescanWorkflow';
import { until } from './until';

/** n8n's node settings. It makes at least two tries; 0 ms would mean its default of a second. */
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

describe("n8n's Retry On Fail", () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.close());

	const sent = () => {
		const counts: Record<string, number> = {};
		for (const { taskId } of portal.rescans()) counts[taskId!] = (counts[taskId!] ?? 0) + 1;
		return counts;
	};
	const run = (tasks: string[], settings: object = {}, parameters: IDataObject = {}) =>
		runRescan({
			credential: portal.credential,
			items: tasks.map((task) => ({ task })),
			parameters: { options: { concurrency: 1, maxRetries: 0, timeout: 60 }, ...parameters },
			settings: { ...RETRY, ...settings },
		});

	it('does not send again what was accepted, and gives the first answer', async () => {
		portal.script('b', { status: 429 });
		const { items, error } = await run(['a', 'b', 'c']);

		expect(error).toBeUndefined();
		expect(sent()).toEqual({ a: 1, b: 2, c: 1 });
		const ids = portal.requests.filter(({ accepted }) => accepted).map((one) => one.newTaskId);
		expect(new Set(items.map(({ json }) => json.task_id))).toEqual(new Set(ids));
		expect(items.map(({ json }) => json.previous_task_id)).toEqual(['a', 'b', 'c']);
	});

	it('does not send again what is unknown, and says the same', async () => {
		portal.script('b', { reset: 'beforeAnswer' });
		const { error } = await run(['a', 'b', 'c']);

		expect(sent()).toEqual({ a: 1, b: 1 });
		expect(error).toMatchObject({
			message: expect.stringContaining('what the portal did is unknown'),
			context: { outcome: 'unknown', itemIndex: 1, unknown: [1], notSent: [2] },
		});
		expect(error!.context.accepted).toEqual([
			{ item: 0, answer: expect.objectContaining({ previous_task_id: 'a' }) },
		]);
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'knows what it sent when the next try is cancelled and sees copies, with On Error %s',
		async (onError) => {
			portal.onRequest(({ taskId }) => {
				if (taskId === 'a') return { status: 429 };
				return taskId === 'c' ? { never: true } : undefined;
			});
			const seeingCopies = nodeInContext((context) => {
				const items = context.getInputData().map((item) => ({ ...item }));
				context.getInputData = () => items;
			});
			let cancel = () => {};
			const read = new AnswersRead();
			const running = runWorkflow(
				{
					nodes: [
						startNode(),
						tipNode(
							{ taskId: '={{ $json.task }}', options: { concurrency: 3, maxRetries: 0 } },
							{ ...RETRY, onError },
						),
					],
					connections: chain('Start', NODE_NAME),
				},
				{
					installed: { ...fromSources, nodes: { [NODE_TYPE]: seeingCopies } },
					credentials: { kasperskyTipApi: portal.credential },
					items: ['a', 'b', 'c'].map((task) => ({ json: { task } })),
					onStart: (stop) => (cancel = stop),
				},
			);
			await until(() => sent().c === 1 && portal.inFlight === 1);
			// What the portal has answered has to be read, too.
			await read.reach(portal.received - 1);
			cancel();
			const run = await running;
			read.stop();

			expect(sent()).toMatchObject({ b: 1, c: 1 });
			if (onError === 'stopWorkflow') {
				const { context } = run.data.resultData.error as NodeApiError;
				expect(context).toMatchObject({ accepted: [{ item: 1 }], unknown: [2] });
			} else {
				const outcomes = itemsOf(run, NODE_NAME).map(({ json }) => json.outcome ?? 'accepted');
				expect(outcomes.slice(1, 3)).toEqual(['accepted', 'unknown']);
			}
		},
	);

	it('does not send again what was accepted with an answer that cannot be read', async () => {
		portal.script('a', { rawBody: '{"task_id":' });
		const { error } = await run(['a']);
		expect(sent()).toEqual({ a: 1 });
		expect(error!.context).toMatchObject({ outcome: 'accepted', code: 'portal.unreadable' });
	});

	it('sends again what was refused or not sent, as often as n8n tries', async () => {
		portal.script('b', { status: 503, repeat: true });
		const { error } = await run(['a', 'b', 'c']);
		expect(sent()).toEqual({ a: 1, b: 3 });
		expect(error!.context).toMatchObject({ outcome: 'rejected', rejected: [1], notSent: [2] });
	});

	it('keeps what the first try got, though the next one stops before it gets there', async () => {
		// The first item is refused when the others have been accepted.
		const read = new AnswersRead();
		portal.script('a', { status: 503, until: read.reach(2), repeat: true });
		const { error } = await run(
			['a', 'b', 'c'],
			{},
			{
				options: { concurrency: 3, maxRetries: 0 },
			},
		);
		read.stop();
		expect(sent()).toEqual({ a: 3, b: 1, c: 1 });
		const { accepted, notSent } = error!.context as Record<string, Array<{ item: number }>>;
		expect(accepted!.map(({ item }) => item)).toEqual([1, 2]);
		expect(notSent).toEqual([]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'])(
		'tries again with On Error %s, for which n8n looks at the first item only',
		async (onError) => {
			portal.script('a', { status: 429 }, { status: 429 });
			portal.script('b', { reset: 'midBody' });
			const { items, errorItems } = await run(['a', 'b', 'c'], { onError });

			expect(sent()).toEqual({ a: 3, b: 1, c: 1 });
			const outcomes = [...items, ...errorItems].map(({ json }) => json.outcome ?? 'accepted');
			expect(outcomes.sort()).toEqual(['accepted', 'accepted', 'unknown']);
		},
	);

	it('is not misled by an accepted answer that holds an error of its own', async () => {
		portal.script('a', { body: { task_id: 'x', error: 'none' } });
		const { items } = await run(['a', 'b']);
		expect(sent()).toEqual({ a: 1, b: 1 });
		expect(items[0]!.json).toEqual({ task_id: 'x', error: 'none' });
	});

	it.each([
		['a field', { additionalFields: { cmd_line: '={{ Math.random() }} {{ $now.toMillis() }}' } }],
		['the task itself', { taskId: '={{ $json.task }}-{{ Math.random() }}' }],
	])('takes an item for the same when an expression changes %s', async (_what, parameters) => {
		portal.script((request) => request.number === 2, { status: 429 });
		const { items, error } = await run(['a', 'b'], {}, parameters);
		expect(error).toBeUndefined();
		expect(portal.rescans().map(({ accepted }) => accepted)).toEqual([true, false, true]);
		expect(items.map(({ json }) => json.previous_task_id)).toEqual([
			portal.requests[0]!.taskId,
			portal.requests[2]!.taskId,
		]);
	});

	it('works with Execute Once', async () => {
		portal.script('a', { reset: 'midBody' });
		await run(['a', 'b'], { executeOnce: true });
		expect(sent()).toEqual({ a: 1 });
	});

	it('keeps what the first try got when the next one cannot connect', async () => {
		portal.onRequest(({ taskId }) => {
			if (taskId !== 'b') return undefined;
			portal.onConnection('resetInHandshake');
			return { status: 429, headers: { connection: 'close' } };
		});
		const { error } = await run(['a', 'b']);
		expect(portal.requests.map(({ taskId }) => taskId)).toEqual(['a', 'b']);
		expect(error!.context).toMatchObject({ outcome: 'notSent', notSent: [1] });
		expect(error!.context.accepted).toEqual([{ item: 0, answer: expect.anything() }]);
	});

	it('leaves no room in the result for what the portal never said', async () => {
		const { items } = await run(['a', 'a', 'a']);
		// The same task three times over is three items, and three rescans.
		expect(sent()).toEqual({ a: 3 });
		expect(new Set(items.map(({ json }) => json.task_id)).size).toBe(3);
	});

	describe('in a loop', () => {
		/** Lets the items of the run through, round after round, until the node has run often enough. */
		const loopNode: INodeType = {
			description: {
				displayName: 'Rounds',
				name: 'rounds',
				group: ['transform'],
				version: 1,
				description: 'Gives out what it got, as often as it says',
				defaults: { name: 'Rounds' },
				inputs: [NodeConnectionTypes.Main],
				outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
				properties: [
					{ displayName: 'Rounds', name: 'rounds', type: 'number', default: 2 },
					{ displayName: 'Same', name: 'same', type: 'boolean', default: true },
				],
			},
			async execute() {
				const state = this.getContext('node') as { round?: number; items?: never };
				state.round = (state.round ?? 0) + 1;
				const first = (state.items ??= this.getInputData() as never);
				const items = this.getNodeParameter('same', 0)
					? first
					: this.getInputData().map(() => ({ json: { task: `round-${state.round}` } }));
				return state.round > (this.getNodeParameter('rounds', 0) as number)
					? [[], items]
					: [items, []];
			},
		};

		const runLoop = async (rounds: number, same: boolean, options: IDataObject = {}) => {
			const node = tipNode(
				{
					taskId: '={{ $json.task }}',
					options: { concurrency: 1, maxRetries: 0, timeout: 60, ...options },
				},
				{ ...RETRY, onError: 'continueRegularOutput' },
			);
			const run = await runWorkflow(
				{
					nodes: [
						startNode(),
						{
							id: 'Loop',
							name: 'Loop',
							type: 'test.rounds',
							typeVersion: 1,
							position: [100, 0],
							parameters: { rounds, same },
						},
						node,
					],
					connections: {
						...chain('Start', 'Loop', NODE_NAME),
						[NODE_NAME]: { main: [[{ node: 'Loop', type: 'main', index: 0 }]] },
					},
				},
				{
					installed: { ...fromSources, nodes: { ...fromSources.nodes, 'test.rounds': loopNode } },
					credentials: { kasperskyTipApi: portal.credential },
					items: [{ json: { task: 'a' } }],
				},
			);
			return Array.from({ length: rounds }, (_, round) => itemsOf(run, NODE_NAME, 0, round)[0]!);
		};

		it('sends the very same item once a round', async () => {
			const items = await runLoop(3, true);
			expect(items.flatMap(({ json }) => json.description ?? [])).toEqual([]);
			expect(sent()).toEqual({ a: 3 });
			expect(new Set(items.map(({ json }) => json.task_id)).size).toBe(3);
		});

		it('sends other input', async () => {
			const items = await runLoop(3, false);
			expect(sent()).toEqual({ 'round-1': 1, 'round-2': 1, 'round-3': 1 });
			expect(items.map(({ json }) => json.previous_task_id)).toEqual(Object.keys(sent()));
		});

		it('keeps an unknown outcome to its round', async () => {
			portal.script('a', { reset: 'beforeAnswer' });
			const items = await runLoop(2, true);
			expect(sent()).toEqual({ a: 2 });
			expect(items.map(({ json }) => json.outcome ?? 'accepted')).toEqual(['unknown', 'accepted']);
		});

		it('holds the rate from round to round', async () => {
			const begin = performance.now();
			await runLoop(3, true, { requestsPerMinute: 150 });
			// Three starts are two distances of 400 ms, however busy the machine is.
			expect(performance.now() - begin).toBeGreaterThanOrEqual(800);
		});
	});

	describe('as the tool of an AI agent, where every try has a run number of its own', () => {
		/** Calls its tool for each task, one after the other, and goes on when a call fails. */
		const agent: INodeType = {
			description: {
				displayName: 'Agent',
				name: 'agent',
				group: ['transform'],
				version: 1,
				description: 'Calls its tool',
				defaults: { name: 'Agent' },
				inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
				outputs: [NodeConnectionTypes.Main],
				properties: [],
			},
			async execute() {
				type Tool = { invoke(input: object): Promise<unknown> };
				const found = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
				const [tool] = (Array.isArray(found) ? found : [found]) as Tool[];
				const said = [];
				for (const { json } of this.getInputData()) {
					try {
						said.push({ json: { said: String(await tool!.invoke({ task: json.task })) } });
					} catch (error) {
						said.push({ json: { failed: (error as Error).message } });
					}
				}
				return [said];
			},
		};
		// The variant n8n makes of a node that is usable as a tool.
		const asTool = new KasperskyTip();
		asTool.description = {
			...asTool.description,
			inputs: [],
			outputs: [NodeConnectionTypes.AiTool],
		};

		const call = async (tasks: string[]) => {
			const node = tipNode({
				taskId: "={{ $fromAI('task', 'the task', 'string') }}",
				toolDescription: 'Runs a task again',
				options: { maxRetries: 0, timeout: 60 },
			});
			const run = await runWorkflow(
				{
					nodes: [
						startNode(),
						{ ...startNode('Agent'), type: 'test.agent' },
						{ ...node, ...RETRY },
					],
					connections: {
						...chain('Start', 'Agent'),
						[NODE_NAME]: {
							[NodeConnectionTypes.AiTool]: [
								[{ node: 'Agent', type: NodeConnectionTypes.AiTool, index: 0 }],
							],
						},
					},
				},
				{
					installed: {
						...fromSources,
						nodes: { ...fromSources.nodes, [NODE_TYPE]: asTool, 'test.agent': agent },
					},
					credentials: { kasperskyTipApi: portal.credential },
					items: tasks.map((task) => ({ json: { task } })),
				},
			);
			expect(run.data.resultData.error).toBeUndefined();
			return itemsOf(run, 'Agent').map(({ json }) => json);
		};

		it('does not send again what is unknown', async () => {
			portal.script('a', { reset: 'beforeAnswer' });
			const said = await call(['a']);
			expect(sent()).toEqual({ a: 1 });
			expect(said[0]!.failed).toContain('what the portal did is unknown');
		});

		it('sends again what was refused', async () => {
			portal.script('a', { status: 429 }, { status: 429 });
			const said = await call(['a']);
			expect(sent()).toEqual({ a: 3 });
			expect(said[0]!.said).toContain('"previous_task_id":"a"');
		});

		it('takes the next call for a new one, even for the same task', async () => {
			const said = await call(['a', 'a']);
			expect(sent()).toEqual({ a: 2 });
			expect(said[0]!.said).not.toBe(said[1]!.said);
		});
	});
});
