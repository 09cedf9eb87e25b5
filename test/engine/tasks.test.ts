import { startPortal, type Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode } from './engine';
import { fireWhile, holdTimers } from './heldTimers';
import { fromSources, NODE_NAME, runRescan, tipNode } from './rescanWorkflow';

/** What the node does with tasks besides rescanning a file from a web address. */
let portal: Portal;
beforeAll(async () => {
	portal = await startPortal();
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

describe('Rescan of an uploaded file', () => {
	it.each([
		['sandbox', '/api/sandbox/tasks/file/task-1'],
		['tae', '/api/attribution/tasks/file/task-1'],
	])('has an address of its own (%s)', async (resource, path) => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: {
				resource,
				taskSource: 'file',
				additionalFields: { file_name: 'счёт 請求書 ü' },
			},
		});
		expect(error).toBeUndefined();
		expect(portal.rescans()).toHaveLength(1);
		expect(portal.rescans()[0]).toMatchObject({
			method: 'PUT',
			path,
			query: { file_name: 'счёт 請求書 ü' },
			bodyBytes: 0,
		});
	});

	it.each([
		['with an extension', 'invoice.docx', /ends with the extension '\.docx'/, /Write 'invoice'/],
		[
			'too long',
			'x'.repeat(241),
			/has 241 characters, more than the 240/,
			/240 characters or fewer/,
		],
	])('refuses a name %s', async (_name, file_name, message, advice) => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { taskSource: 'file', additionalFields: { file_name } },
		});
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(advice);
		expect(portal.requests).toHaveLength(0);
	});

	it.each([['report v1.2 final'], ['.hidden'], ['x'.repeat(240)]])(
		'takes the name %s',
		async (file_name) => {
			await runRescan({
				credential: portal.credential,
				parameters: { taskSource: 'file', additionalFields: { file_name } },
			});
			expect(portal.requests[0]!.query).toEqual({ file_name });
		},
	);

	it('leaves out what belongs to the other source', async () => {
		const both = {
			url: 'https://files.example.com/a',
			file_ext: 'exe',
			file_name: 'a',
			exec_time: 60,
		};
		await runRescan({
			credential: portal.credential,
			parameters: { taskSource: 'file', additionalFields: both },
		});
		await runRescan({
			credential: portal.credential,
			parameters: { taskSource: 'fileFromUrl', additionalFields: both },
		});
		expect(portal.requests.map(({ query }) => Object.keys(query).sort())).toEqual([
			['exec_time', 'file_name'],
			['exec_time', 'file_ext', 'url'],
		]);
	});

	it('refuses a source that an expression made up', async () => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { taskSource: '={{ "url" }}' },
		});
		expect(error?.message).toMatch(/'Task Source' is 'url', which is not one of its values/);
		expect(portal.requests).toHaveLength(0);
	});
});

describe('Delete Task', () => {
	const TIMEOUT_S = 3000;
	const remove = (task: string, parameters = {}, settings = {}) =>
		runRescan({
			credential: portal.credential,
			items: [{ task }],
			settings,
			parameters: {
				operation: 'deleteTask',
				...parameters,
				options: { maxRetries: 1, timeout: TIMEOUT_S },
			},
		});

	it.each([
		[undefined, '/api/sandbox/tasks/file_from_url/task-1'],
		['file', '/api/sandbox/tasks/file/task-1'],
	])('source %s', async (taskSource, path) => {
		const { items } = await remove(' task-1 ', taskSource ? { taskSource } : {});
		expect(items).toEqual([
			{ json: { deleted: true, task_id: 'task-1' }, pairedItem: { item: 0 } },
		]);
		expect(portal.requests).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			method: 'DELETE',
			path,
			rawQuery: '',
			bodyBytes: 0,
		});
	});

	it('says so when there is no such task', async () => {
		const { error } = await remove('missing-1');
		expect(error?.message).toMatch(/can't delete task 'missing-1' \(404\)/);
		expect(error?.description).toMatch(/may be gone already/);
	});

	it.each([
		['a reset', { reset: 'beforeAnswer' as const }],
		['no answer', { never: true as const }],
		['a bad gateway', { status: 502, body: {} }],
	])('is repeated after %s, and then takes 404 for done', async (_name, fault) => {
		// The portal deleted it at the first request, and only the answer was lost.
		portal.script('gone-1', fault, { status: 404, body: {} });
		const timers = holdTimers(TIMEOUT_S * 1000);
		const running = remove('gone-1');
		await fireWhile(running, timers, () => portal.requests[0]?.fault === 'never');
		timers.release();
		const { items, error } = await running;
		expect(error).toBeUndefined();
		expect(items[0]!.json).toEqual({ deleted: true, task_id: 'gone-1' });
		expect(portal.requests).toHaveLength(2);
	});
});

