/** The stand-in portal by itself: wire, TLS, faults and record, with Node's own client. */
import { existsSync, statSync } from 'node:fs';
import { request as plainHttpRequest } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

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
import { until } from '../engine/until';

const SANDBOX = '/api/sandbox/tasks/file_from_url/';
const TAE = '/api/attribution/tasks/file_from_url/';

const open: Array<{ close(): unknown }> = [];
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one.close();
});

const kept = <T extends { close(): unknown }>(one: T): T => {
	open.push(one);
	return one;
};
const start = async (options?: PortalOptions) => kept(await startPortal(options));
const proxyWith = async (options?: ProxyOptions) => kept(await startProxy(options));

const basic = (name: string, password: string) =>
	`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

const pairOf = ({ certificates: { client, caPem } }: Portal) => ({
	ca: caPem,
	cert: client.certificatePem,
	key: client.keyPem,
});

interface Ask extends RequestOptions {
	body?: string;
	/** Called with the bytes of the body so far; `true` takes no more, without hanging up. */
	onBytes?: (bytes: number) => boolean;
	/** Called when the request has been written. */
	onWritten?: () => void;
}

/** One request with everything right, unless `ask` says otherwise. */
function call(portal: Portal, method: string, path: string, ask: Ask = {}) {
	const { body, onBytes, onWritten, headers, ...rest } = ask;
	return new Promise<{ status: number; text: string; bytes: number }>((resolve, reject) => {
		const request = httpsRequest(
			`${portal.baseUrl}${path}`,
			{
				method,
				...pairOf(portal),
				agent: false,
				headers: {
					authorization: basic(portal.username, portal.password),
					...(method === 'PUT' && body === undefined ? { 'content-length': '0' } : {}),
					...headers,
				},
				...rest,
			},
			(response) => {
				let text = '';
				let bytes = 0;
				response.on('error', reject);
				response.on('data', (part: Buffer) => {
					bytes += part.length;
					if (bytes < 10_000) text += part.toString();
					if (onBytes?.(bytes)) response.pause();
				});
				response.on('end', () => resolve({ status: response.statusCode ?? 0, text, bytes }));
			},
		);
		request.on('error', reject);
		request.on('finish', () => onWritten?.());
		request.end(body);
	});
}

const rescan = (portal: Portal, task = 'T1', query = '', ask: Ask = {}, path = SANDBOX) =>
	call(portal, 'PUT', `${path}${task}${query}`, ask);
const statusOf = async (...args: Parameters<typeof rescan>) => (await rescan(...args)).status;

/** A call that nothing ends but the test, when the condition holds. */
async function hangsUntil(
	condition: () => boolean,
	send: (ask: Pick<Ask, 'signal'>) => Promise<unknown>,
) {
	const stop = new AbortController();
	const failed = expect(send({ signal: stop.signal })).rejects.toThrow(/abort/);
	await until(condition);
	stop.abort();
	await failed;
}

/** Sends bytes over TLS by hand, and says what came back and how it ended. */
function raw(portal: Portal, head: string, isEnough: (text: string) => boolean = () => false) {
	return new Promise<{ text: string; code: string }>((resolve) => {
		const socket = tlsConnect({
			port: portal.port,
			host: '127.0.0.1',
			servername: 'localhost',
			...pairOf(portal),
		});
		let text = '';
		let code = '';
		socket.on('secureConnect', () => {
			const auth = basic(portal.username, portal.password);
			socket.write(head.replace('\r\n', `\r\nHost: x\r\nAuthorization: ${auth}\r\n`));
		});
		socket.on('data', (part) => {
			text += part.toString();
			if (isEnough(text)) socket.end();
		});
		socket.on('end', () => (code ||= 'FIN'));
		socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? ''));
		socket.on('close', () => resolve({ text, code }));
	});
}

describe('who may come in', () => {
	it('lets a client with the right certificate and password through, and records what came', async () => {
		const portal = await start();
		const reply = await rescan(
			portal,
			'a%20b',
			'?url=https%3A%2F%2Fe.org%2Fx%3Fy%3D1&cmd_line=a+b%2Bc',
		);
		expect(reply.status).toBe(200);
		expect(portal.requests).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			method: 'PUT',
			path: `${SANDBOX}a%20b`,
			rawQuery: 'url=https%3A%2F%2Fe.org%2Fx%3Fy%3D1&cmd_line=a+b%2Bc',
			query: { url: 'https://e.org/x?y=1', cmd_line: 'a b+c' },
			taskId: 'a b',
			engine: 'sandbox',
			bodyBytes: 0,
			complete: true,
			accepted: true,
			status: 200,
			authorized: true,
			clientSubject: 'CN=tip-analyst',
		});
		expect(portal.requests[0]?.rawHeaders).toContain('content-length');
		expect(reply.text).toContain(`"task_id":"${portal.requests[0]?.newTaskId}"`);
		expect(portal.credential.password).toMatch(/:.*[^\x20-\x7e]/);
	});

	it('refuses TLS to no certificate, one of another authority, and one out of date', async () => {
		const portal = await start();
		const { issueClient } = portal.certificates;
		for (const wrong of [
			{ certificatePem: undefined, keyPem: undefined },
			await issueClient({ signedByOtherCa: true }),
			await issueClient({ notBefore: new Date(1e12), notAfter: new Date(1.1e12) }),
		]) {
			await expect(
				rescan(portal, 'T1', '', { cert: wrong.certificatePem, key: wrong.keyPem }),
			).rejects.toThrow();
		}
		expect(portal.requests).toHaveLength(0);
		expect(portal.tlsErrors).toHaveLength(3);
		expect(portal.handshakes).toBe(0);
	});

	it.each(['ec', 'rsa', 'ed25519'] as const)(
		'accepts an issued %s certificate',
		async (keyType) => {
			const portal = await start();
			const issued = await portal.certificates.issueClient({
				commonName: `the ${keyType}`,
				keyType,
				passphrase: 'open sesame',
			});
			const pair = { cert: issued.combinedPem, key: issued.keyPem };
			await expect(rescan(portal, 'T1', '', pair)).rejects.toThrow();
			expect(await statusOf(portal, 'T1', '', { ...pair, passphrase: 'open sesame' })).toBe(200);
			expect(portal.requests[0]?.clientSubject).toBe(`CN=the ${keyType}`);
		},
	);

	it('answers 403 over HTTP, or lets anyone in, when told to', async () => {
		const nobody = { cert: undefined, key: undefined };
		const strict = await start({ requireClientCertificate: 'http' });
		expect(await rescan(strict, 'T1', '', nobody)).toMatchObject({
			status: 403,
			text: expect.stringContaining('certificate'),
		});
		expect(await statusOf(strict)).toBe(200);
		const lax = await start({ requireClientCertificate: false });
		expect(await statusOf(lax, 'T1', '', nobody)).toBe(200);
		expect(lax.requests[0]).toMatchObject({ authorized: false, clientSubject: '' });
	});

	it('has a server certificate for localhost and 127.0.0.1, unless told otherwise', async () => {
		const portal = await start();
		expect(await statusOf(portal, 'T1', '', { host: '127.0.0.1' })).toBe(200);
		await expect(rescan(portal, 'T1', '', { servername: 'tip.example' })).rejects.toThrow(
			/altnames/i,
		);
		const { otherCaPem } = portal.certificates;
		await expect(rescan(portal, 'T1', '', { ca: otherCaPem })).rejects.toThrow(/certificate/);

		const certificates = await createCertificates({
			serverNames: ['tip.example'],
			clientName: 'Zoë',
		});
		const named = await start({ certificates });
		expect(await statusOf(named, 'T', '', { servername: 'tip.example' })).toBe(200);
		expect(named.requests[0]?.clientSubject).toBe(certificates.client.subject);
		const old = await start({ tls: { maxVersion: 'TLSv1.2' } });
		expect(await statusOf(old)).toBe(200);
		await expect(rescan(old, 'T', '', { minVersion: 'TLSv1.3' })).rejects.toThrow();
	});

	it('checks name and password, and refuses tokens', async () => {
		const portal = await start({ users: { anna: 'a:ß', boris: 'b' } });
		expect(portal.credential).toMatchObject({ username: 'anna', password: 'a:ß' });
		const as = (authorization: string) => rescan(portal, 'T1', '', { headers: { authorization } });
		for (const wrong of [
			basic('anna', 'a:ßx'),
			basic('anna', 'a'),
			`Basic ${Buffer.from('anna:a:ß', 'latin1').toString('base64')}`,
			basic('toString', 'x'),
			'Basic',
		]) {
			expect([wrong, (await as(wrong)).status]).toEqual([wrong, 401]);
		}
		expect(await as('Bearer abc')).toMatchObject({
			status: 403,
			text: expect.stringContaining('API token'),
		});
		expect((await as(basic('anna', 'a:ß').replace('Basic', 'basic'))).status).toBe(200);
		expect((await as(basic('boris', 'b'))).status).toBe(200);
		expect(portal.rescans().filter(({ accepted }) => accepted)).toHaveLength(2);
	});
});

describe('what it answers', () => {
	it('wants Content-Length: 0 and nothing else, and counts what arrived whole', async () => {
		const portal = await start();
		const put = (task: string) => `PUT ${SANDBOX}${task} HTTP/1.1\r\n`;
		const body = { body: 'hello', headers: { 'content-length': '5' } };
		const chunked = { body: 'hello', headers: { 'transfer-encoding': 'chunked' } };
		expect(await statusOf(portal, 'T1', '', body)).toBe(400);
		expect(await statusOf(portal, 'T2', '', chunked)).toBe(400);
		const none = await raw(portal, `${put('T3')}\r\n`, (text) => text.includes('\r\n\r\n'));
		expect(none.text).toMatch(/^HTTP\/1.1 411 /);
		const half = raw(portal, `${put('T4')}Content-Length: 5\r\n\r\nhe`);
		await until(() => portal.requests[3]?.bodyBytes === 2);
		portal.dropConnections('close');
		await half;
		expect(portal.requests.map(({ bodyBytes }) => bodyBytes)).toEqual([5, 5, 0, 2]);
		expect(portal.rescans().map(({ taskId, accepted }) => [taskId, accepted])).toEqual([
			['T1', false],
			['T2', false],
			['T3', false],
		]);
		expect(await statusOf(portal, 'T5', '?cmd_line=%zz')).toBe(400);
	});

	it('knows every task but those whose name says otherwise, with an id of its own for each', async () => {
		const portal = await start();
		const statuses = async (...tasks: string[]) =>
			await Promise.all(tasks.map(async (task) => await statusOf(portal, task)));
		expect(await statuses('any', 'missing-1', 'legal-1', 'forbidden-1')).toEqual([
			200, 404, 451, 403,
		]);
		portal.tasks.set('any', 404).set('missing-1', 200);
		expect(await statuses('any', 'missing-1')).toEqual([404, 200]);
		portal.tasks.onlyThese = true;
		expect(await statuses('else')).toEqual([404]);
		portal.reset();
		expect(await statuses('else', 'other')).toEqual([200, 200]);
		expect(new Set(portal.requests.map(({ newTaskId }) => newTaskId)).size).toBe(2);
	});

	it('serves the lists in any shape, under a prefix, and knows no other path or method', async () => {
		const portal = await start({ pathPrefix: '/gateway/tip/' });
		expect(new URL(portal.baseUrl).pathname).toBe('/gateway/tip');
		const get = async (path: string) => await call(portal, 'GET', path);
		expect((await get('/api/sandbox/exec_env')).text).toContain('Win10_x64');
		portal.lists.channels = { regions: { Мир: ['Ω'] } };
		expect(JSON.parse((await get('/api/sandbox/channels')).text)).toEqual({
			regions: { Мир: ['Ω'] },
		});
		portal.reset();
		expect((await get('/api/sandbox/channels')).text).toContain('"DE"');
		expect(await statusOf(portal, 'a/b')).toBe(404);
		expect(await statusOf(portal, '')).toBe(404);
		expect(await statusOf(portal, 'T1', '', { path: `${SANDBOX}T1` })).toBe(404);
		expect((await call(portal, 'POST', `${SANDBOX}a`)).status).toBe(405);
	});
});

describe('connections', () => {
	it('are kept, counted, numbered, and closed when idle or when told', async () => {
		const portal = await start();
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		kept({ close: () => agent.destroy() });
		for (const task of ['A', 'B', 'C']) await rescan(portal, task, '', { agent });
		await rescan(portal, 'D');
		expect(new Set(portal.requests.map(({ socketId }) => socketId)).size).toBe(2);
		expect([portal.handshakes, portal.connections]).toEqual([2, 2]);
		portal.dropConnections('reset');
		await until(() => portal.openSockets === 0);
		const hasty = await start({ keepAliveTimeoutMs: 50 });
		await rescan(hasty, 'A', '', { agent });
		await until(() => hasty.openSockets === 0);
	});

	it('end with the portal, which frees its port', async () => {
		const portal = await startPortal();
		portal.script('A', { never: true });
		const hanging = expect(rescan(portal, 'A')).rejects.toThrow();
		await until(() => portal.received === 1);
		await Promise.all([portal.close(), hanging]);
		expect(portal.openSockets).toBe(0);
		expect((await start({ port: portal.port })).port).toBe(portal.port);
	});

	it('leave all requests in the record, none, or the last few', async () => {
		const few = await start({ record: 2, latencyMs: 1 });
		const none = await start({ record: false });
		for (const task of ['A', 'B', 'C']) {
			await rescan(few, task);
			await rescan(none, task);
		}
		expect(few.requests.map(({ taskId }) => taskId)).toEqual(['B', 'C']);
		expect([none.requests.length, none.received]).toEqual([0, 3]);
	});
});

describe('scripts', () => {
	it('go through their steps, then things are as usual', async () => {
		const portal = await start();
		portal.script(
			'T1',
			{ status: 503, retryAfter: '2' },
			{ status: 418, body: { a: 1 }, headers: { 'X-Kind': 'tea' } },
			{ redirect: 'https://elsewhere.example/' },
			{ delayMs: 1, then: { delayMs: 1, then: { status: 429, retryAfter: '1' } } },
			{},
			{ rawBody: '<html>' },
			{ rawBody: '' },
		);
		const replies: Array<{ status: number; text: string }> = [];
		for (let i = 0; i < 8; i++) replies.push(await rescan(portal));
		expect(replies.map(({ status }) => status)).toEqual([503, 418, 307, 429, 200, 200, 200, 200]);
		expect(replies[1]?.text).toBe('{"a":1}');
		expect(replies.slice(5, 7).map(({ text }) => text)).toEqual(['<html>', '']);
		expect(portal.requests.map(({ accepted }) => accepted)).toEqual(
			replies.map(({ status }) => status === 200),
		);
		expect(portal.requests[0]?.newTaskId).toBeUndefined();
	});

	it('match by task, pattern and function, and may repeat', async () => {
		const portal = await start();
		portal.script('T1', { status: 500, repeat: true });
		portal.script(/attribution/, { status: 502 });
		portal.script(({ query }) => query['exec_time'] === '60', { status: 504 });
		expect(await statusOf(portal, 'T1')).toBe(500);
		expect(await statusOf(portal, 'T1')).toBe(500);
		expect(await statusOf(portal, 'T2', '', {}, TAE)).toBe(502);
		expect(await statusOf(portal, 'T2', '', {}, TAE)).toBe(200);
		expect(await statusOf(portal, 'T3', '?exec_time=60')).toBe(504);
		portal.onRequest(({ number }) => (number % 2 === 1 ? { retryAfter: '1' } : undefined));
		expect([await statusOf(portal, 'T4'), await statusOf(portal, 'T4')].sort()).toEqual([200, 429]);
		portal.reset();
		expect(await statusOf(portal, 'T1')).toBe(200);
		expect(portal.requests).toHaveLength(1);
		expect(() => portal.script('T1', { status: 500, repeat: true }, {})).toThrow(/last/);
	});

	it('hold answers at a gate, and the portal counts what is in flight', async () => {
		const portal = await start();
		let opens = (): void => undefined;
		const gate = new Promise<void>((resolve) => (opens = resolve));
		portal.script(/./, { until: gate, repeat: true });
		const replies = Promise.all(['A', 'B', 'C'].map((task) => statusOf(portal, task)));
		await until(() => portal.inFlight === 3);
		expect(portal.requests.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
		opens();
		expect(await replies).toEqual([200, 200, 200]);
		await until(() => portal.inFlight === 0);
		expect(portal.peakInFlight).toBe(3);
	});
});

describe('faults of an answer', () => {
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
		const put = `PUT ${SANDBOX}T1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n`;
		const { text, code } = await raw(portal, put);
		expect(code).toBe(ending);
		const [head = '', body = ''] = text.split('\r\n\r\n');
		const announced = Number(/content-length: (\d+)/.exec(head)?.[1]);
		if (arrived === 'none') expect(text).toBe('');
		else expect(head).toMatch(/^HTTP\/1.1 200 /);
		if (arrived === 'head') expect(body).toBe('');
		if (arrived === 'half') expect(body.length).toBe(announced >> 1);
		// The portal took the job; that the answer was lost changes nothing.
		expect(portal.requests[0]).toMatchObject({
			accepted: true,
			status: arrived === 'none' ? undefined : 200,
			fault: Object.entries(step)[0]?.join(':'),
		});
		await until(() => portal.openSockets === 0);
		expect(await statusOf(portal)).toBe(200);
	});

	it.each<[string, Step, number | undefined]>([
		['never', { never: true }, undefined],
		['trickle:body', { trickle: { bytes: 3, everyMs: 5 } }, 200],
		['trickle:head', { trickle: { bytes: 3, everyMs: 5, part: 'head' } }, undefined],
	])('%s', async (fault, step, status) => {
		const portal = await start();
		portal.script('T1', step);
		let enough = status === undefined;
		await hangsUntil(
			() => portal.received === 1 && enough,
			(ask) =>
				rescan(portal, 'T1', '', {
					...ask,
					onBytes: (bytes) => void (enough ||= bytes > 8) as never,
				}),
		);
		await until(() => portal.openSockets === 0);
		expect(portal.requests[0]).toMatchObject({ status, accepted: true, fault, aborted: true });
	});

	it('flood: exact in both framings, and held back by the reader', async () => {
		const portal = await start();
		const bytes = 300_001;
		portal.script('T1', { flood: bytes }, { flood: { bytes, contentLength: true } });
		expect([(await rescan(portal)).bytes, (await rescan(portal)).bytes]).toEqual([bytes, bytes]);
		portal.script('T2', { flood: 1024 ** 3 });
		const before = process.memoryUsage().rss;
		let stopped = false;
		await hangsUntil(
			() => stopped,
			(ask) => rescan(portal, 'T2', '', { ...ask, onBytes: () => (stopped = true) }),
		);
		expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 ** 2);
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
		['resetInHandshake', /ECONNRESET|hang up/, 0],
		['resetAfterHandshake', /ECONNRESET|hang up/, 1],
		[{ resetBeforeRead: true }, /ECONNRESET|hang up/, 1],
		[{ resetBeforeRead: true, afterMs: 1 }, /ECONNRESET|hang up/, 1],
	];
	it.each(faults)('%j', async (fault, message, handshakes) => {
		const portal = await start();
		portal.onConnection(fault, { times: 1 });
		let written = false;
		await expect(rescan(portal, 'T1', '', { onWritten: () => (written = true) })).rejects.toThrow(
			message,
		);
		if (JSON.stringify(fault) === '{"resetBeforeRead":true}') expect(written).toBe(true);
		expect(portal.requests).toHaveLength(0);
		expect([portal.connections, portal.handshakes]).toEqual([1, handshakes]);
		await until(() => portal.openSockets === 0);
		expect(await statusOf(portal)).toBe(200);
	});

	it('"stallHandshake", and those a function chooses, until called off', async () => {
		const portal = await start();
		portal.onConnection(({ id }) =>
			id === 1 ? 'stallHandshake' : id === 3 ? 'refuseTls' : undefined,
		);
		await hangsUntil(
			() => portal.connections === 1,
			(ask) => rescan(portal, 'T1', '', ask),
		);
		expect(await statusOf(portal)).toBe(200);
		await expect(rescan(portal)).rejects.toThrow();
		portal.onConnection('refuseTls');
		portal.onConnection(undefined);
		expect(await statusOf(portal)).toBe(200);
		expect(portal.handshakes).toBe(2);
	});
});

describe('the proxy', () => {
	/** A rescan through CONNECT, by hand. */
	async function through(
		proxy: Proxy,
		portal: Portal,
		target: string,
		headers = {},
		ask: Ask = {},
	) {
		const socket = await new Promise<Socket>((resolve, reject) => {
			const request = plainHttpRequest({
				...{ host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path: target },
				...{ headers, agent: false, signal: ask.signal },
			});
			request.on('connect', ({ statusCode }, tunnel) =>
				statusCode === 200 ? resolve(tunnel) : reject(new Error(`CONNECT ${statusCode}`)),
			);
			request.on('error', reject);
			request.end();
		});
		return await rescan(portal, 'T1', '', {
			agent: undefined,
			createConnection: () => tlsConnect({ socket, servername: 'localhost', ...pairOf(portal) }),
			...ask,
		});
	}

	it('carries a tunnel, records it, and finds names that do not exist', async () => {
		const portal = await start();
		const proxy = await proxyWith({ route: () => ({ host: '127.0.0.1', port: portal.port }) });
		expect((await through(proxy, portal, 'tip.example:443')).status).toBe(200);
		expect(proxy.connects).toEqual([
			expect.objectContaining({
				target: 'tip.example:443',
				status: 200,
				tls: true,
				clientSubject: '',
			}),
		]);
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

	it('demands a password, refuses, stalls, cuts, and reports targets it cannot reach', async () => {
		const portal = await start();
		const target = `localhost:${portal.port}`;
		const closed = await proxyWith({ auth: { username: 'p', password: 'p:w' } });
		await expect(through(closed, portal, target)).rejects.toThrow('407');
		const header = { 'proxy-authorization': basic('p', 'p:w') };
		expect((await through(closed, portal, target, header)).status).toBe(200);
		expect(closed.urlWithAuth).toBe(`http://p:p%3Aw@127.0.0.1:${closed.port}`);
		const refuses = await proxyWith({ refuseWith: 403 });
		await expect(through(refuses, portal, target)).rejects.toThrow('403');
		for (const stall of ['connect', 'tunnel'] as const) {
			const stalls = await proxyWith({ stall });
			await hangsUntil(
				() =>
					stalls.connects.length === 1 && (stall === 'connect' || stalls.connects[0]!.bytesUp > 0),
				(ask) => through(stalls, portal, target, {}, ask),
			);
		}
		await expect(through(await proxyWith({ cutAfterBytes: 1 }), portal, target)).rejects.toThrow();
		await expect(through(await proxyWith(), portal, 'localhost:1')).rejects.toThrow('502');
		expect(portal.requests).toHaveLength(1);
	});

	it('speaks TLS itself, and notes a client certificate shown to it', async () => {
		const secure = await sharedCertificates();
		const proxy = await proxyWith({ secure });
		const { certificatePem: cert, keyPem: key, subject } = secure.client;
		for (const pair of [{}, { cert, key }]) {
			const socket = tlsConnect(
				{ port: proxy.port, host: '127.0.0.1', servername: 'localhost', ca: secure.caPem, ...pair },
				() => socket.end('CONNECT localhost:1 HTTP/1.1\r\nHost: x\r\n\r\n'),
			);
			socket.resume();
			await new Promise((resolve, reject) => socket.on('error', reject).on('close', resolve));
		}
		expect(proxy.connects.map(({ clientSubject }) => clientSubject)).toEqual(['', subject]);
	});
});

describe('as a process of its own', () => {
	it('starts, serves, counts, and stops when its input closes', async () => {
		const portal = kept(await startPortalProcess({ latencyMs: 1, pathPrefix: '/p', record: 5 }));
		expect(portal.baseUrl).toBe(`https://localhost:${portal.port}/p`);
		const { baseUrl, username, password, certificate, caCertificate } = portal.credential;
		const { status } = await call(
			{ baseUrl, username, password, certificates: { client: {} } } as unknown as Portal,
			'PUT',
			`${SANDBOX}T1`,
			{ ca: caCertificate, cert: certificate, key: certificate },
		);
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
