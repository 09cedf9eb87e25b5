import { startPortal, type Portal } from '../portal';
import { runRescan } from './rescanWorkflow';

/** What the portal answers, and what becomes of it. */
describe('Answers of the portal', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	const run = (settings = {}, additionalFields = {}) =>
		runRescan({
			credential: portal.credential,
			settings,
			parameters: { additionalFields, options: { maxRetries: 0 } },
		});

	describe('200', () => {
		it.each<[string, object, object]>([
			[
				'an object is the item',
				{ body: { a: [1, { b: null }], task: 'x' } },
				{ a: [1, { b: null }], task: 'x' },
			],
			['a list goes under data', { body: ['x', 1] }, { data: ['x', 1] }],
			['a JSON text goes under data', { body: 'abc' }, { data: 'abc' }],
			[
				'plain text goes under data',
				{ rawBody: 'started', headers: { 'content-type': 'text/plain' } },
				{ data: 'started' },
			],
			['an empty body says success', { rawBody: '' }, { success: true, task_id: 'task-1' }],
			['blanks are an empty body', { rawBody: ' \n' }, { success: true, task_id: 'task-1' }],
			['a byte order mark is no matter', { rawBody: '\uFEFF{"a":1}' }, { a: 1 }],
		])('%s', async (_name, answer, json) => {
			portal.script('task-1', { status: 200, ...answer });
			const { items, error } = await run();
			expect(error).toBeUndefined();
			expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
		});

		it.each([
			['broken JSON', { rawBody: '{"task_id": "x", ' }],
			[
				'a page that claims to be JSON',
				{ rawBody: '<html>', headers: { 'content-type': 'application/json' } },
			],
		])('%s is reported as accepted, with its beginning', async (_name, answer) => {
			portal.script('task-1', { status: 200, ...answer });
			const { error } = await run();
			expect(error?.message).toMatch(/accepted the request \(200\), but its answer can't be read/);
			expect(error?.description).toContain(answer.rawBody.trim());
			expect(error?.description).toMatch(/do not send it again/);
			expect(error?.context).toMatchObject({ outcome: 'accepted', statusCode: 200 });
		});

		it.each([
			[
				'escaped for ASCII',
				(text: string) =>
					JSON.stringify({ said: text }).replace(
						/[^ -~]/g,
						(c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
					),
			],
			[
				'percent-encoded',
				(text: string) => JSON.stringify({ said: `https://x/?p=${encodeURIComponent(text)}` }),
			],
		])('masks the password of the account, %s', async (_name, quote) => {
			portal.script('task-1', { status: 200, rawBody: quote(portal.password) });
			const { items, error } = await run();
			expect(error).toBeUndefined();
			expect(items[0]!.json.said).toMatch(/\*\*\*$/);
		});

		it('masks a password that the portal quotes back', async () => {
			portal.script('task-1', {
				status: 200,
				body: { used: 'with infected&1', list: ['infected&1'] },
			});
			const { items, run: stored } = await run({}, { unzip_password: 'infected&1' });
			expect(items[0]!.json).toEqual({ used: 'with ***', list: ['***'] });
			expect(JSON.stringify(stored.data.resultData.runData)).not.toContain('infected&1');
		});
	});

	const refusals: Array<[number, string, RegExp, RegExp, { retryable: boolean; outcome: string }]> =
		[
			[
				400,
				'invalid-params',
				/did not accept the parameters \(400\) \(invalid-params: said so\)/,
				/No 'URL' was sent.*its own example leaves it out/,
				{ retryable: false, outcome: 'rejected' },
			],
			[
				401,
				'',
				/user name and password \(401\)/,
				/Terms and Conditions.*browser/,
				{ retryable: false, outcome: 'rejected' },
			],
			[
				403,
				'',
				/does not allow this account.*\(403\)/,
				/API tokens do not work.*FULL or API/,
				{ retryable: false, outcome: 'rejected' },
			],
			[
				404,
				'',
				/can't run task 'task-1' again \(404\)/,
				/run it again later/,
				{ retryable: true, outcome: 'rejected' },
			],
			[
				429,
				'',
				/too many requests \(429\)/,
				/'Requests per Minute'/,
				{ retryable: true, outcome: 'rejected' },
			],
			[
				451,
				'',
				/legal reasons \(451\)/,
				/Technical Account Manager/,
				{ retryable: false, outcome: 'rejected' },
			],
			[
				500,
				'',
				/answered 500.*whether it started the rescan is unknown/,
				/Look the task up/,
				{ retryable: false, outcome: 'unknown' },
			],
			[503, '', /not available.*\(503\)/, /later/, { retryable: true, outcome: 'rejected' }],
			[
				418,
				'',
				/answered 418, which its help does not describe/,
				/report the status/,
				{ retryable: false, outcome: 'rejected' },
			],
		];

	it.each(refusals)('%d', async (status, errorId, message, advice, facts) => {
		const body = errorId === '' ? {} : { error: errorId, description: 'said so' };
		portal.script('task-1', { status, body, repeat: true });

		const { error } = await run();
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(advice);
		expect(error?.httpCode).toBe(String(status));
		expect(error?.context).toMatchObject({ itemIndex: 0, statusCode: status, ...facts });
		expect(error?.name).toBe('NodeApiError');

		const continued = await run({ onError: 'continueRegularOutput' });
		expect(continued.error).toBeUndefined();
		expect(continued.items).toHaveLength(1);
		expect(continued.items[0]).toMatchObject({
			json: {
				error: expect.stringMatching(message),
				description: expect.stringMatching(advice),
				statusCode: status,
				taskId: 'task-1',
				...(errorId !== '' && { errorId, portalDescription: 'said so' }),
				...facts,
			},
			pairedItem: { item: 0 },
		});

		const branched = await run({ onError: 'continueErrorOutput' });
		expect(branched.items).toEqual([]);
		expect(branched.errorItems).toHaveLength(1);
		expect(branched.errorItems[0]!.json).toMatchObject({
			...continued.items[0]!.json,
			task: 'task-1',
		});
		expect(portal.requests).toHaveLength(3);
	});

	it('does not explain the missing URL when there was one', async () => {
		portal.script('task-1', { status: 400, body: {} });
		const { error } = await run({}, { url: 'https://files.example.com/a' });
		expect(error?.description).not.toMatch(/No 'URL' was sent/);
	});

	it('never follows a redirect, and names only the host it points to', async () => {
		const elsewhere = await startPortal();
		try {
			portal.script('task-1', {
				redirect: `${elsewhere.baseUrl}/api/sandbox/tasks/file_from_url/task-1?token=t0ps3cret`,
			});
			const { error } = await run();
			expect(error?.message).toContain(`to localhost:${elsewhere.port}, which is never followed`);
			expect(JSON.stringify(error)).not.toContain('t0ps3cret');
			expect(elsewhere.requests).toHaveLength(0);
		} finally {
			await elsewhere.close();
		}
	});

	it('sends a PUT once even after 401, unlike n8n’s own helper', async () => {
		portal.script('task-1', { status: 401, body: {}, repeat: true });
		await run();
		expect(portal.requests).toHaveLength(1);
	});

	it('keeps the portal’s text short, plain and free of what was secret', async () => {
		portal.script('task-1', {
			status: 400,
			body: { error: 'invalid-params', description: `pw infected-pw\u0000\n${'x'.repeat(2000)}` },
		});
		const { error } = await run({}, { doc_password: 'infected-pw' });
		expect(error?.message).toContain('pw *** xxx');
		expect(error!.message.length).toBeLessThan(700);
		expect(JSON.stringify(error)).not.toContain('infected-pw');
	});

	it('does not show the markup of a gateway', async () => {
		portal.script('task-1', { status: 502, rawBody: '<html><body>Bad gateway</body></html>' });
		const { error } = await run();
		expect(error?.message).not.toContain('<');
	});
});