describe('Delete Task with Retry On Fail', () => {
	it('takes 404 for done when an earlier try may have deleted it', async () => {
		portal.script('gone-2', { reset: 'beforeAnswer' }, { status: 404, body: {} });
		const { items, error } = await runRescan({
			credential: portal.credential,
			items: [{ task: 'gone-2' }],
			parameters: { operation: 'deleteTask', options: { maxRetries: 0 } },
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(error).toBeUndefined();
		expect(items[0]!.json).toEqual({ deleted: true, task_id: 'gone-2' });
		expect(portal.requests).toHaveLength(2);
	});
});

describe('Delete Task after a plain refusal', () => {
	it('does not take 404 for done when nothing can have been deleted', async () => {
		portal.script('never-there', { status: 503, retryAfter: '0' }, { status: 404, body: {} });
		const { error } = await runRescan({
			credential: portal.credential,
			items: [{ task: 'never-there' }],
			parameters: { operation: 'deleteTask', options: { maxRetries: 1 } },
		});
		expect(error?.message).toMatch(/can't delete task 'never-there' \(404\)/);
		expect(portal.requests).toHaveLength(2);
	});
});

describe('Execution options as data', () => {
	it('gives one item for each channel', async () => {
		portal.lists.channels = { channels: [{ code: 'RU', name: 'Russia' }, { code: 'Tarpit' }] };
		const { items } = await runRescan({
			credential: portal.credential,
			parameters: { operation: 'getChannels' },
		});
		expect(items).toEqual([
			{ json: { code: 'RU', name: 'Russia', value: 'RU' }, pairedItem: { item: 0 } },
			{ json: { code: 'Tarpit', name: 'Tarpit', value: 'Tarpit' }, pairedItem: { item: 0 } },
		]);
		expect(portal.requests[0]).toMatchObject({ method: 'GET', path: '/api/sandbox/channels' });
	});

	it('gives one item for each environment', async () => {
		portal.lists.execEnv = ['Win7_x64', 'Win10_x64'];
		const { items } = await runRescan({
			credential: portal.credential,
			parameters: { operation: 'getEnvironments' },
		});
		expect(items.map(({ json }) => json.value)).toEqual(['Win7_x64', 'Win10_x64']);
		expect(portal.requests[0]!.path).toBe('/api/sandbox/exec_env');
	});

	it('does not guess choices from a list in a form it can not read', async () => {
		portal.script(/channels/, { status: 200, body: { total: 3 } });
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { operation: 'getChannels' },
		});
		expect(error!.context).toMatchObject({ code: 'portal.choicesForm', outcome: 'accepted' });
	});
});

describe('With an API token', () => {
	const credentials = { kasperskyTipTokenApi: { id: 'kasperskyTipTokenApi', name: 'Token' } };
	const rescanWithToken = async (resource: string, tokens: Portal) => {
		const node = tipNode({ resource, authentication: 'token', taskId: 'a' }, { credentials });
		const run = await runWorkflow(
			{ nodes: [startNode(), node], connections: chain('Start', NODE_NAME) },
			{
				installed: fromSources,
				credentials: { kasperskyTipTokenApi: tokens.tokenCredential },
				items: [{ json: {} }],
			},
		);
		return {
			items: itemsOf(run, NODE_NAME),
			error: run.data.resultData.error as { message: string; description: string } | undefined,
		};
	};
	let tokens: Portal;
	beforeAll(async () => {
		tokens = await startPortal({ requireClientCertificate: 'http' });
	});
	afterEach(() => tokens.reset());
	afterAll(() => tokens.close());

	it.each(['sandbox', 'tae'])(
		'a rescan on %s runs where the portal takes tokens',
		async (resource) => {
			tokens.tokenOpensTasks = true;
			const { items } = await rescanWithToken(resource, tokens);
			expect(items[0]!.json).toMatchObject({ previous_task_id: 'a' });
			expect(tokens.requests[0]).toMatchObject({ clientSubject: '' });
			expect(tokens.requests[0]!.headers.authorization).toMatch(/^Bearer /);
		},
	);

	it.each(['sandbox', 'tae'])(
		'a refusal on %s names the certificate as the other way',
		async (resource) => {
			const { error } = await rescanWithToken(resource, tokens);
			expect(error!.message).toMatch(/\(403\)/);
			expect(error!.description).toMatch(/certificate/);
		},
	);
});
