import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { fireWhile, holdTimers, type HeldTimers } from '../engine/heldTimers';
import { AnswerTooLarge, PackedAnswer } from '../../tip/connection/decode';
import { exchange, ExchangeFailure, type ExchangeOptions } from '../../tip/connection/exchange';
import { passOverContinue } from '../../tip/connection/interim';
import { Pool } from '../../tip/connection/undici';

/** One exchange over plain TCP, so that each byte is ours. */
describe('An exchange', () => {
	let server: Server;
	let answer: (socket: Socket) => void;
	let pool: Pool;
	beforeEach(async () => {
		server = createServer((socket) => {
			socket.on('error', () => {});
			socket.on('data', () => answer(socket));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		pool = new Pool(`http://127.0.0.1:${port}`, {
			connections: 1,
			connect: (_options, callback) => {
				const socket = connect(port, '127.0.0.1', () => {
					passOverContinue(socket);
					callback(null, socket);
				});
				socket.once('error', () => {});
			},
		});
	});
	afterEach(async () => {
		await pool.destroy();
		server.close();
	});

	const send = (options: Partial<ExchangeOptions> = {}) =>
		exchange(pool, { method: 'PUT', target: '/', headers: {} }, { timeoutMs: 60_000, ...options });
	const whole = (body: string, head = '') =>
		`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${head}\r\n${body}`;

	describe('whose timeout', () => {
		// Two of them, in the hand of the test.
		let long: HeldTimers;
		let short: HeldTimers;
		beforeEach(() => {
			long = holdTimers(3_000_000);
			short = holdTimers(2_000_000);
		});
		afterEach(() => {
			long.release();
			short.release();
		});

		it('runs out while the answer lies unread in the socket takes it', async () => {
			answer = (socket) =>
				socket.write(whole('{"task_id":"x"}'), () => {
					// The process stands still until the bytes are there, and then the timer is due.
					Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
					long.fire();
				});
			const { body } = await send({ timeoutMs: 3_000_000 });
			expect(body.toString()).toBe('{"task_id":"x"}');
		});

		it('runs out before the last byte is given up', async () => {
			let sent = false;
			answer = (socket) =>
				socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n12345', () => (sent = true));
			const running = send({ timeoutMs: 3_000_000 });
			// Again and again does no harm: there is one timer.
			await fireWhile(running, long, () => sent);
			await expect(running).rejects.toMatchObject({ end: 'timeout', written: true });
		});

		it('does not run in the queue, which has a time of its own', async () => {
			let asked = false;
			answer = () => void (asked = true);
			const first = send({ timeoutMs: 3_000_000 });
			const second = send({ timeoutMs: 3_000_000, waitMs: 2_000_000 });
			await fireWhile(second, short, () => asked);
			await expect(second).rejects.toMatchObject({ end: 'waited', written: false });
			expect(long.waiting).toBe(1);
			await fireWhile(first, long, () => true);
			await expect(first).rejects.toMatchObject({ end: 'timeout', written: true });
		});

		it('begins anew when the request is written just as the wait runs out', async () => {
			answer = (socket) => {
				socket.write(whole('{}'));
				answer = (again) => again.write(whole('{"late":1}'));
				// What waited its time is written before anybody comes to end it.
				short.fire();
			};
			const first = send();
			const second = send({ waitMs: 2_000_000 }).catch((failure: ExchangeFailure) => failure);
			await first;
			const end = await second;
			// Or not at all: never both.
			if (end instanceof ExchangeFailure)
				expect(end).toMatchObject({ end: 'waited', written: false });
			else expect(end.body.toString()).toBe('{"late":1}');
		});
	});

	it('never writes what was given up while it waited', async () => {
		let seen = 0;
		let goOn = () => {};
		const givenUp = new Promise<void>((resolve) => (goOn = resolve));
		answer = (socket) => {
			seen++;
			void givenUp.then(() => socket.write(whole('{}')));
		};
		const first = send();
		await expect(send({ waitMs: 1 })).rejects.toMatchObject({ end: 'waited', written: false });
		goOn();
		await first;
		// What was still queued would be written before this one.
		await send();
		expect(seen).toBe(2);
	});

	it('takes as many bytes as it may, and not one more', async () => {
		answer = (socket) => socket.write(whole('12345678'));
		await expect(send({ maxBytes: 8 })).resolves.toMatchObject({ status: 200 });
		await expect(send({ maxBytes: 7 })).rejects.toMatchObject({ end: 'failed', written: true });

		answer = (socket) =>
			socket.write(
				'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n',
			);
		await expect(send({ maxBytes: 8 })).resolves.toMatchObject({ status: 200 });
		await expect(send({ maxBytes: 7 })).rejects.toMatchObject({ end: 'failed', written: true });
	});

	it('is not begun when it was cancelled before, and is broken off when it is later', async () => {
		let asked = 0;
		answer = () => void asked++;
		await expect(send({ signal: AbortSignal.abort() })).rejects.toMatchObject({
			end: 'cancelled',
			written: false,
		});
		const controller = new AbortController();
		answer = () => {
			asked++;
			controller.abort();
		};
		const running = send({ signal: controller.signal });
		await expect(running).rejects.toMatchObject({ end: 'cancelled', written: true });
		expect(asked).toBe(1);
	});

	it('leaves no listener on the signal', async () => {
		answer = (socket) => socket.write(whole('{}'));
		const { signal } = new AbortController();
		const added = jest.spyOn(signal, 'addEventListener');
		const removed = jest.spyOn(signal, 'removeEventListener');
		await send({ signal });
		answer = (socket) => socket.destroy();
		await expect(send({ signal })).rejects.toBeInstanceOf(ExchangeFailure);
		expect(added).toHaveBeenCalledTimes(2);
		expect(removed).toHaveBeenCalledTimes(2);
	});

	describe('passes over interim answers', () => {
		const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
		const WITH_HEADERS = 'HTTP/1.1 100 Go on\r\nX-By: gateway\r\n\r\n';

		it.each([
			['103', `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${whole('{}')}`],
			['102', `HTTP/1.1 102 Processing\r\n\r\n${whole('{}')}`],
			['100', CONTINUE + whole('{}')],
			['100 with headers', WITH_HEADERS + whole('{}')],
			['100 without a word', `HTTP/1.1 100\r\n\r\n${whole('{}')}`],
			['100 of an older version', `HTTP/1.0 100 Continue\r\n\r\n${whole('{}')}`],
			['100 with bare line ends', `HTTP/1.1 100 Continue\n\n${whole('{}')}`],
			['several', `${CONTINUE}HTTP/1.1 103 Hints\r\n\r\n${whole('{}')}`],
			['many', CONTINUE.repeat(2000) + whole('{}')],
		])('%s', async (_name, text) => {
			answer = (socket) => socket.write(text);
			for (let time = 0; time < 3; time++) {
				await expect(send()).resolves.toMatchObject({ status: 200, body: Buffer.from('{}') });
			}
		});

		it('wherever they are cut', async () => {
			const text = CONTINUE + WITH_HEADERS + whole('{"a":1}');
			for (let cut = 1; cut < text.length; cut++) {
				answer = (socket) => {
					socket.setNoDelay(true).write(text.slice(0, cut));
					setImmediate(() => socket.write(text.slice(cut)));
				};
				const { status, body } = await send();
				expect([cut, status, body.toString()]).toEqual([cut, 200, '{"a":1}']);
			}
		});

		it('and takes nothing else for one', async () => {
			const said = CONTINUE + CONTINUE;
			answer = (socket) => socket.write(whole(said));
			expect((await send()).body.toString()).toBe(said);
			answer = (socket) => socket.write(`HTTP/1.1 1000 Odd\r\n\r\n${whole('{}')}`);
			await expect(send()).rejects.toMatchObject({ end: 'failed', written: true });
			answer = (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\nHTT');
			await expect(send()).rejects.toMatchObject({ end: 'failed', written: true });
			answer = (socket) => socket.end(`HTTP/1.1 100 Continue\r\nX: ${'x'.repeat(20_000)}`);
			await expect(send()).rejects.toMatchObject({ end: 'failed', written: true });
		});
	});

	describe('unpacks what was packed all the same', () => {
		const text = JSON.stringify({ task_id: 'x'.repeat(1000) });
		const packed = (encoding: string, body: Buffer) => (socket: Socket) => {
			socket.write(
				`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`,
			);
			socket.write(body);
		};

		it.each<[string, Buffer]>([
			['gzip', gzipSync(text)],
			['GZip', gzipSync(text)],
			['x-gzip', gzipSync(text)],
			['deflate', deflateSync(text)],
			['deflate', deflateRawSync(text)],
			['br', brotliCompressSync(text)],
			['identity', Buffer.from(text)],
			['deflate, gzip', gzipSync(deflateSync(text))],
			['identity, gzip', gzipSync(text)],
			['gzip', Buffer.alloc(0)],
		])('%s', async (encoding, body) => {
			answer = packed(encoding, body);
			expect((await send()).body.toString()).toBe(body.length === 0 ? '' : text);
		});

		it.each<[string, Buffer]>([
			['zstd', Buffer.from(text)],
			['gzip', Buffer.from(text)],
			['gzip', gzipSync(text).subarray(0, 20)],
			['deflate', Buffer.from([0x78])],
			['gzip, gzip, gzip, gzip', Buffer.from(text)],
		])('or says that it can not: %s', async (encoding, body) => {
			answer = packed(encoding, body);
			await expect(send()).rejects.toMatchObject({
				end: 'failed',
				written: true,
				status: 200,
				reason: expect.any(PackedAnswer),
			});
		});

		it.each([
			['gzip', gzipSync(Buffer.alloc(50_000_000))],
			['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
			['br', brotliCompressSync(Buffer.alloc(50_000_000))],
		])('and no bomb goes off (%s)', async (encoding, body) => {
			answer = packed(encoding, body);
			await expect(send({ maxBytes: 1_000_000 })).rejects.toMatchObject({
				reason: expect.any(AnswerTooLarge),
			});
		});
	});
});
