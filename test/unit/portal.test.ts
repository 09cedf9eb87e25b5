import { existsSync, statSync } from 'node:fs';
import { request as plainHttpRequest } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';

import {
	createCertificates,
	sharedCertificates,
	startPortal,
	startPortalProcess,
	startProxy,
	type ConnectionFault,
	type Portal,
	type PortalOptions,
	type Proxy,
	type ProxyOptions,
	type Step,
} from '../portal';

const SANDBOX = '/api/sandbox/tasks/file_from_url/';
const TAE = '/api/attribution/tasks/file_from_url/';

interface Reply {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	text: string;
	bytes: number;
	json: Record<string, string>;
}

const open: Array<{ close(): unknown }> = [];
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one.close();
});

async function start(options?: PortalOptions): Promise<Portal> {
	const portal = await startPortal(options);
	open.push(portal);
	return portal;
}

async function proxyWith(options?: ProxyOptions): Promise<Proxy> {
	const proxy = await startProxy(options);
	open.push(proxy);
	return proxy;
}

function agent(): Agent {
	const one = new Agent({ keepAlive: true, maxSockets: 1 });
	open.push({ close: () => one.destroy() });
	return one;
}

const basic = (name: string, password: string) =>
	`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

interface Ask extends RequestOptions {
	body?: string;
	/** Read no more of the body than this and hang up. */
	readAtMost?: number;
	/** Read the first bytes and then no more, without hanging up. */
	stopReading?: boolean;
}

/** One request with everything right, unless `ask` says otherwise. */
function call(portal: Portal, method: string, path: string, ask: Ask = {}): Promise<Reply> {
	const { body, readAtMost = Infinity, stopReading = false, headers, ...rest } = ask;
	const { client, caPem } = portal.certificates;
	return new Promise((resolve, reject) => {
		const request = httpsRequest(
			`${portal.baseUrl}${path}`,
			{
				method,
				ca: caPem,
				cert: client.certificatePem,
				key: client.keyPem,
				agent: false,
				headers: {
					authorization: basic(portal.username, portal.password),
					...(method === 'PUT' && body === undefined ? { 'content-length': '0' } : {}),
					...headers,
				},
				...rest,
			},
			(response) => {
				const parts: Buffer[] = [];
				let bytes = 0;
				response.on('error', reject);
				response.on('data', (part: Buffer) => {
					bytes += part.length;
					if (bytes < 1_000_000) parts.push(part);
					if (stopReading) response.pause();
					if (bytes >= readAtMost) request.destroy(new Error('enough'));
				});
				response.on('end', () => {
					const text = Buffer.concat(parts).toString('utf8');
					let json: Reply['json'];
					try {
						json = JSON.parse(text) as Reply['json'];
					} catch {
						json = {};
					}
					const { statusCode = 0, headers: received } = response;
					resolve({ status: statusCode, headers: received, text, bytes, json });
				});
			},
		);
		request.on('error', reject);
		request.end(body);
	});
}

const rescan = (portal: Portal, task = 'T1', query = '', ask: Ask = {}, path = SANDBOX) =>
	call(portal, 'PUT', `${path}${task}${query}`, ask);

const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });

async function until(condition: () => boolean, ms = 3_000): Promise<void> {
	const end = Date.now() + ms;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${condition}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

describe('who may come in', () => {
	it('lets a client with the right certificate and password through, and records what came', async () => {
		const portal = await start();
		const reply = await rescan(portal, 'a%20b', '?url=https%3A%2F%2Fexample.org%2Fx%3Fy%3D1%26z');
		expect(reply.status).toBe(200);
		expect(portal.requests).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			method: 'PUT',
			path: `${SANDBOX}a%20b`,
			rawQuery: 'url=https%3A%2F%2Fexample.org%2Fx%3Fy%3D1%26z',
			query: { url: 'https://example.org/x?y=1&z' },
			taskId: 'a b',
			engine: 'sandbox',
			bodyBytes: 0,
			complete: true,
			accepted: true,
			status: 200,
			authorized: true,
			clientSubject: 'CN=tip-analyst',
		});
		expect(portal.requests[0]?.headers['content-length']).toBe('0');
		expect(portal.requests[0]?.rawHeaders).toContain('content-length');
		expect(portal.requests[0]?.newTaskId).toBe(reply.json.task_id);
		expect(portal.credential.password).toMatch(/:.*[^\x20-\x7e]/);
		expect(portal.credential.certificate).toContain('PRIVATE KEY');
	});

	it('refuses TLS to a client without a certificate', async () => {
		const portal = await start();
		await expect(rescan(portal, 'T1', '', { cert: undefined, key: undefined })).rejects.toThrow(
			/certificate required/i,
		);
		expect(portal.requests).toHaveLength(0);
		expect(portal.tlsErrors).toHaveLength(1);
		expect(portal.handshakes).toBe(0);
	});

	it('refuses TLS to a certificate of another authority, and to one out of date', async () => {
		const portal = await start();
		const { issueClient } = portal.certificates;
		for (const wrong of [
			await issueClient({ signedByOtherCa: true }),
			await issueClient({ notBefore: new Date(1e12), notAfter: new Date(1.1e12) }),
		]) {
			await expect(
				rescan(portal, 'T1', '', { cert: wrong.certificatePem, key: wrong.keyPem }),
			).rejects.toThrow();
		}
		expect(portal.requests).toHaveLength(0);
	});

	it.each(['ec', 'rsa', 'ed25519'] as const)(
		'accepts an issued %s certificate',
		async (keyType) => {
			const portal = await start();
			const issued = await portal.certificates.issueClient({
				commonName: `the ${keyType}`,
				keyType,
			});
			const reply = await rescan(portal, 'T1', '', {
				cert: issued.combinedPem,
				key: issued.combinedPem,
			});
			expect(reply.status).toBe(200);
			expect(portal.requests[0]?.clientSubject).toBe(issued.subject);
			expect(issued.subject).toBe(`CN=the ${keyType}`);
		},
	);

	it('encrypts a key on request', async () => {
		const portal = await start();
		const issued = await portal.certificates.issueClient({ passphrase: 'open sesame' });
		const pair = { cert: issued.certificatePem, key: issued.keyPem };
		await expect(rescan(portal, 'T1', '', pair)).rejects.toThrow();
		expect((await rescan(portal, 'T1', '', { ...pair, passphrase: 'open sesame' })).status).toBe(
			200,
		);
	});

	it('answers 403 over HTTP, or lets anyone in, when told to', async () => {
		const nobody = { cert: undefined, key: undefined };
		const strict = await start({ requireClientCertificate: 'http' });
		const refused = await rescan(strict, 'T1', '', nobody);
		expect(refused.status).toBe(403);
		expect(refused.json.description).toMatch(/certificate/);
		expect((await rescan(strict)).status).toBe(200);
		const lax = await start({ requireClientCertificate: false });
		expect((await rescan(lax, 'T1', '', nobody)).status).toBe(200);
		expect(lax.requests[0]).toMatchObject({ authorized: false, clientSubject: '' });
	});

	it('has a server certificate for localhost and 127.0.0.1 and no other name', async () => {
		const portal = await start();
		expect((await rescan(portal, 'T1', '', { host: '127.0.0.1' })).status).toBe(200);
		await expect(rescan(portal, 'T1', '', { servername: 'tip.example' })).rejects.toThrow(
			/altnames/i,
		);
		await expect(rescan(portal, 'T1', '', { ca: portal.certificates.otherCaPem })).rejects.toThrow(
			/certificate/,
		);
	});

	it('checks name and password, and refuses tokens', async () => {
		const portal = await start();
		const with_ = (authorization: string) =>
			rescan(portal, 'T1', '', { headers: { authorization } });
		const { username, password } = portal;
		for (const wrong of [
			basic(username, `${password}x`),
			basic(username, password.split(':')[0] ?? ''),
			`Basic ${Buffer.from(`${username}:${password}`, 'latin1').toString('base64')}`,
			basic('toString', 'x'),
			'Basic',
		]) {
			const reply = await with_(wrong);
			expect([wrong, reply.status]).toEqual([wrong, 401]);
			expect(Object.keys(reply.json)).toEqual(['error', 'description']);
		}
		const token = await with_('Bearer abc');
		expect([token.status, token.json.description]).toEqual([
			403,
			expect.stringMatching(/API token/),
		]);
		expect((await with_(basic(username, password).replace('Basic', 'basic'))).status).toBe(200);
		expect(portal.requests.map((request) => request.accepted)).toEqual([
			...Array.from({ length: 6 }, () => false),
			true,
		]);
	});

	it('knows the users it is given', async () => {
		const portal = await start({ users: { anna: 'a', boris: 'b' } });
		expect(portal.credential).toMatchObject({ username: 'anna', password: 'a' });
		const as = (name: string, password: string) =>
			rescan(portal, 'T', '', { headers: { authorization: basic(name, password) } });
		expect((await as('boris', 'b')).status).toBe(200);
		expect((await as('boris', 'a')).status).toBe(401);
	});
});

describe('what a rescan may say', () => {
	const good: Array<[string, string]> = [
		[SANDBOX, ''],
		[
			SANDBOX,
			'?url=http%3A%2F%2Fe.org%2F&exec_env=Win10_x64&exec_time=30&file_ext=1234567890&processing_type=unzip-and-exec' +
				'&unzip_password=%D0%BF%2B%20%25&decrypt_https=true&click_on_links=false&channel=DE&doc_password=x&cmd_line=%24sample',
		],
		[SANDBOX, '?exec_time=500'],
		[SANDBOX, '?unzip_password=x'],
		[TAE, ''],
		[TAE, '?url=http%3A%2F%2Fe.org%2F&reset_similarity_thresholds=true&unpack=false&file_ext=exe'],
	];
	it.each(good)('accepts %s%s', async (path, query) => {
		const portal = await start();
		const reply = await rescan(portal, 'T1', query, {}, path);
		expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('task_id')]);
	});

	const bad: Array<[string, string, RegExp]> = [
		[SANDBOX, '?nonsense=1', /Unknown parameter: nonsense/],
		[SANDBOX, '?unpack=true', /Unknown parameter: unpack/],
		[SANDBOX, '?constructor=1', /Unknown parameter/],
		[TAE, '?exec_env=Win10_x64', /Unknown parameter: exec_env/],
		[TAE, '?cmd_line=x', /Unknown parameter: cmd_line/],
		[SANDBOX, '?exec_time=29', /exec_time/],
		[SANDBOX, '?exec_time=501', /exec_time/],
		[SANDBOX, '?exec_time=60.5', /exec_time/],
		[SANDBOX, '?file_ext=.exe', /without the dot/],
		[SANDBOX, '?file_ext=12345678901', /10 symbols/],
		[TAE, '?file_ext=12345678901', /10 symbols/],
		[SANDBOX, '?processing_type=unzip', /processing_type/],
		[TAE, '?unzip_password=x&processing_type=exec-only', /unzip_password/],
		[SANDBOX, '?decrypt_https=True', /decrypt_https/],
		[SANDBOX, '?click_on_links=1', /click_on_links/],
		[TAE, '?unpack=yes', /unpack/],
		[SANDBOX, '?channel=de', /channel/],
		[SANDBOX, '?exec_env=win10_x64', /exec_env/],
		[SANDBOX, '?url=example.org', /url/],
		[SANDBOX, '?doc_password=', /empty/],
		[SANDBOX, '?exec_time=60&exec_time=60', /more than once/],
		[SANDBOX, '?cmd_line=%zz', /percent-encoding/],
	];
	it.each(bad)('refuses %s%s', async (path, query, why) => {
		const portal = await start();
		const reply = await rescan(portal, 'T1', query, {}, path);
		expect(reply.status).toBe(400);
		expect(reply.json).toEqual({
			error: 'invalid-params',
			description: expect.stringMatching(why),
		});
		expect(portal.requests[0]).toMatchObject({ accepted: false, status: 400 });
	});

	it('shortens a long cmd_line without a word, as documented', async () => {
		const portal = await start();
		expect((await rescan(portal, 'T1', `?cmd_line=${'x'.repeat(1025)}`)).status).toBe(200);
		expect((await rescan(portal, 'T1', `?cmd_line=${'x'.repeat(1024)}`)).status).toBe(200);
		expect(portal.requests.map(({ shortened }) => shortened)).toEqual([['cmd_line'], undefined]);
	});

	it('reads + as a space', async () => {
		const portal = await start();
		await rescan(portal, 'T1', '?cmd_line=a+b%2Bc');
		expect(portal.requests[0]?.query).toEqual({ cmd_line: 'a b+c' });
	});

	it('wants Content-Length: 0 and nothing else', async () => {
		const portal = await start();
		const body = await rescan(portal, 'T1', '', {
			body: 'hello',
			headers: { 'content-length': '5' },
		});
		const chunked = await rescan(portal, 'T2', '', {
			body: 'hello',
			headers: { 'transfer-encoding': 'chunked' },
		});
		const none = await raw(portal, `PUT ${SANDBOX}T3 HTTP/1.1\r\nHost: x\r\n`);
		expect([body.status, chunked.status, /^HTTP\/1.1 (\d+)/.exec(none)?.[1]]).toEqual([
			400,
			400,
			'411',
		]);
		expect(portal.requests.map(({ bodyBytes }) => bodyBytes)).toEqual([5, 5, 0]);
		expect(portal.requests.map(({ accepted }) => accepted)).toEqual([false, false, false]);
	});

	it('counts only rescans that arrived whole', async () => {
		const portal = await start();
		await call(portal, 'GET', '/api/sandbox/channels');
		await rescan(portal, 'T1');
		await rescan(portal, 'T2', '', {}, TAE);
		await raw(portal, `PUT ${SANDBOX}T3 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n`, 'he');
		await until(() => portal.requests.length === 4);
		expect(portal.requests[3]).toMatchObject({ complete: false, bodyBytes: 2 });
		expect(portal.rescans().map(({ taskId, engine }) => [taskId, engine])).toEqual([
			['T1', 'sandbox'],
			['T2', 'attribution'],
		]);
	});

	it('knows every task but those whose name says otherwise', async () => {
		const portal = await start();
		const status = async (task: string) => (await rescan(portal, task)).status;
		expect(await status('anything')).toBe(200);
		expect(await status('missing-1')).toBe(404);
		expect(await status('legal-1')).toBe(451);
		expect(await status('forbidden-1')).toBe(403);
		portal.tasks.set('anything', 404);
		portal.tasks.set('missing-1', 200);
		expect(await status('anything')).toBe(404);
		expect(await status('missing-1')).toBe(200);
		portal.tasks.onlyThese = true;
		expect(await status('else')).toBe(404);
		portal.reset();
		expect(await status('else')).toBe(200);
	});

	it('gives every accepted rescan an id of its own', async () => {
		const portal = await start();
		const ids = await Promise.all([1, 2, 3].map(async () => (await rescan(portal)).json.task_id));
		expect(new Set(ids).size).toBe(3);
	});
});

/** Sends bytes over TLS by hand, with Authorization added, and answers with all that comes back. */
function raw(portal: Portal, head: string, rest = ''): Promise<string> {
	const { client, caPem } = portal.certificates;
	return new Promise((resolve, reject) => {
		const socket = tlsConnect(
			{
				port: portal.port,
				host: '127.0.0.1',
				servername: 'localhost',
				ca: caPem,
				cert: client.certificatePem,
				key: client.keyPem,
			},
			() => {
				socket.write(
					`${head}Authorization: ${basic(portal.username, portal.password)}\r\n\r\n${rest}`,
				);
				setTimeout(() => socket.end(), 100);
			},
		);
		let text = '';
		socket.on('data', (part) => (text += part.toString()));
		socket.on('error', reject);
		socket.on('close', () => resolve(text));
	});
}

describe('paths', () => {
	it('serves the two lists, in any shape a test wants', async () => {
		const portal = await start();
		const get = async (what: string) => (await call(portal, 'GET', `/api/sandbox/${what}`)).json;
		expect(JSON.stringify(await get('channels'))).toContain('"DE"');
		expect(JSON.stringify(await get('exec_env'))).toContain('Win10_x64');
		portal.lists.channels = { regions: { Мир: ['Ω'] } };
		expect(await get('channels')).toEqual({ regions: { Мир: ['Ω'] } });
		expect((await rescan(portal, 'T', '?channel=%CE%A9')).status).toBe(200);
		expect((await rescan(portal, 'T', '?channel=DE')).status).toBe(400);
		portal.reset();
		expect((await rescan(portal, 'T', '?channel=DE')).status).toBe(200);
	});

	it('knows no other path and no other method', async () => {
		const portal = await start();
		expect((await call(portal, 'GET', '/api/nothing')).status).toBe(404);
		expect((await call(portal, 'PUT', `${SANDBOX}a/b`)).status).toBe(404);
		expect((await call(portal, 'PUT', SANDBOX)).status).toBe(404);
		expect((await call(portal, 'POST', `${SANDBOX}a`)).status).toBe(405);
	});

	it('lives under a prefix', async () => {
		const portal = await start({ pathPrefix: '/gateway/tip/' });
		expect(new URL(portal.baseUrl).pathname).toBe('/gateway/tip');
		expect((await rescan(portal)).status).toBe(200);
		const root = { path: `${SANDBOX}T1` };
		expect((await rescan(portal, 'T1', '', root)).status).toBe(404);
	});
});

describe('connections', () => {
	it('keeps them, counts handshakes, and gives each a number', async () => {
		const portal = await start();
		const one = agent();
		for (const task of ['A', 'B', 'C']) await rescan(portal, task, '', { agent: one });
		expect([portal.handshakes, portal.connections, portal.openSockets]).toEqual([1, 1, 1]);
		await rescan(portal, 'D');
		expect(portal.handshakes).toBe(2);
		const [a, b, c, d] = portal.requests.map(({ socketId }) => socketId);
		expect([b, c]).toEqual([a, a]);
		expect(d).not.toBe(a);
		one.destroy();
		await until(() => portal.openSockets === 0);
	});

	it('closes idle ones after keepAliveTimeoutMs, or when told', async () => {
		const portal = await start({ keepAliveTimeoutMs: 50 });
		await rescan(portal, 'A', '', { agent: agent() });
		expect(portal.openSockets).toBe(1);
		await until(() => portal.openSockets === 0);
		const patient = await start();
		await rescan(patient, 'A', '', { agent: agent() });
		patient.dropConnections('reset');
		await until(() => patient.openSockets === 0);
	});

	it('frees its port and its sockets on close', async () => {
		const portal = await startPortal();
		portal.script('A', { never: true });
		const hanging = rescan(portal, 'A');
		await until(() => portal.received === 1);
		await Promise.all([portal.close(), expect(hanging).rejects.toThrow()]);
		expect(portal.openSockets).toBe(0);
		const again = await start({ port: portal.port });
		expect(again.port).toBe(portal.port);
	});

	it('keeps all requests, none, or the last few', async () => {
		const few = await start({ record: 2 });
		const none = await start({ record: false });
		for (const task of ['A', 'B', 'C']) {
			await rescan(few, task);
			await rescan(none, task);
		}
		expect(few.requests.map(({ taskId }) => taskId)).toEqual(['B', 'C']);
		expect([none.requests.length, none.received]).toEqual([0, 3]);
	});

	it('takes its time when asked to', async () => {
		const portal = await start({ latencyMs: 120 });
		const begin = Date.now();
		await rescan(portal);
		expect(Date.now() - begin).toBeGreaterThanOrEqual(115);
	});

	it('takes other TLS options', async () => {
		const certificates = await sharedCertificates();
		const late = await certificates.issueServer({ signedByOtherCa: true });
		const portal = await start({ tls: { cert: late.certificatePem, key: late.keyPem } });
		await expect(rescan(portal)).rejects.toThrow(/certificate/);
		const old = await start({ tls: { maxVersion: 'TLSv1.2' } });
		expect((await rescan(old)).status).toBe(200);
		await expect(rescan(old, 'T', '', { minVersion: 'TLSv1.3' })).rejects.toThrow();
	});

	it('takes other certificates, with other names', async () => {
		const certificates = await createCertificates({
			serverNames: ['tip.example'],
			clientName: 'Zoë',
		});
		const portal = await start({ certificates });
		expect((await rescan(portal, 'T', '', { servername: 'tip.example' })).status).toBe(200);
		await expect(rescan(portal)).rejects.toThrow(/altnames/i);
		expect(portal.requests[0]?.clientSubject).toBe(certificates.client.subject);
	});
});

describe('scripts', () => {
	it('go through their steps, then things are as usual', async () => {
		const portal = await start();
		portal.script(
			'T1',
			{ status: 503, retryAfter: '2' },
			{ status: 418, body: { a: 1 }, headers: { 'X-Kind': 'tea' } },
			{},
			{ rawBody: '<html>' },
		);
		const replies: Reply[] = [];
		for (let i = 0; i < 5; i++) replies.push(await rescan(portal));
		expect(replies.map(({ status }) => status)).toEqual([503, 418, 200, 200, 200]);
		expect(replies[0]?.headers['retry-after']).toBe('2');
		expect(replies[0]?.json.error).toBe('service-unavailable');
		expect([replies[1]?.json, replies[1]?.headers['x-kind']]).toEqual([{ a: 1 }, 'tea']);
		expect(replies[2]?.json.task_id).toBe(portal.requests[2]?.newTaskId);
		expect(replies[3]?.text).toBe('<html>');
		expect(portal.requests.map(({ accepted }) => accepted)).toEqual([
			false,
			false,
			true,
			true,
			true,
		]);
		expect(portal.requests[0]?.newTaskId).toBeUndefined();
	});

	it('match by task, pattern and function, and may repeat', async () => {
		const portal = await start();
		portal.script('T1', { status: 500, repeat: true });
		portal.script(/attribution/, { status: 502 });
		portal.script(({ query }) => query['exec_time'] === '60', { status: 504 });
		const status = async (...args: Parameters<typeof rescan>) => (await rescan(...args)).status;
		expect(await status(portal, 'T1')).toBe(500);
		expect(await status(portal, 'T1')).toBe(500);
		expect(await status(portal, 'T2')).toBe(200);
		expect(await status(portal, 'T2', '', {}, TAE)).toBe(502);
		expect(await status(portal, 'T2', '', {}, TAE)).toBe(200);
		expect(await status(portal, 'T3', '?exec_time=60')).toBe(504);
		portal.onRequest(({ number }) =>
			number % 2 === 1 ? { status: 429, retryAfter: '1' } : undefined,
		);
		expect([await status(portal, 'T4'), await status(portal, 'T4')].sort()).toEqual([200, 429]);
		portal.reset();
		expect(await status(portal, 'T1')).toBe(200);
		expect(portal.requests).toHaveLength(1);
		expect(() => portal.script('T1', { status: 500, repeat: true }, {})).toThrow(/last/);
	});

	it('redirect, answer with nothing, and wait', async () => {
		const portal = await start();
		portal.script('T1', { redirect: 'https://elsewhere.example/' }, { rawBody: '' });
		portal.script('T2', {
			delayMs: 60,
			then: { delayMs: 60, then: { status: 429, retryAfter: '1' } },
		});
		const moved = await rescan(portal);
		expect([moved.status, moved.headers['location']]).toEqual([307, 'https://elsewhere.example/']);
		expect(portal.requests[0]?.accepted).toBe(false);
		const empty = await rescan(portal);
		expect([empty.status, empty.text]).toEqual([200, '']);
		const begin = Date.now();
		expect((await rescan(portal, 'T2')).status).toBe(429);
		expect(Date.now() - begin).toBeGreaterThanOrEqual(115);
	});

	it('hold answers at a gate, and the portal counts what is in flight', async () => {
		const portal = await start();
		let opens = (): void => undefined;
		const gate = new Promise<void>((resolve) => (opens = resolve));
		portal.script(/./, { until: gate, repeat: true });
		const replies = Promise.all(['A', 'B', 'C'].map((task) => rescan(portal, task)));
		await until(() => portal.inFlight === 3);
		expect(portal.requests.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
		opens();
		expect((await replies).map(({ status }) => status)).toEqual([200, 200, 200]);
		await until(() => portal.inFlight === 0);
		expect(portal.peakInFlight).toBe(3);
	});

	it('delay the normal answer', async () => {
		const portal = await start();
		portal.script('T1', { delayMs: 5_000 });
		await expect(rescan(portal, 'T1', '', within(150))).rejects.toThrow(/abort/);
		expect(portal.requests[0]).toMatchObject({ accepted: true, status: undefined });
	});
});

describe('faults of an answer', () => {
	/** What the client sees: a status when headers came, body bytes, and how it ended. */
	function watch(portal: Portal, task: string) {
		const { client, caPem } = portal.certificates;
		return new Promise<{ text: string; code: string }>((resolve) => {
			const socket: TLSSocket = tlsConnect({
				port: portal.port,
				host: '127.0.0.1',
				servername: 'localhost',
				ca: caPem,
				cert: client.certificatePem,
				key: client.keyPem,
			});
			let text = '';
			let code = '';
			socket.on('secureConnect', () => {
				const auth = basic(portal.username, portal.password);
				socket.write(
					`PUT ${SANDBOX}${task} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: ${auth}\r\n\r\n`,
				);
			});
			socket.on('data', (part) => (text += part.toString()));
			socket.on('end', () => (code ||= 'FIN'));
			socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? ''));
			socket.on('close', () => resolve({ text, code }));
		});
	}

	const cuts: Array<[Step, string, 'none' | 'head' | 'half']> = [
		[{ reset: 'beforeAnswer' }, 'ECONNRESET', 'none'],
		[{ reset: 'afterHeaders' }, 'ECONNRESET', 'head'],
		[{ reset: 'midBody' }, 'ECONNRESET', 'half'],
		[{ close: 'beforeAnswer' }, 'FIN', 'none'],
		[{ close: 'afterHeaders' }, 'FIN', 'head'],
		[{ close: 'midBody' }, 'FIN', 'half'],
	];
	it.each(cuts)('%j', async (step, ending, arrived) => {
		const portal = await start();
		portal.script('T1', step);
		const { text, code } = await watch(portal, 'T1');
		expect(code).toBe(ending);
		const [head = '', body = ''] = text.split('\r\n\r\n');
		const announced = Number(/content-length: (\d+)/.exec(head)?.[1]);
		if (arrived === 'none') expect(text).toBe('');
		else expect(head).toMatch(/^HTTP\/1.1 200 /);
		if (arrived === 'head') expect(body).toBe('');
		if (arrived === 'half') expect(body.length).toBe(announced >> 1);
		// The portal took the job; that the answer was lost changes nothing.
		expect(portal.rescans()).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			accepted: true,
			status: arrived === 'none' ? undefined : 200,
			fault: Object.entries(step)[0]?.join(':'),
		});
		await until(() => portal.openSockets === 0);
		expect((await rescan(portal)).status).toBe(200);
	});

	it('cut an answer of their own as well', async () => {
		const portal = await start();
		portal.script('T1', { status: 500, rawBody: '0123456789', reset: 'midBody' });
		const { text, code } = await watch(portal, 'T1');
		expect([code, text.split('\r\n\r\n')[1]]).toEqual(['ECONNRESET', '01234']);
		expect(text).toMatch(/^HTTP\/1.1 500/);
	});

	it('never', async () => {
		const portal = await start();
		portal.script('T1', { never: true });
		await expect(rescan(portal, 'T1', '', within(200))).rejects.toThrow(/abort/);
		await until(() => portal.requests[0]?.aborted === true);
		expect(portal.requests[0]).toMatchObject({ status: undefined, accepted: true, fault: 'never' });
		await until(() => portal.openSockets === 0);
	});

	it('trickle: the body, then the headers', async () => {
		const portal = await start();
		portal.script(
			'T1',
			{ trickle: { bytes: 3, everyMs: 20 } },
			{ trickle: { bytes: 3, everyMs: 20, part: 'head' } },
		);
		await expect(rescan(portal, 'T1', '', { readAtMost: 9 })).rejects.toThrow('enough');
		expect(portal.requests[0]).toMatchObject({ status: 200, fault: 'trickle:body' });
		await expect(rescan(portal, 'T1', '', within(200))).rejects.toThrow(/abort/);
		expect(portal.requests[1]).toMatchObject({ status: undefined, fault: 'trickle:head' });
		await until(() => portal.openSockets === 0);
		expect(portal.requests.map(({ aborted }) => aborted)).toEqual([true, true]);
	});

	it('flood: exact in both framings, and held back by the reader', async () => {
		const portal = await start();
		const bytes = 300_001;
		portal.script('T1', { flood: bytes }, { flood: { bytes, contentLength: true } });
		const chunked = await rescan(portal);
		const counted = await rescan(portal);
		expect([chunked.bytes, chunked.headers['transfer-encoding']]).toEqual([bytes, 'chunked']);
		expect([counted.bytes, counted.headers['content-length']]).toEqual([bytes, String(bytes)]);
		portal.script('T2', { flood: 1024 ** 3 });
		const before = process.memoryUsage().rss;
		const stuck = rescan(portal, 'T2', '', { stopReading: true, ...within(500) });
		await Promise.all([
			expect(stuck).rejects.toThrow(/abort/),
			until(() => portal.received === 3).then(async () => {
				await new Promise((resolve) => setTimeout(resolve, 350));
				expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
			}),
		]);
		await until(() => portal.openSockets === 0);
		expect(portal.requests[2]?.aborted).toBe(true);
	});

	it('malformed', async () => {
		const portal = await start();
		portal.script('T1', { malformed: true });
		await expect(rescan(portal)).rejects.toThrow(/Parse Error/);
		expect(portal.requests[0]).toMatchObject({ status: undefined, fault: 'malformed' });
	});
});

describe('faults of a connection', () => {
	const faults: Array<[ConnectionFault, RegExp, number]> = [
		['refuseTls', /before secure TLS connection|ECONNRESET/, 0],
		['plainHttp', /wrong version number|packet length/i, 0],
		['stallHandshake', /abort/, 0],
		['resetInHandshake', /ECONNRESET|hang up/, 0],
		['resetAfterHandshake', /ECONNRESET|hang up/, 1],
		[{ resetBeforeRead: true }, /ECONNRESET|hang up/, 1],
	];
	it.each(faults)('%j', async (fault, message, handshakes) => {
		const portal = await start();
		portal.onConnection(fault, { times: 1 });
		await expect(rescan(portal, 'T1', '', within(300))).rejects.toThrow(message);
		expect(portal.requests).toHaveLength(0);
		expect([portal.connections, portal.handshakes]).toEqual([1, handshakes]);
		await until(() => portal.openSockets === 0);
		expect((await rescan(portal)).status).toBe(200);
	});

	it('resetBeforeRead comes after the client has written its request', async () => {
		const portal = await start();
		portal.onConnection({ resetBeforeRead: true, afterMs: 150 });
		const begin = Date.now();
		await expect(rescan(portal)).rejects.toThrow(/ECONNRESET|hang up/);
		expect(Date.now() - begin).toBeGreaterThanOrEqual(145);
	});

	it('strike the connections a function chooses, until called off', async () => {
		const portal = await start();
		const seen: number[] = [];
		portal.onConnection(({ id }) => {
			seen.push(id);
			return seen.length % 2 === 0 ? 'refuseTls' : undefined;
		});
		expect((await rescan(portal)).status).toBe(200);
		await expect(rescan(portal)).rejects.toThrow();
		expect((await rescan(portal)).status).toBe(200);
		expect(new Set(seen).size).toBe(3);
		portal.onConnection(undefined);
		expect((await rescan(portal)).status).toBe(200);
		expect(seen).toHaveLength(3);
	});
});

describe('the proxy', () => {
	/** A rescan through CONNECT, by hand. */
	async function through(proxy: Proxy, portal: Portal, target: string, headers = {}) {
		const socket = await new Promise<Socket>((resolve, reject) => {
			const request = plainHttpRequest({
				host: '127.0.0.1',
				port: proxy.port,
				method: 'CONNECT',
				path: target,
				headers,
				agent: false,
				timeout: 300,
			});
			request.on('connect', (response, tunnel) =>
				response.statusCode === 200
					? resolve(tunnel)
					: reject(new Error(`CONNECT ${response.statusCode}`)),
			);
			request.on('timeout', () => request.destroy(new Error('stalled')));
			request.on('error', reject);
			request.end();
		});
		return rescan(portal, 'T1', '', {
			agent: undefined,
			createConnection: () =>
				tlsConnect({
					socket,
					servername: 'localhost',
					ca: portal.certificates.caPem,
					cert: portal.certificates.client.certificatePem,
					key: portal.certificates.client.keyPem,
				}),
			...within(500),
		});
	}

	it('carries a tunnel and records it', async () => {
		const portal = await start();
		const proxy = await proxyWith();
		expect((await through(proxy, portal, `localhost:${portal.port}`)).status).toBe(200);
		expect(proxy.connects).toHaveLength(1);
		expect(proxy.connects[0]).toMatchObject({
			target: `localhost:${portal.port}`,
			status: 200,
			tls: true,
			clientSubject: '',
		});
		expect(proxy.connects[0]?.bytesDown).toBeGreaterThan(100);
		await until(() => proxy.connects[0]?.open === false && proxy.openSockets === 0);
	});

	it('says when something went through in the clear', async () => {
		const portal = await start();
		const proxy = await proxyWith();
		const socket = tcpConnect(proxy.port, '127.0.0.1');
		socket.on('error', () => undefined);
		socket.write(`CONNECT localhost:${portal.port} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n`);
		await until(() => proxy.connects[0]?.tls !== undefined);
		expect(proxy.connects[0]?.tls).toBe(false);
		expect(proxy.connects[0]?.firstBytes.toString()).toContain('GET /');
		socket.destroy();
	});

	it('finds names that do not exist', async () => {
		const portal = await start();
		const proxy = await proxyWith({ route: () => ({ host: '127.0.0.1', port: portal.port }) });
		expect((await through(proxy, portal, 'tip.example:443')).status).toBe(200);
		expect(proxy.connects[0]).toMatchObject({ target: 'tip.example:443', tls: true });
	});

	it('demands a password, refuses, stalls, cuts, and reports targets it cannot reach', async () => {
		const portal = await start();
		const target = `localhost:${portal.port}`;
		const closed = await proxyWith({ auth: { username: 'p', password: 'p:w' } });
		await expect(through(closed, portal, target)).rejects.toThrow('407');
		const header = { 'proxy-authorization': basic('p', 'p:w') };
		expect((await through(closed, portal, target, header)).status).toBe(200);
		expect(closed.urlWithAuth).toBe(`http://p:p%3Aw@127.0.0.1:${closed.port}`);
		await expect(through(await proxyWith({ refuseWith: 403 }), portal, target)).rejects.toThrow(
			'403',
		);
		await expect(through(await proxyWith({ stall: 'connect' }), portal, target)).rejects.toThrow(
			'stalled',
		);
		await expect(through(await proxyWith({ stall: 'tunnel' }), portal, target)).rejects.toThrow(
			/abort/,
		);
		await expect(through(await proxyWith({ cutAfterBytes: 1 }), portal, target)).rejects.toThrow();
		await expect(through(await proxyWith(), portal, 'localhost:1')).rejects.toThrow('502');
		expect(portal.requests).toHaveLength(1);
	});

	it('speaks TLS itself, and notes a client certificate shown to it', async () => {
		const certificates = await sharedCertificates();
		const proxy = await proxyWith({ secure: certificates });
		const shows = (pair: object) =>
			new Promise<void>((resolve, reject) => {
				const socket = tlsConnect(
					{
						port: proxy.port,
						host: '127.0.0.1',
						servername: 'localhost',
						ca: certificates.caPem,
						...pair,
					},
					() => socket.end('CONNECT localhost:1 HTTP/1.1\r\nHost: x\r\n\r\n'),
				);
				socket.resume();
				socket.on('error', reject);
				socket.on('close', () => resolve());
			});
		await shows({});
		await shows({ cert: certificates.client.certificatePem, key: certificates.client.keyPem });
		expect(proxy.connects.map(({ clientSubject }) => clientSubject)).toEqual([
			'',
			certificates.client.subject,
		]);
	});
});

