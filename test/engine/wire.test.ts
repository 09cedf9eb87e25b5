import { startPortal, type Portal } from '../portal';
import { runRescan } from './rescanWorkflow';

/** What goes over the wire, exactly (docs/operations.md, "Sandbox → Rescan"). */
describe('A rescan on the wire', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	const only = () => {
		expect(portal.requests).toHaveLength(1);
		return portal.requests[0]!;
	};

	it.each([
		['sandbox', '/api/sandbox/tasks/file_from_url/task-1'],
		['tae', '/api/attribution/tasks/file_from_url/task-1'],
	])('is a PUT without a body for %s', async (resource, path) => {
		const { items, error } = await runRescan({
			credential: portal.credential,
			parameters: { resource },
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		const request = only();
		expect(request).toMatchObject({ method: 'PUT', path, rawQuery: '', bodyBytes: 0 });
		expect(request.headers).toMatchObject({
			'content-length': '0',
			accept: 'application/json',
			'user-agent': expect.stringMatching(/^n8n-nodes-kaspersky-tip\/\d+\.\d+\.\d+$/),
		});
		expect(request.headers).not.toHaveProperty('transfer-encoding');
		expect(request.headers).not.toHaveProperty('content-type');
	});

	it('carries Basic in UTF-8 and the client certificate', async () => {
		await runRescan({ credential: portal.credential });

		const { headers, clientSubject, authorized } = only();
		const [scheme, token] = String(headers.authorization).split(' ');
		expect(scheme).toBe('Basic');
		expect(Buffer.from(token!, 'base64').toString('utf8')).toBe(
			`${portal.username}:${portal.password}`,
		);
		expect(portal.password).toMatch(/:/);
		expect(portal.password).toMatch(/[^ -~]/);
		expect(clientSubject).toBe(portal.certificates.client.subject);
		expect(authorized).toBe(true);
	});

	it('sends only what was added, booleans as words', async () => {
		await runRescan({
			credential: portal.credential,
			parameters: {
				additionalFields: { exec_time: 60, decrypt_https: false, click_on_links: true },
			},
		});
		expect(only().query).toEqual({
			exec_time: '60',
			decrypt_https: 'false',
			click_on_links: 'true',
		});
	});

	it('percent-encodes by RFC 3986 and keeps the case', async () => {
		const cmdLine = `$sample /x "a b" +1 100% %TEMP% ünï (1)*!'~`;
		await runRescan({
			credential: portal.credential,
			parameters: { additionalFields: { cmd_line: cmdLine } },
		});
		const { rawQuery, query } = only();
		expect(query.cmd_line).toBe(cmdLine);
		expect(rawQuery).toBe(
			'cmd_line=%24sample%20%2Fx%20%22a%20b%22%20%2B1%20100%25%20%25TEMP%25%20%C3%BCn%C3%AF%20%281%29%2A%21%27~',
		);
	});

	it('makes the task id one path segment', async () => {
		await runRescan({ credential: portal.credential, items: [{ task: '  ../a/b?c=d#e %2f ü ' }] });
		expect(only()).toMatchObject({
			path: '/api/sandbox/tasks/file_from_url/..%2Fa%2Fb%3Fc%3Dd%23e%20%252f%20%C3%BC',
			rawQuery: '',
		});
	});

	it('takes a resource locator, by list or by name, and a plain string', async () => {
		const channel = (portal.lists.channels as string[] | undefined) ?? [];
		expect(channel).toBeDefined();
		for (const value of [
			{ __rl: true, mode: 'list', value: 'RU', cachedResultName: 'Russia' },
			{ __rl: true, mode: 'name', value: 'RU' },
			'RU',
		]) {
			portal.script(/./, { status: 200, body: {} });
			await runRescan({
				credential: portal.credential,
				parameters: { additionalFields: { channel: value } },
			});
		}
		expect(portal.requests.map(({ rawQuery }) => rawQuery)).toEqual([
			'channel=RU',
			'channel=RU',
			'channel=RU',
		]);
	});

	it('honours a path prefix and a trailing slash in the base URL', async () => {
		const behindGateway = await startPortal({ pathPrefix: '/gateway/tip' });
		try {
			const { error } = await runRescan({
				credential: { ...behindGateway.credential, baseUrl: `${behindGateway.baseUrl}/` },
			});
			expect(error).toBeUndefined();
			expect(behindGateway.requests[0]!.path).toBe(
				'/gateway/tip/api/sandbox/tasks/file_from_url/task-1',
			);
		} finally {
			await behindGateway.close();
		}
	});

	it('gives one item out for each item in, in order and paired, over few connections', async () => {
		const tasks = Array.from({ length: 40 }, (_, index) => ({ task: `task-${index}` }));
		portal.script(/task-0$/, { delayMs: 50 });
		const { items } = await runRescan({
			credential: portal.credential,
			items: tasks,
			parameters: { options: { concurrency: 4 } },
		});

		expect(items).toHaveLength(40);
		items.forEach((item, index) => {
			expect(item.pairedItem).toEqual({ item: index });
			expect(JSON.stringify(item.json)).toContain(`task-${index}`);
		});
		expect(portal.rescans()).toHaveLength(40);
		expect(portal.peakInFlight).toBeLessThanOrEqual(4);
		expect(portal.handshakes).toBeLessThanOrEqual(8);
	});
});
