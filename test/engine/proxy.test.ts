import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONNECT_TIMEOUT_MS } from '../../tip/connection/socket';
import { sharedCertificates, startPortal, startProxy, type Portal, type Proxy } from '../portal';
import { fireWhile, holdTimers } from './heldTimers';
import { channelsOf } from './listsOf';
import { rescanInOwnProcess } from './ownProcess';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy'];

/** Forward proxies from the environment, as n8n's own nodes use them. */
describe('A proxy from the environment', () => {
	const before = VARIABLES.map((name) => [name, process.env[name]] as const);
	let portal: Portal;
	let proxy: Proxy;
	beforeEach(async () => {
		for (const name of VARIABLES) delete process.env[name];
		portal = await startPortal();
		proxy = await startProxy();
	});
	afterEach(async () => {
		await proxy.close();
		await portal.close();
	});
	afterAll(() => {
		for (const [name, value] of before) {
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		}
	});

	const run = (parameters: object = { options: { maxRetries: 0 } }) =>
		runRescan({ credential: portal.credential, parameters: { ...parameters } });
	const port = () => new URL(portal.baseUrl).port;

	it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
		'is taken from %s',
		async (name) => {
			process.env[name] = proxy.url;
			const { items, error } = await run();
			expect(error).toBeUndefined();
			expect(items[0]!.json).toMatchObject({ previous_task_id: 'task-1' });
			expect(proxy.connects).toEqual([
				expect.objectContaining({ target: `localhost:${port()}`, status: 200, tls: true }),
			]);
			expect(proxy.plainRequests).toEqual([]);
		},
	);

	it('carries the lists too', async () => {
		process.env.HTTPS_PROXY = proxy.url;
		portal.lists.channels = ['RU'];
		expect(await channelsOf(portal.credential)).toEqual(['RU']);
		expect(proxy.connects).toHaveLength(1);
	});

	it.each(['localhost', '.localhost,localhost', '*', 'elsewhere, localhost:PORT'])(
		'is passed by with NO_PROXY=%s',
		async (hosts) => {
			process.env.HTTPS_PROXY = proxy.url;
			process.env.NO_PROXY = hosts.replace('PORT', port());
			const { error } = await run();
			expect(error).toBeUndefined();
			expect(await channelsOf(portal.credential)).not.toEqual([]);
			expect(proxy.connects).toEqual([]);
		},
	);

	it('sees neither the password, nor the request, nor the client certificate', async () => {
		process.env.HTTPS_PROXY = proxy.url;
		await run();
		const [connect] = proxy.connects;
		expect(Object.keys(connect!.headers).sort()).toEqual(['connection', 'host']);
		expect(connect!.firstBytes[0]).toBe(0x16);
		expect(connect!.clientSubject).toBe('');
		expect(portal.requests[0]!.clientSubject).toBe(portal.certificates.client.subject);
	});

	it('keeps its tunnels for later requests', async () => {
		process.env.HTTPS_PROXY = proxy.url;
		const { items } = await runRescan({
			credential: portal.credential,
			items: Array.from({ length: 20 }, (_, index) => ({ task: `t${index}` })),
			parameters: { options: { concurrency: 2 } },
		});
		expect(items).toHaveLength(20);
		expect(proxy.connects.length).toBeLessThanOrEqual(4);
	});

	it('is given the name and password of its address', async () => {
		proxy.options.auth = { username: 'us er', password: 'p:ä%&@' };
		process.env.HTTPS_PROXY = proxy.urlWithAuth;
		const { error } = await run();
		expect(error).toBeUndefined();
		expect(portal.requests[0]!.headers).not.toHaveProperty('proxy-authorization');
	});

	it("takes a '%' that nobody encoded for itself", async () => {
		proxy.options.auth = { username: 'user', password: '100%' };
		process.env.HTTPS_PROXY = proxy.url.replace('//', '//user:100%@');
		const { error } = await run();
		expect(error).toBeUndefined();
	});

	it.each([
		[{ auth: { username: 'a', password: 'b' } }, 'proxy.authentication', 1],
		[{ refuseWith: 403 }, 'proxy.refused', 1],
		[{ refuseWith: 502 }, 'proxy.refused', 3],
		[{ route: () => ({ host: '127.0.0.1', port: 1 }) }, 'proxy.refused', 3],
	])('that refuses with %j has its own sentence', async (options, code, connects) => {
		Object.assign(proxy.options, options);
		process.env.HTTPS_PROXY = proxy.url;
		const { error } = await run({ options: { maxRetries: 2 } });
		expect(error!.context).toMatchObject({ code, outcome: 'notSent' });
		expect(proxy.connects).toHaveLength(connects);
		expect(portal.connections).toBe(0);
	});

	it.each([
		['without a scheme (P01)', (address: string) => address],
		['with two slashes alone', (address: string) => `//${address}`],
		['in quotes', (address: string) => `"http://${address}"`],
		['in capitals', (address: string) => ` HTTP://${address}/ `],
	])('is taken for what it means %s', async (_name, write) => {
		process.env.HTTPS_PROXY = write(`127.0.0.1:${proxy.port}`);
		const { error } = await run();
		expect(error).toBeUndefined();
		expect(proxy.connects).toHaveLength(1);
	});

	it('has a name and password without a scheme, too', async () => {
		proxy.options.auth = { username: 'user', password: 'pass' };
		process.env.HTTPS_PROXY = `user:pass@127.0.0.1:${proxy.port}`;
		expect((await run()).error).toBeUndefined();
	});

	it.each([
		'http://user:p@ss#word@HOST',
		'http://user:s3cret#s3cret@HOST',
		'http://user:12#s3cret@HOST',
		'http://user:s3cret/x@HOST',
		'http://user:s3cret?x@HOST',
		'http://user:s3cret@x@HOST',
		'http://DOMAIN\\user:s3cret@HOST',
		'https://user:s3cret\\x@HOST',
		'user:s3cret#x@HOST',
		'DOMAIN\\user:s3cret@HOST',
	])('is asked to be percent-encoded: %s (P03)', async (address) => {
		process.env.HTTPS_PROXY = address.replace('HOST', `127.0.0.1:${proxy.port}`);
		const { error } = await run();
		expect(error!.context).toMatchObject({ code: 'proxy.notEncoded', outcome: 'notSent' });
		expect(error!.description).toMatch(/^Percent-encode it/);
		expect(JSON.stringify(error)).not.toMatch(/s3cret|p@ss|DOMAIN/);
		expect(proxy.connects).toEqual([]);
		expect(portal.connections).toBe(0);
	});

	it('that is not there has its own sentence', async () => {
		process.env.HTTPS_PROXY = 'http://127.0.0.1:1';
		const { error } = await run();
		expect(error!.context).toMatchObject({ code: 'proxy.unreachable', outcome: 'notSent' });
		expect(error!.message).toContain('it refused the connection');
	});

	it.each([
		'socks5://user:secret@127.0.0.1:1080',
		'http:/127.0.0.1:1080',
		'http;//127.0.0.1:1080/secret',
	])('that is no HTTP proxy is named, and nothing goes past it: %s', async (address) => {
		process.env.HTTPS_PROXY = address;
		const { error } = await run();
		expect(error!.context).toMatchObject({ code: 'proxy.unsupported', outcome: 'notSent' });
		expect(JSON.stringify(error)).not.toContain('secret');
		expect(portal.connections).toBe(0);
	});

	/** One time for all of it: the proxy, TLS, and the portal's word on the certificate. */
	it.each([
		['connect', 'proxy.unreachable'],
		['tunnel', 'network.connectTimeout'],
	] as const)('that stalls (%s) does not hold the run', async (stall, code) => {
		proxy.options.stall = stall;
		process.env.HTTPS_PROXY = proxy.url;
		const timers = holdTimers(CONNECT_TIMEOUT_MS);
		const running = run({ options: { maxRetries: 0, timeout: 3000 } });
		await fireWhile(running, timers, () => proxy.connects.length === 1);
		timers.release();
		const { error } = await running;
		expect(error!.context).toMatchObject({ code, outcome: 'notSent' });
		expect(timers.waiting).toBe(0);
	});

	/** RFC 9110 9.3.6: any 2xx opens the tunnel; 1xx before it is passed over. */
	describe('with an answer to CONNECT', () => {
		let odd: Server;
		let answer: string[] = [];
		beforeEach(async () => {
			odd = createServer((client) => {
				client.on('error', () => undefined);
				client.once('data', () => {
					const target = connect(Number(port()), '127.0.0.1').on('error', () => client.destroy());
					client.once('close', () => target.destroy());
					for (const piece of answer) client.write(piece);
					client.pipe(target).pipe(client);
				});
			}).listen(0, '127.0.0.1');
			await once(odd, 'listening');
			process.env.HTTPS_PROXY = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
		});
		afterEach(() => odd.close());

		it.each([
			['200 without a word', ['HTTP/1.1 200\r\n\r\n']],
			['of an older version', ['HTTP/1.0 200 Connection established\r\n\r\n']],
			['with bare line ends', ['HTTP/1.1 200 OK\nVia: x\n\n']],
			['202', ['HTTP/1.1 202 Accepted\r\n\r\n']],
			['299 with a length', ['HTTP/1.1 299 Fine\r\nContent-Length: 5\r\n\r\n']],
			['chunked', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n']],
			['after 100', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n']],
			[
				'after others, in pieces',
				[
					...'HTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
				],
			],
		])('opens the tunnel: %s', async (_name, pieces) => {
			answer = pieces;
			const { error } = await run();
			expect(error).toBeUndefined();
			expect(portal.rescans()).toHaveLength(1);
		});

		it.each([
			['101', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 'proxy.refused', /answered 101/],
			['302', 'HTTP/1.1 302 Found\r\nLocation: http://x\r\n\r\n', 'proxy.refused', /answered 302/],
			['something else', 'SSH-2.0-OpenSSH_9.6\r\n', 'proxy.unreachable', /not HTTP/],
			['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'proxy.unreachable', /not HTTP/],
			[
				'a head without end',
				`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`,
				'proxy.unreachable',
				/not HTTP/,
			],
		])('does not: %s', async (_name, text, code, message) => {
			answer = [text];
			const { error } = await run();
			expect(error!.context).toMatchObject({ code, outcome: 'notSent' });
			expect(error!.message).toMatch(message);
			expect(portal.requests).toHaveLength(0);
		});
	});

	it('lets go of its tunnels when the run is cancelled', async () => {
		// None is given up for the time it takes.
		const patience = holdTimers(CONNECT_TIMEOUT_MS);
		portal.onConnection('stallHandshake');
		process.env.HTTPS_PROXY = proxy.url;
		let cancel = () => {};
		const running = runRescan({
			credential: portal.credential,
			onStart: (stop) => (cancel = stop),
		});
		const other = await startPortal();
		other.onConnection('stallHandshake');
		let cancelOther = () => {};
		const runningOther = runRescan({
			credential: other.credential,
			parameters: { options: { maxRetries: 9 } },
			onStart: (stop) => (cancelOther = stop),
		});
		await until(() => portal.openSockets === 1 && other.openSockets === 1);
		cancel();
		expect((await running).error!.context).toMatchObject({ notSent: [0] });
		await until(() => portal.openSockets === 0);
		expect(other.openSockets).toBe(1);
		cancelOther();
		await runningOther;
		await until(() => proxy.openSockets === 0);
		await other.close();
		patience.release();
	});

	it('cuts a tunnel: what was written is unknown', async () => {
		proxy.options.cutAfterBytes = 3000;
		process.env.HTTPS_PROXY = proxy.url;
		portal.script('task-1', { flood: 100_000 });
		const { error } = await run({ options: { maxRetries: 3 } });
		expect(error!.context).toMatchObject({ code: 'network.brokenOff', outcome: 'unknown' });
		expect(portal.rescans()).toHaveLength(1);
	});

	it('over TLS is shown no client certificate either', async () => {
		const certificates = await sharedCertificates();
		const secure = await startProxy({ secure: certificates });
		const folder = mkdtempSync(join(tmpdir(), 'tip-proxy-'));
		try {
			// Its certificate has to be trusted from the start of the process.
			writeFileSync(join(folder, 'ca.pem'), certificates.caPem);
			const output = await rescanInOwnProcess(portal.credential, {
				HTTPS_PROXY: secure.url,
				NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
			});

			expect(output).toContain('"previous_task_id":"task-1"');
			expect(secure.connects).toEqual([expect.objectContaining({ tls: true, clientSubject: '' })]);
			expect(portal.requests[0]!.clientSubject).toBe(portal.certificates.client.subject);
		} finally {
			await secure.close();
			rmSync(folder, { recursive: true });
		}
	});
});
