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

		const PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>…</body></html>';
		const html = { 'content-type': 'text/html; charset=utf-8' };

		/** A rescan may have been taken, but nobody can say so (A06). */
		it.each<[string, { rawBody: string | Buffer; headers?: Record<string, string> }, RegExp]>([
			['a page (A06)', { rawBody: PAGE, headers: html }, /with a web page \('Sign in'\)/],
			['a page of no type', { rawBody: PAGE }, /with a web page/],
			[
				'a page that claims to be JSON',
				{ rawBody: '<html>', headers: { 'content-type': 'application/json' } },
				/with a web page/,
			],
			['text that claims to be a page', { rawBody: 'started', headers: html }, /with a web page/],
			['XML', { rawBody: '<?xml version="1.0"?><Envelope/>' }, /with XML/],
			['broken JSON', { rawBody: '{"task_id": "x", ' }, /with JSON that is damaged or cut off/],
			['a long text', { rawBody: 'lorem ipsum '.repeat(100) }, /with plain text/],
			['data', { rawBody: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff]) }, /with data that are not/],
			['null', { rawBody: 'null' }, /with a single value/],
			['false', { rawBody: 'false' }, /with a single value/],
			[
				'a refusal in the portal’s own words (A04)',
				{ rawBody: '{"error":"quota-exceeded","description":"No scans left"}' },
				/with a refusal/,
			],
		])('%s is no success, and is not sent again', async (_name, answer, message) => {
			portal.script('task-1', { status: 200, ...answer, repeat: true });
			const { error } = await runRescan({
				credential: portal.credential,
				parameters: { options: { maxRetries: 3 } },
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			});
			expect(error?.message).toMatch(/^The portal answered 200, but with /);
			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(/do not send it again before you have looked the task up/);
			expect(error?.context).toMatchObject({
				outcome: 'accepted',
				code: 'portal.unreadable',
				retryable: false,
				statusCode: 200,
			});
			expect(portal.rescans()).toHaveLength(1);

			portal.reset();
			portal.script('task-1', { status: 200, ...answer });
			const { items } = await run({ onError: 'continueRegularOutput' });
			expect(items).toHaveLength(1);
			expect(items[0]!.json).toMatchObject({ outcome: 'accepted', taskId: 'task-1' });
			expect(items[0]!.json).not.toHaveProperty('data');
		});

		it('what can not be read is shown as far as it helps, and no further', async () => {
			portal.script('task-1', {
				rawBody: `{"task_id": "x", ${portal.password}${' y'.repeat(500)}`,
			});
			const { error } = await run();
			expect(error?.description).toMatch(/The answer begins: \{"task_id": "x", \*\*\* y y.*…$/);
			expect(error!.description!.length).toBeLessThan(400);
			portal.script('task-1', {
				rawBody: '{"error":"quota-exceeded","description":"No scans left"}',
			});
			expect((await run()).error?.description).toMatch(
				/^The portal says: quota-exceeded: No scans left\. /,
			);
		});

		it('an object that names a task is one, whatever else it says', async () => {
			const body = { task_id: 'new', error: 'none', description: 'queued' };
			portal.script('task-1', { status: 200, body });
			expect((await run()).items[0]!.json).toEqual(body);
		});

		/** The same for a question, which is the safer for being asked again by a person. */
		it.each<[string, string, RegExp]>([
			['nothing', '', /with nothing, not with a list of choices/],
			['a page', PAGE, /with a web page \('Sign in'\), not with a list of choices/],
			['plain text', 'OK', /with plain text, not with a list/],
			['a refusal', '{"error":"no","description":"No licence"}', /with a refusal, not with/],
			['broken JSON', '["RU", ', /with JSON that is damaged or cut off/],
		])('%s is no answer to a question', async (_name, rawBody, message) => {
			portal.script(/channels/, { status: 200, rawBody, repeat: true });
			const { error } = await runRescan({
				credential: portal.credential,
				parameters: { operation: 'getChannels', options: { maxRetries: 3 } },
			});
			expect(error?.message).toMatch(message);
			expect(error?.message).toContain(`localhost:${portal.port} answered 200`);
			expect(error?.description).toMatch(/'Base URL'/);
			expect(error?.context).toMatchObject({ code: 'portal.unreadable', outcome: 'accepted' });
			expect(portal.requests).toHaveLength(1);
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

		it.each(['unzip_password', 'doc_password'])(
			'keeps what an answer says although it holds the %s (R01, R02)',
			async (field) => {
				const said = {
					task_id: '5f1234ab-0000-4000-8000-000012340000',
					verdict: 'infected',
					list: ['1234', 'infected', 'is 1234'],
					infected: true,
				};
				for (const password of ['1234', 'infected', 'is']) {
					portal.script('task-1', { status: 200, body: said });
					const { items, error } = await run({}, { [field]: password });
					expect(error).toBeUndefined();
					expect(items[0]!.json).toMatchObject(said);
				}
			},
		);
	});

	const refusals: Array<[number, string, RegExp, RegExp, { retryable: boolean; outcome: string }]> =
		[
			[
				400,
				'invalid-params',
				/did not accept the parameters \(400\)/,
				/^The portal says: invalid-params: said so\. .*No 'URL' was sent.*its own example leaves it out/,
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
			[
				503,
				'service-unavailable',
				/not available.*\(503\)/,
				/later/,
				{ retryable: true, outcome: 'rejected' },
			],
			[
				503,
				'',
				/answered 503; whether it started the rescan is unknown/,
				/not repeated on its own/,
				{ retryable: false, outcome: 'unknown' },
			],
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

	it.each([
		[{ exec_env: 'Win7' }, { error: 'invalid-params', description: 'exec_env is not known' }],
		[{}, { error: 'invalid-params', description: 'file_ext is required' }],
		[{ channel: 'RU' }, { error: 'invalid-params', description: 'No such channel' }],
		[{}, { error: 'too-large-file', description: 'More than 100 MB' }],
	])('nor when the portal names something else: %j, %j', async (fields, body) => {
		portal.script('task-1', { status: 400, body });
		const { error } = await run({}, fields);
		expect(error?.description).not.toMatch(/No 'URL' was sent/);
		const hasListValue = 'exec_env' in fields || 'channel' in fields;
		expect(/case-sensitive/.test(String(error?.description))).toBe(hasListValue);
	});

	it.each([
		['a page', { rawBody: '<html>404</html>' }],
		['the text of another server', { rawBody: '404 page not found' }],
		['the JSON of a gateway', { body: { message: 'no Route matched with those values' } }],
	])(
		'names Base URL for a 404 with %s (R17, A02), and does not wait for the task',
		async (_n, answer) => {
			portal.script('task-1', { status: 404, ...answer, repeat: true });
			const { error } = await runRescan({
				credential: portal.credential,
				parameters: { options: { maxRetries: 3, retryNotReady: true } },
			});
			expect(error?.message).toMatch(/nothing at this address \(404\)/);
			expect(error?.description).toMatch(/'Base URL'/);
			expect(error?.context).toMatchObject({ code: 'portal.notFound', retryable: false });
			expect(portal.requests).toHaveLength(1);
		},
	);

	it.each([301, 302, 303, 304])('takes %d for no proof that nothing was done', async (status) => {
		portal.script('task-1', {
			status,
			headers: { location: 'https://login.example/x', 'retry-after': '0' },
			repeat: true,
		});
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { options: { maxRetries: 3 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(error?.message).toMatch(/never followed; whether it started the rescan is unknown/);
		expect(error?.context).toMatchObject({ code: 'portal.redirect', outcome: 'unknown' });
		expect(portal.requests).toHaveLength(1);
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
		expect(error?.description).toContain('The portal says: invalid-params: pw *** xxx');
		expect(error!.message.length).toBeLessThan(100);
		expect(error!.description!.length).toBeLessThan(1200);
		expect(JSON.stringify(error)).not.toContain('infected-pw');
	});

	it('does not show the markup of a gateway', async () => {
		portal.script('task-1', { status: 502, rawBody: '<html><body>Bad gateway</body></html>' });
		const { error } = await run();
		expect(error?.message).not.toContain('<');
	});
});
