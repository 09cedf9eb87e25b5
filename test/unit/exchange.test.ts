import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fireWhile, holdTimers, type HeldTimers } from '../engine/heldTimers';
import { exchange, ExchangeFailure } from '../../tip/connection/exchange';
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
		pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
			connections: 1,
		});
	});
	afterEach(async () => {
		await pool.destroy();
		server.close();
	});

	const send = (options: { timeoutMs?: number; maxBytes?: number; signal?: AbortSignal } = {}) =>
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

		it('runs out in the queue knows that nothing was written', async () => {
			let asked = false;
			answer = () => void (asked = true);
			const first = send({ timeoutMs: 3_000_000 });
			const second = send({ timeoutMs: 2_000_000 });
			await fireWhile(second, short, () => asked);
			await expect(second).rejects.toMatchObject({ end: 'timeout', written: false });
			await fireWhile(first, long, () => true);
			await expect(first).rejects.toMatchObject({ end: 'timeout', written: true });
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
		await expect(send({ timeoutMs: 1 })).rejects.toMatchObject({ written: false });
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

	it('passes over interim answers', async () => {
		answer = (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${whole('{}')}`);
		await expect(send()).resolves.toMatchObject({ status: 200 });
	});
});
