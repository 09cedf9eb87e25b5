import { createHash } from 'node:crypto';
import { PollContext } from 'n8n-core';
import {
	ObservableObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type Workflow,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { KasperskyTipTrigger } from '../../nodes/KasperskyTipTrigger/KasperskyTipTrigger.node';
import { closeIdleConnections } from '../../tip/connection/pool';
import { startPortal, type Portal } from '../portal';
import {
	additionalDataFor,
	itemsOf,
	runWorkflow,
	workflowOf,
	type EngineWorkflow,
	type RunOptions,
} from './engine';
import { until } from './until';

const TRIGGER_TYPE = 'n8n-nodes-kaspersky-tip.kasperskyTipTrigger';
const DAY = 24 * 3600;

/** An active workflow on an n8n server: its polls, its stored static data, and its restarts. */
class Server {
	readonly definition: EngineWorkflow;
	private readonly options: RunOptions;
	/** Takes what is said in the log as a warning. */
	onWarn?: (line: string) => void;
	private workflow!: Workflow;
	private stored: IDataObject = {};

	constructor(
		credential: Record<string, string>,
		parameters: IDataObject = {},
		private readonly type = new KasperskyTipTrigger(),
	) {
		const node: INode = {
			id: 'trigger',
			name: 'Trigger',
			type: TRIGGER_TYPE,
			typeVersion: 1,
			position: [0, 0],
			parameters: parameters as INode['parameters'],
			credentials: { kasperskyTipApi: { id: 'a', name: 'Stand-in portal' } },
		};
		this.definition = { nodes: [node], connections: {} };
		this.options = {
			installed: {
				nodes: { [TRIGGER_TYPE]: type },
				credentials: { kasperskyTipApi: new KasperskyTipApi() },
			},
			credentials: { kasperskyTipApi: credential },
		};
		this.restart();
	}

	/** The process ends; what was not stored is lost. */
	restart(): void {
		this.workflow = workflowOf(this.definition, this.options);
		this.workflow.staticData = ObservableObject.create(structuredClone(this.stored), undefined, {
			ignoreEmptyOnFirstChild: true,
		});
	}

	change(parameters: IDataObject): void {
		Object.assign(this.definition.nodes[0]!.parameters, parameters);
		this.restart();
	}

	async poll(
		mode: WorkflowExecuteMode = 'trigger',
		activation: WorkflowActivateMode = 'activate',
	): Promise<INodeExecutionData[]> {
		const context = new PollContext(
			this.workflow,
			this.workflow.getNode('Trigger')!,
			additionalDataFor(this.definition, this.options),
			mode,
			activation,
		);
		if (this.onWarn) jest.spyOn(context.logger, 'warn').mockImplementation(this.onWarn);
		const answer = await this.type.poll.call(context);
		// n8n stores when something is given out, and when a workflow is switched on; in either case only
		// what says that it was changed.
		const isFirst = Object.keys(this.stored).length === 0;
		if ((answer !== null || isFirst) && this.workflow.staticData.__dataChanged) this.store();
		return answer?.[0] ?? [];
	}

	/** With the engine, as the editor's test button does. */
	async test() {
		return await runWorkflow(this.definition, this.options);
	}

	private store(): void {
		this.stored = JSON.parse(JSON.stringify(this.workflow.staticData)) as IDataObject;
	}

	get staticData(): string {
		return JSON.stringify(this.workflow.staticData);
	}
}

const given = (items: INodeExecutionData[]) =>
	items.map(({ json }) => `${String(json.event)} ${String(json.id)}`);

describe('Kaspersky TIP Trigger', () => {
	let portal: Portal;
	const now = () => Math.floor(Date.now() / 1000);
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	const update = (id: string, updated = now()) => {
		portal.publications.list.find((one) => one.id === id)!.updated = updated;
	};

	it('starts from now, then gives each report once', async () => {
		portal.publications.publish({ id: 'before', published: now() - 60 });
		const server = new Server(portal.credential);
		expect(await server.poll()).toEqual([]);

		const at = now();
		portal.publications.publish({ id: 'a', published: at, tags: ['x'] });
		portal.publications.publish({ id: 'b', published: at });
		const items = await server.poll();
		expect(given(items)).toEqual(['new a', 'new b']);
		expect(items[0]!.json).toMatchObject({ name: 'Report a', published: at, tags: ['x'] });
		expect(await server.poll()).toEqual([]);
	});

	it('asks with POST, all in the query, from a week ago and without a body', async () => {
		const begin = now();
		const server = new Server(portal.credential);
		await server.poll();
		expect(portal.requests).toHaveLength(1);
		const { method, path, query, headers, authorized } = portal.requests[0]!;
		expect({ method, path, authorized }).toEqual({
			method: 'POST',
			path: '/api/publications/get_list',
			authorized: true,
		});
		expect(Object.keys(query)).toEqual(['date_start']);
		expect(Number(query.date_start)).toBeGreaterThanOrEqual(begin - 7 * DAY);
		expect(Number(query.date_start)).toBeLessThanOrEqual(now() - 7 * DAY);
		expect(headers['content-length']).toBe('0');
		expect(headers['user-agent']).toMatch(/^n8n-nodes-kaspersky-tip\//);
	});

	it.each([
		['new', ['new c']],
		['updated', ['updated old', 'updated b']],
		['both', ['updated old', 'updated b', 'new c']],
	])('fires for %s', async (event, expected) => {
		portal.publications.publish({ id: 'old', published: now() - 100 * DAY });
		portal.publications.publish({ id: 'b', published: now() - 50 });
		const server = new Server(portal.credential, { event });
		await server.poll();
		update('old', now() + 1);
		update('b', now() + 2);
		portal.publications.publish({ id: 'c', published: now() + 3 });
		expect(given(await server.poll())).toEqual(expected);
		expect(await server.poll()).toEqual([]);
	});

	it('looks back for updates as far as it is told', async () => {
		portal.publications.publish({ id: 'old', published: now() - 10 * DAY });
		const near = new Server(portal.credential, { event: 'both', options: { lookBack: 9 } });
		const far = new Server(portal.credential, { event: 'both', options: { lookBack: 11 } });
		await near.poll();
		await far.poll();
		update('old');
		expect(given(await near.poll())).toEqual([]);
		expect(given(await far.poll())).toEqual(['updated old']);
	});

	it('keeps to one group, and does not bring up the other when that is changed', async () => {
		const server = new Server(portal.credential, { reportGroup: 'fin' });
		await server.poll();
		portal.publications.publish({ id: 'apt', report_group: 'apt' });
		portal.publications.publish({ id: 'fin', report_group: 'fin' });
		expect(given(await server.poll())).toEqual(['new fin']);
		server.change({ reportGroup: 'all' });
		expect(await server.poll()).toEqual([]);
	});

	it('goes on where it was after a restart, also with what it had not stored', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		portal.publications.publish({ id: 'a' });
		expect(given(await server.poll())).toEqual(['new a']);
		await server.poll();
		server.restart();
		expect(await server.poll()).toEqual([]);
		portal.publications.publish({ id: 'while down' });
		server.restart();
		expect(given(await server.poll('trigger', 'init'))).toEqual(['new while down']);
	});

	it('finds after a fault what it would have found before', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		portal.publications.publish({ id: 'a' });
		const before = server.staticData;
		portal.script(/get_list/, { status: 200, body: { status: 'error', status_msg: 'later' } });
		await expect(server.poll()).rejects.toMatchObject({
			name: 'NodeApiError',
			message: "The portal refused the request (status 'error')",
			description: expect.stringMatching(/^The portal says: later\./),
		});
		expect(server.staticData).toBe(before);
		expect(given(await server.poll())).toEqual(['new a']);
	});

	it('repeats a look that broke off', async () => {
		const server = new Server(portal.credential);
		portal.script(/get_list/, { reset: 'midBody' });
		await server.poll();
		expect(portal.requests).toHaveLength(2);
	});

	it('gives a report once when two looks overlap', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		portal.publications.publish({ id: 'a' });
		let open = () => {};
		const until = new Promise<void>((resolve) => (open = resolve));
		portal.script(/get_list/, { until });
		const slow = server.poll();
		const fast = await server.poll();
		open();
		expect(given([...(await slow), ...fast])).toEqual(['new a']);
	});

	it.each([-3, 3])('is not led astray by a portal whose clock is %d days off', async (days) => {
		const server = new Server(portal.credential);
		await server.poll();
		portal.publications.publish({ id: 'a', published: now() + days * DAY });
		expect(given(await server.poll())).toEqual(['new a']);
		portal.publications.publish({ id: 'b', published: now() - days * DAY });
		expect(given(await server.poll())).toEqual(['new b']);
		expect(await server.poll()).toEqual([]);
	});

	it('begins anew with another account', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		const other = await startPortal();
		try {
			other.publications.publish({ id: 'of the other' });
			const before = server.staticData;
			const moved = new Server(other.credential);
			moved['stored'] = JSON.parse(before) as IDataObject;
			moved.restart();
			expect(await moved.poll()).toEqual([]);
			other.publications.publish({ id: 'next' });
			expect(given(await moved.poll())).toEqual(['new next']);
		} finally {
			await other.close();
		}
	});

	it('takes an address with a slash at its end, and a name with a blank, for the same account', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		const before = server.staticData;
		portal.publications.publish({ id: 'a' });
		const moved = new Server({
			...portal.credential,
			baseUrl: `${portal.credential.baseUrl}/`,
			username: `${portal.credential.username} `,
		});
		moved['stored'] = JSON.parse(before) as IDataObject;
		moved.restart();
		expect(given(await moved.poll())).toEqual(['new a']);
	});

	it('goes on from what an earlier version of this package kept', async () => {
		const { baseUrl, username } = portal.credential;
		const account = createHash('sha256')
			.update(JSON.stringify([baseUrl, username]))
			.digest('base64url')
			.slice(0, 22);
		const at = now() - 60;
		const feed = { since: at - 7 * DAY, from: at - 7 * DAY, seen: [['old', at, at]] };
		const server = new Server(portal.credential);
		server['stored'] = { 'node:Trigger': { account, feed } };
		server.restart();
		portal.publications.publish({ id: 'old', published: at });
		portal.publications.publish({ id: 'a' });
		expect(given(await server.poll())).toEqual(['new a']);
	});

	it('says in the log when it begins anew, and only then', async () => {
		const server = new Server(portal.credential);
		const said: string[] = [];
		server.onWarn = (line) => said.push(line);
		await server.poll();
		portal.publications.publish({ id: 'a' });
		await server.poll();
		expect(said).toEqual([]);
		server['stored'] = { 'node:Trigger': { account: 'of another', feed: {} } };
		server.restart();
		expect(await server.poll()).toEqual([]);
		expect(said).toEqual([
			expect.stringMatching(/^Trigger: begins anew.*'Base URL' or 'Username'/),
		]);
	});

	it('keeps little, and nothing of the account', async () => {
		for (let index = 0; index < 300; index++) {
			portal.publications.publish({ id: `r${index}`, published: now() - (index + 8) * DAY });
		}
		const server = new Server(portal.credential, { event: 'both' });
		await server.poll();
		expect(server.staticData.length).toBeLessThan(300);
		expect(server.staticData).not.toContain(portal.username);
		expect(server.staticData).not.toContain('localhost');
	});

	it('lets go of its connection, also after a fault', async () => {
		const server = new Server(portal.credential);
		await server.poll();
		portal.script(/get_list/, { status: 400, body: {} });
		await expect(server.poll()).rejects.toThrow();
		expect(portal.openSockets).toBeGreaterThan(0);
		closeIdleConnections();
		await until(() => portal.openSockets === 0);
	});

	describe('on test', () => {
		it('shows the newest of the group, and keeps nothing', async () => {
			portal.publications.publish({ id: 'newest', published: now() - 5, report_group: 'fin' });
			portal.publications.publish({ id: 'apt', published: now() - 100 });
			portal.publications.publish({ id: 'older', published: now() - 200 });
			const server = new Server(portal.credential, { reportGroup: 'apt' });
			expect(given(await server.poll('manual', 'manual'))).toEqual(['new apt']);
			const run = await server.test();
			expect(given(itemsOf(run, 'Trigger'))).toEqual(['new apt']);
			expect(server.staticData).toBe('{}');
		});

		it.each([
			['new', ['new young']],
			['updated', ['updated old']],
			['both', ['updated old']],
		])('shows a report for the chosen event: %s', async (event, expected) => {
			portal.publications.publish({ id: 'young', published: now() - 100 });
			portal.publications.publish({ id: 'old', published: now() - 200 });
			update('old');
			const server = new Server(portal.credential, { event });
			expect(given(await server.poll('manual', 'manual'))).toEqual(expected);
		});

		it('says when no report was ever changed', async () => {
			portal.publications.publish({ id: 'young', published: now() - 100 });
			const run = await new Server(portal.credential, { event: 'updated' }).test();
			expect(run.data.resultData.error).toMatchObject({
				message: 'The portal lists no report that was changed after it was published to show',
			});
		});

		it('goes back as far as it must', async () => {
			portal.publications.publish({ id: 'ancient', published: now() - 3000 * DAY });
			const server = new Server(portal.credential);
			expect(given(await server.poll('manual', 'manual'))).toEqual(['new ancient']);
			expect(portal.requests).toHaveLength(2);
		});

		it('says when there is none', async () => {
			const run = await new Server(portal.credential).test();
			expect(run.data.resultData.error).toMatchObject({
				name: 'NodeOperationError',
				message: 'The portal lists no report to show',
				description: expect.stringMatching(/switched on all the same/),
			});
		});
	});

	it.each<[string, IDataObject, Record<string, string>, RegExp]>([
		[
			'a wrong option',
			{ options: { lookBack: 0 } },
			{},
			/'Look Back \(Days\)' is 0, not a number of days of 1 or more/,
		],
		['an empty password', {}, { password: '' }, /'Password' is empty in the credential/],
		['a wrong password', {}, { password: 'no' }, /did not accept the user name and password/],
	])('says so in a sentence: %s', async (_name, parameters, credential, message) => {
		const server = new Server({ ...portal.credential, ...credential }, parameters);
		const error: unknown = await server.poll().catch((thrown: unknown) => thrown);
		expect((error as Error).message).toMatch(message);
		expect((error as Error).name).toMatch(/^Node(Api|Operation)Error$/);
		expect(JSON.stringify(error)).not.toContain(portal.password);
	});

	it('is asked whether it may connect where the instance restricts that', async () => {
		const server = new Server(portal.credential);
		const asked: string[] = [];
		const context = new PollContext(
			server['workflow'],
			server['workflow'].getNode('Trigger')!,
			additionalDataFor(server.definition, server['options']),
			'trigger',
			'activate',
		);
		Object.assign(context.helpers, {
			getSecureEgressFilter: () => {
				asked.push('asked');
				return undefined;
			},
		});
		await new KasperskyTipTrigger().poll.call(context);
		expect(asked).toEqual(['asked']);
	});

	it('is a trigger as n8n wants one', () => {
		const { description } = new KasperskyTipTrigger();
		expect(description).toMatchObject({
			name: 'kasperskyTipTrigger',
			displayName: 'Kaspersky TIP Trigger',
			polling: true,
			inputs: [],
			group: ['trigger'],
		});
		expect(description).not.toHaveProperty('usableAsTool');
	});
});
