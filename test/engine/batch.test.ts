import { startPortal, type Portal } from '../portal';
import { AnswersRead } from './answersRead';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

describe('A batch', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.close());

	const tasks = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ task: `task-${index}` }));

	describe('that stops on a fault', () => {
		it('lets what is in flight finish, starts nothing new, and tells it all', async () => {
			const read = new AnswersRead();
			const allThere = until(() => portal.inFlight === 4);
			// The others are answered when the refusal has been read.
			const refused = allThere.then(() => read.reach(1));
			portal.onRequest(({ taskId }) => {
				if (taskId === 'task-1') return { status: 400, until: allThere };
				if (taskId === 'task-3') return { reset: 'midBody', until: refused };
				return { until: refused };
			});
			const { error, items } = await runRescan({
				credential: portal.credential,
				items: tasks(30),
				parameters: { options: { concurrency: 4, timeout: 60 } },
			});

			read.stop();
			const sent = portal.rescans().map(({ taskId }) => taskId);
			expect(items).toEqual([]);
			await until(() => portal.inFlight === 0);
			expect(sent.sort()).toEqual(['task-0', 'task-1', 'task-2', 'task-3']);
			expect(error).toMatchObject({
				message: expect.stringMatching(/did not accept the parameters.*\[item 1\]$/),
				httpCode: '400',
				context: { itemIndex: 1, taskId: 'task-1', rejected: [1], unknown: [3] },
			});
			const accepted = portal.requests.filter((one) => one.accepted && one.taskId !== 'task-3');
			expect(error!.context.accepted).toEqual(
				accepted
					.map(({ taskId, newTaskId }) => ({
						item: Number(taskId!.slice(5)),
						answer: expect.objectContaining({ task_id: newTaskId }),
					}))
					.sort((a, b) => a.item - b.item),
			);
			for (const { newTaskId } of accepted) expect(error!.description).toContain(newTaskId);
			expect(error!.description).toMatch(/Unknown, may have started \(1\): item 3 \(task task-3\)/);
			expect(error!.description).toMatch(/Refused by the portal \(1\): item 1 \(task task-1\)/);
			expect(error!.description).toMatch(/Not sent \(26\): items 4–29/);
		});

		it('does not hold the error up for the sake of waits', async () => {
			const read = new AnswersRead();
			const othersWait = read.reach(2);
			// A refusal holds up what has not been sent yet.
			const allThere = until(() => portal.inFlight === 3);
			portal.onRequest(({ taskId }) => {
				if (taskId === 'task-0') return { retryAfter: '250', until: allThere };
				if (taskId === 'task-1') return { status: 404, until: allThere };
				return { status: 400, until: othersWait };
			});
			const { error } = await runRescan({
				credential: portal.credential,
				items: tasks(5),
				parameters: { options: { concurrency: 3, retryNotReady: true, timeout: 60 } },
			});
			read.stop();
			// The headline is what made the batch stop, not what was then let go.
			expect(error!.context).toMatchObject({
				itemIndex: 2,
				statusCode: 400,
				rejected: [0, 1, 2],
				notSent: [3, 4],
				accepted: [],
			});
			expect(portal.received).toBe(3);
		});

		it('does not start what waits for its turn', async () => {
			portal.onRequest(() => ({ status: 400 }));
			const { error } = await runRescan({
				credential: portal.credential,
				items: tasks(4),
				parameters: { options: { concurrency: 4, requestsPerMinute: 1 } },
			});
			expect(error!.context).toMatchObject({ itemIndex: 0, rejected: [0], notSent: [1, 2, 3] });
			expect(portal.received).toBe(1);
		});

		it('shortens a long list in words and keeps it whole in the context', async () => {
			portal.script('task-59', { status: 400 });
			const { error } = await runRescan({
				credential: portal.credential,
				items: tasks(60),
				parameters: { options: { concurrency: 10 } },
			});
			const { accepted } = error!.context as { accepted: Array<{ item: number }> };
			expect(accepted.map(({ item }) => item)).toEqual(Array.from({ length: 59 }, (_, i) => i));
			expect(error!.description).toMatch(/Accepted \(59\): item 0 .*; and 39 more/);
			expect(error!.description!.length).toBeLessThan(4000);
		});
	});

	describe('with limits', () => {
		it('never has more under way than Concurrency, repeats included', async () => {
			const allFour = until(() => portal.inFlight === 4);
			portal.onRequest(({ number }) => ({
				until: allFour,
				...(number % 3 === 0 && { retryAfter: '0' }),
			}));
			const { items } = await runRescan({
				credential: portal.credential,
				items: tasks(60),
				parameters: { options: { concurrency: 4, maxRetries: 10 } },
			});
			expect(items).toHaveLength(60);
			expect(portal.received).toBeGreaterThan(60);
			expect(portal.peakInFlight).toBe(4);
		});

		it('keeps the distance between starts, repeats included', async () => {
			portal.onRequest(({ number }) => (number === 2 ? { retryAfter: '0' } : undefined));
			const begin = performance.now();
			const { items } = await runRescan({
				credential: portal.credential,
				items: tasks(5),
				parameters: { options: { concurrency: 5, requestsPerMinute: 300 } },
			});
			expect(items).toHaveLength(5);
			expect(portal.received).toBe(6);
			// Six starts are five distances of 200 ms, however busy the machine is.
			expect(performance.now() - begin).toBeGreaterThanOrEqual(1000);
		});
	});

	describe('whose task is not ready', () => {
		const options = { retryNotReady: true, retryNotReadyInterval: 0.03, maxRetries: 0 };

		it('is tried again at intervals until it is', async () => {
			portal.script('task-0', { status: 404 }, { status: 404 }, { status: 404 });
			const { items } = await runRescan({
				credential: portal.credential,
				items: tasks(1),
				parameters: { options },
			});
			expect(items[0]!.json).toMatchObject({ previous_task_id: 'task-0' });
			expect(portal.received).toBe(4);
		});

		it('is given up when the total time is over', async () => {
			portal.onRequest(() => ({ status: 404 }));
			const { error } = await runRescan({
				credential: portal.credential,
				items: tasks(1),
				parameters: { options: { ...options, retryNotReadyTotal: 0.2 } },
			});
			expect(error!.context).toMatchObject({ code: 'portal.notReady', outcome: 'rejected' });
			expect(portal.received).toBeLessThanOrEqual(7);
		});
	});

	describe('beside another', () => {
		it('shares the connections of one credential and mixes nothing', async () => {
			const run = (name: string) =>
				runRescan({
					credential: portal.credential,
					items: Array.from({ length: 40 }, (_, index) => ({ task: `${name}-${index}` })),
					parameters: { options: { concurrency: 5 } },
				});
			// When the first one has ended, the other has connections of both to take.
			let goOn = () => {};
			const leftIsOver = new Promise<void>((resolve) => (goOn = resolve));
			const allThere = until(() => portal.inFlight === 10);
			portal.onRequest(({ taskId }) => ({
				until: taskId!.startsWith('left') ? allThere : leftIsOver,
			}));
			const first = run('left').finally(goOn);
			await until(() => portal.inFlight === 5);
			const [left, right] = await Promise.all([first, run('right')]);
			for (const [name, { items }] of Object.entries({ left, right })) {
				expect(items.map(({ json }) => json.previous_task_id)).toEqual(
					Array.from({ length: 40 }, (_, index) => `${name}-${index}`),
				);
			}
			const users = new Map<number, Set<string>>();
			for (const { socketId, taskId } of portal.requests) {
				const names = users.get(socketId) ?? new Set();
				users.set(socketId, names.add(taskId!.split('-')[0]!));
			}
			expect([...users.values()].some((names) => names.size === 2)).toBe(true);
			// A connection that an exchange has just ended on may not be free yet.
			expect(portal.handshakes).toBeLessThanOrEqual(20);
		});

		it('shares no connection with another credential, nor with the same one changed', async () => {
			const shared = await startPortal({ users: { ann: 'one', bob: 'one', cid: 'two' } });
			try {
				const other = await shared.certificates.issueClient({ commonName: 'someone-else' });
				const credentials = [
					{ ...shared.credential, username: 'ann', password: 'one' },
					{ ...shared.credential, username: 'bob', password: 'one' },
					{ ...shared.credential, username: 'cid', password: 'two' },
					{ ...shared.credential, username: 'ann', password: 'wrong' },
					{
						...shared.credential,
						username: 'ann',
						password: 'one',
						certificate: other.combinedPem,
					},
				];
				shared.latencyMs = 3;
				for (let round = 0; round < 2; round++) {
					await Promise.all(
						credentials.map((credential, index) =>
							runRescan({
								credential,
								items: tasks(10).map(({ task }) => ({ task: `${index}-${task}` })),
								settings: { onError: 'continueRegularOutput' },
							}),
						),
					);
				}
				const owners = new Map<number, Set<string>>();
				for (const { socketId, headers, clientSubject } of shared.requests) {
					const owner = `${headers.authorization} ${clientSubject}`;
					owners.set(socketId, (owners.get(socketId) ?? new Set()).add(owner));
				}
				expect(shared.requests).toHaveLength(100);
				expect([...owners.values()].map(({ size }) => size)).toEqual([...owners].map(() => 1));
				expect(new Set([...owners.values()].flatMap((names) => [...names])).size).toBe(5);
			} finally {
				await shared.close();
			}
		});
	});

	it.each([
		['stopWorkflow', 50],
		['continueRegularOutput', 4],
	] as const)(
		'with On Error %s has read %d of 50 items before any answer',
		async (onError, count) => {
			let open = () => {};
			const gate = new Promise<void>((resolve) => (open = resolve));
			portal.onRequest(() => ({ until: gate }));
			const read = new Set<number>();
			const running = runRescan({
				credential: portal.credential,
				items: tasks(50),
				parameters: { options: { concurrency: 2 } },
				settings: { onError },
				onRead: (index) => read.add(index),
			});
			await until(() => portal.inFlight === 2);
			expect(read.size).toBe(count);
			open();
			expect((await running).items).toHaveLength(50);
			expect(portal.rescans()).toHaveLength(50);
		},
	);

	it.each([
		['stopWorkflow', [...tasks(5999), { task: '' }]],
		['continueRegularOutput', tasks(6000).map(() => ({ task: '' }))],
	] as const)(
		'with On Error %s lets other work of the process in while it reads many items',
		async (onError, items) => {
			let turns = 0;
			let looking = true;
			const look = () => {
				turns++;
				if (looking) setImmediate(look);
			};
			setImmediate(look);
			const turnOfRead: number[] = [];
			await runRescan({
				credential: portal.credential,
				items: [...items],
				parameters: { options: { concurrency: 50 } },
				settings: { onError },
				onRead: () => turnOfRead.push(turns),
			});
			looking = false;
			expect(turnOfRead).toHaveLength(6000);
			expect(turnOfRead.at(-1)! - turnOfRead[0]!).toBeGreaterThan(5);
			expect(portal.received).toBe(0);
		},
	);

	it('waits for a connection no longer than for an answer', async () => {
		// Two runs of 50 want 100 connections and there are 50: the rest waits, and may be sent again.
		let open = () => {};
		const gate = new Promise<void>((resolve) => (open = resolve));
		portal.onRequest(() => ({ until: gate }));
		const run = () =>
			runRescan({
				credential: portal.credential,
				items: tasks(50),
				parameters: { options: { concurrency: 50, timeout: 90 } },
			});
		const both = Promise.all([run(), run()]);
		await until(() => portal.inFlight === 50);
		open();
		const [left, right] = await both;
		expect([left.items.length, right.items.length]).toEqual([50, 50]);
		expect(portal.peakInFlight).toBe(50);
		expect(portal.rescans()).toHaveLength(100);
	});
});
