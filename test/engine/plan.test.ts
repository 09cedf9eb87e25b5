import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';
import { Journal } from '../../nodes/KasperskyTip/batch/journal';
import { findOperation } from '../../nodes/KasperskyTip/resources';
import { TipClient } from '../../tip/portal/client';
import { startPortal, type Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode } from './engine';
import { fromSources, NODE_NAME, NODE_TYPE, nodeInContext, tipNode } from './rescanWorkflow';
import { until } from './until';

describe('An operation', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await portal.close();
	});

	interface Run {
		parameters: IDataObject;
		items?: IDataObject[];
		settings?: Partial<INode>;
		change?: (context: IExecuteFunctions) => void;
		credentials?: INode['credentials'];
		stored?: Record<string, IDataObject>;
	}

	const run = async ({ parameters, items = [{}], settings, change, credentials, stored }: Run) => {
		const node = tipNode(parameters, {
			...settings,
			...(credentials !== undefined && { credentials }),
		});
		const finished = await runWorkflow(
			{ nodes: [startNode(), node], connections: chain('Start', NODE_NAME) },
			{
				installed: change
					? { ...fromSources, nodes: { [NODE_TYPE]: nodeInContext(change) } }
					: fromSources,
				credentials: (stored ?? { kasperskyTipApi: portal.credential }) as never,
				items: items.map((json) => ({ json })),
			},
		);
		return {
			items: itemsOf(finished, NODE_NAME),
			errorItems: itemsOf(finished, NODE_NAME, 1),
			error: finished.data.resultData.error as
				{ message: string; description: string; context: IDataObject } | undefined,
		};
	};

	describe('reads each field of an item once', () => {
		const many = Array.from({ length: 20 }, () => ({}));

		it('so the item of a lookup names what was asked for', async () => {
			const indicator = '={{ "h" + Math.floor(Math.random() * 1e12) + ".example.com" }}';
			const { items } = await run({
				parameters: { resource: 'lookup', operation: 'domain', indicator },
				items: many,
			});
			expect(items.map(({ json }) => `/api/domain/${json.indicator}`).sort()).toEqual(
				portal.requests.map(({ path }) => path).sort(),
			);
			expect(new Set(items.map(({ json }) => json.indicator)).size).toBe(20);
		});

		it('so the item of a deletion names what was deleted', async () => {
			const { items } = await run({
				parameters: {
					operation: 'deleteTask',
					taskId: '={{ "t" + Math.floor(Math.random() * 1e12) }}',
				},
				items: many,
				settings: { onError: 'continueRegularOutput' },
			});
			expect(items.map(({ json }) => json.task_id).sort()).toEqual(
				portal.requests.map(({ taskId }) => taskId).sort(),
			);
		});

		it('so the item of a master file names the group it is of', async () => {
			const { items } = await run({
				parameters: {
					resource: 'report',
					operation: 'getMasterIoc',
					report_group: '={{ Math.random() < 0.5 ? "apt" : "fin" }}',
					options: { concurrency: 1 },
				},
				items: many,
			});
			expect(items.map(({ json }) => json.report_group)).toEqual(
				portal.requests.map(({ query }) => query.report_group),
			);
		});

		it.each<[string, IDataObject, IDataObject[]]>([
			['a lookup', { resource: 'lookup', operation: 'domain', indicator: '={{ $json.i }}' }, many],
			[
				'a lookup that stops at a quota',
				{
					resource: 'lookup',
					operation: 'domain',
					indicator: '={{ $json.i }}',
					additionalFields: { stopBelowQuota: 1 },
				},
				many,
			],
			['a rescan', { taskId: '={{ $json.i }}' }, many],
			['a list of reports', { resource: 'report', operation: 'getAll' }, many],
		])('which is as many evaluations for %s as it has fields', async (_name, parameters, items) => {
			const reads = new Map<string, number>();
			const { fields } = findOperation(
				parameters.resource ?? 'sandbox',
				parameters.operation ?? 'rescan',
			)!;
			await run({
				parameters,
				items: items.map((_, index) => ({ i: `i${index}.example.com` })),
				change: (context) => {
					const read = context.getNodeParameter.bind(context) as (...args: unknown[]) => unknown;
					const tell = (name: string, index: number, ...rest: unknown[]) => {
						const key = `${name} of ${index}`;
						if (fields.some((field) => field.name === name)) {
							reads.set(key, (reads.get(key) ?? 0) + 1);
						}
						return read(name, index, ...rest);
					};
					context.getNodeParameter = tell as typeof context.getNodeParameter;
				},
			});
			expect(reads.size).toBe(fields.length * items.length);
			expect([...reads.values()].every((count) => count === 1)).toBe(true);
		});
	});

	describe('turns what is thrown at any step into the result of its item', () => {
		const tasks = Array.from({ length: 12 }, (_, index) => ({ task: `task-${index}` }));
		const rescan = { taskId: '={{ $json.task }}', options: { concurrency: 3, maxRetries: 0 } };

		/** At the third call, as a defect would. */
		const thirdThrows = (object: object, method: string) => {
			const original = (object as Record<string, (...args: unknown[]) => unknown>)[method]!;
			let calls = 0;
			jest.spyOn(object as never, method as never).mockImplementation(function (
				this: unknown,
				...args: unknown[]
			) {
				if (++calls === 3) throw new RangeError('a defect');
				return original.apply(this, args) as never;
			} as never);
		};

		const steps: Array<[step: string, arrange: () => void, outcome: string]> = [
			['planned', () => thirdThrows(findOperation('sandbox', 'rescan')!, 'plan'), 'notSent'],
			['recalled', () => thirdThrows(Journal.prototype, 'recallRequest'), 'unknown'],
			['noted', () => thirdThrows(Journal.prototype, 'begin'), 'notSent'],
			['sent', () => thirdThrows(TipClient.prototype, 'send'), 'unknown'],
		];

		it.each(steps)(
			'%s: the others go on when the node continues',
			async (_step, arrange, outcome) => {
				arrange();
				const { items, error } = await run({
					parameters: rescan,
					items: tasks,
					settings: { onError: 'continueRegularOutput' },
				});
				expect(error).toBeUndefined();
				const outcomes = items.map(({ json }) => json.outcome ?? 'accepted');
				expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(11);
				expect(outcomes).toContain(outcome);
				expect(portal.rescans()).toHaveLength(11);
			},
		);

		it.each(steps)('%s: nothing is sent after the node has stopped', async (_step, arrange) => {
			arrange();
			portal.latencyMs = 5;
			const { error } = await run({ parameters: rescan, items: tasks });
			const received = portal.received;
			expect(error!.message).toMatch(/RangeError/);
			expect(error!.message + error!.description).not.toContain('a defect');
			await until(() => portal.inFlight === 0);
			expect(portal.received).toBe(received);
			const { accepted } = error!.context as { accepted: unknown[] };
			expect(portal.requests.filter((one) => one.accepted)).toHaveLength(accepted.length);
		});

		it('stored: what n8n can not take is said, and asked again by the next try', async () => {
			let calls = 0;
			const { items } = await run({
				parameters: { resource: 'report', operation: 'getMasterYara' },
				settings: { onError: 'continueRegularOutput' },
				change: (context) => {
					context.helpers.prepareBinaryData = async () => {
						calls++;
						throw new RangeError('disk full');
					};
				},
			});
			expect(items[0]!.json).toMatchObject({ code: 'node.output', outcome: 'accepted' });
			expect(calls).toBe(1);
		});

		it('refuses half a character in Language as in every other text', async () => {
			const { error } = await run({
				parameters: {
					resource: 'report',
					operation: 'get',
					publicationId: '7',
					lang: '={{ "\\ud83d" }}',
				},
			});
			expect(error!.message).toMatch(/'Language' holds half of a character/);
			expect(portal.requests).toHaveLength(0);
		});
	});

	describe("has a result too when n8n itself can't go on", () => {
		const tasks = [{ task: 'a' }, { task: 'b' }];
		const rescan: IDataObject = { taskId: '={{ $json.task }}' };

		const causes: Array<[cause: string, run: Omit<Run, 'items' | 'settings'>, RegExp, string]> = [
			[
				'no credential is chosen',
				{ parameters: rescan, credentials: {} },
				/no credential it can use/,
				'credential.unavailable',
			],
			[
				'the credential was deleted',
				{ parameters: rescan, stored: {} },
				/no credential it can use/,
				'credential.unavailable',
			],
			[
				'the credential is of the other type',
				{
					parameters: rescan,
					credentials: { kasperskyTipTokenApi: { id: 'x', name: 'x' } },
				},
				/no credential it can use/,
				'credential.unavailable',
			],
			[
				'the credential can not be decrypted',
				{
					parameters: rescan,
					change: (context) => {
						context.getCredentials = async () => {
							throw new Error('Credentials could not be decrypted');
						};
					},
				},
				/could not be decrypted/,
				'credential.unavailable',
			],
			[
				'an option throws',
				{ parameters: { ...rescan, options: { timeout: '={{ $("Nowhere").item.json.x }}' } } },
				/'Options' can't be read/,
				'input.options',
			],
			[
				'a field throws',
				{ parameters: { taskId: '={{ $("Nowhere").item.json.x }}' } },
				/'Task ID' can't be read/,
				'input.taskId',
			],
			[
				'a helper is not there',
				{
					parameters: rescan,
					change: (context) => {
						context.helpers.getSecureEgressFilter = () => {
							throw new TypeError('not a function');
						};
					},
				},
				/could not start/,
				'node.notStarted',
			],
			[
				'the operation is not one of the node',
				{ parameters: { ...rescan, operation: 'constructor' } },
				/no operation 'constructor'/,
				'input.operation',
			],
		];

		it.each(causes)('%s, with On Error continue', async (_cause, options, message, code) => {
			const { items, error } = await run({
				...options,
				items: tasks,
				settings: { onError: 'continueRegularOutput' },
			});
			expect(error).toBeUndefined();
			expect(items).toHaveLength(2);
			for (const { json } of items) {
				expect(json).toMatchObject({
					outcome: 'notSent',
					code,
					error: expect.stringMatching(message),
				});
				expect(json.task).toBeUndefined();
				expect(json.description).toBeTruthy();
			}
			expect(portal.requests).toHaveLength(0);
		});

		it.each(causes)('%s, with the error branch', async (_cause, options, message) => {
			const { items, errorItems } = await run({
				...options,
				items: tasks,
				settings: { onError: 'continueErrorOutput' },
			});
			expect(items).toEqual([]);
			expect(errorItems.map(({ json }) => json.error)).toEqual(
				tasks.map(() => expect.stringMatching(message)),
			);
			expect(portal.requests).toHaveLength(0);
		});

		it.each(causes)('%s, with On Error stop', async (_cause, options, message) => {
			const { items, error } = await run({ ...options, items: tasks });
			expect(items).toEqual([]);
			expect(error!.message).toMatch(message);
			expect(error!.description).toBeTruthy();
			expect(portal.requests).toHaveLength(0);
		});
	});
});