describe('as a process of its own', () => {
	it('starts, serves, counts, and stops when its input closes', async () => {
		const portal = await startPortalProcess({ latencyMs: 1, pathPrefix: '/p', record: 5 });
		open.push(portal);
		expect(portal.baseUrl).toBe(`https://localhost:${portal.port}/p`);
		expect(portal.credential.baseUrl).toBe(portal.baseUrl);
		const { credential } = portal;
		const status = await new Promise<number>((resolve, reject) => {
			httpsRequest(
				`${credential.baseUrl}${SANDBOX}T1`,
				{
					method: 'PUT',
					ca: credential.caCertificate,
					cert: credential.certificate,
					key: credential.certificate,
					agent: false,
					headers: {
						'content-length': '0',
						authorization: basic(credential.username, credential.password),
					},
				},
				(response) => {
					response.resume();
					resolve(response.statusCode ?? 0);
				},
			)
				.on('error', reject)
				.end();
		});
		expect(status).toBe(200);
		expect(await portal.stats()).toMatchObject({ received: 1, rescans: 1, handshakes: 1 });
		expect(await portal.reset()).toMatchObject({ received: 0, handshakes: 0 });
		expect(statSync(portal.files.clientKey).mode & 0o077).toBe(0);
		await portal.close();
		expect(portal.child.exitCode).toBe(0);
		expect(existsSync(portal.files.ca)).toBe(false);
	});

	it('stops on SIGTERM, and says what is wrong with its flags', async () => {
		const portal = await startPortalProcess();
		portal.child.kill('SIGTERM');
		await until(() => portal.child.exitCode === 0);
		await expect(startPortalProcess({ latencyMs: 0, out: '/dev/null/nowhere' })).rejects.toThrow(
			/nowhere|ENOTDIR/,
		);
	});
});