describe('What a stopped batch leaves behind', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal({ record: false });
	});
	afterEach(() => portal.close());

	const stopped = async (count: number, warnings: string[] = []) => {
		const last = `task-${count - 1}`;
		portal.onRequest(({ taskId }) => (taskId === last ? { status: 400 } : undefined));
		const finished = await runWorkflow(
			{
				nodes: [
					startNode(),
					tipNode({ taskId: '={{ $json.task }}', options: { concurrency: 50 } }),
				],
				connections: chain('Start', NODE_NAME),
			},
			{
				installed: {
					...fromSources,
					nodes: {
						[NODE_TYPE]: nodeInContext((context) => {
							Object.defineProperty(context, 'logger', {
								value: { warn: (line: string) => warnings.push(line), debug: () => {} },
							});
						}),
					},
				},
				credentials: { kasperskyTipApi: portal.credential },
				items: Array.from({ length: count }, (_, index) => ({ json: { task: `task-${index}` } })),
			},
		);
		return finished.data.resultData.error as unknown as {
			description: string;
			context: IDataObject & { data: string[]; counts: IDataObject };
		};
	};

	it('is a line for each accepted rescan: item, task and new ID, the counts first', async () => {
		const { description, context } = await stopped(60);
		expect(description).toMatch(/^59 accepted, 1 refused\./);
		expect(context.counts).toEqual({ accepted: 59, unknown: 0, rejected: 1, notSent: 0 });
		expect(context.data).toHaveLength(59);
		expect(context.data[0]).toMatch(/^item 0: task task-0 → [0-9a-f-]{36}$/);
		expect(new Set(context.data).size).toBe(59);
	});

	it('is at most 64 KB with the error, and the rest is in the log', async () => {
		const warnings: string[] = [];
		const { description, context } = await stopped(3000, warnings);
		expect(JSON.stringify(context).length).toBeLessThan(64 * 1024);
		expect(description).toMatch(/^2999 accepted, 1 refused\..*in the log of n8n/);
		const logged = warnings.join('\n').match(/item \d+: task task-\d+ → /g);
		expect(new Set(logged).size).toBe(2999);
	});
});
