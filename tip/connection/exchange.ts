import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AnswerTooLarge, unpack } from './decode';
import type { Dispatcher } from './undici';

/** Largest answer taken unless the request says otherwise, in bytes. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * How long a request may wait for one of the shared connections unless the caller says otherwise, in
 * milliseconds: long enough for several executions that take turns on them.
 */
export const MAX_WAIT_MS = 5 * 60_000;

export interface ExchangeRequest {
	method: 'GET' | 'PUT' | 'POST' | 'DELETE';
	/** Path and query, encoded. */
	target: string;
	headers: Record<string, string>;
	/** As long as `content-length` says. */
	body?: Readable;
	/** Gives the connection up afterwards, because somebody else waits for it. */
	isLast?: boolean;
}

export interface ExchangeAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	/** Unpacked, if it came packed. */
	body: Buffer;
}

export interface TimedAnswer extends ExchangeAnswer {
	/** From the moment the whole request was written until its answer began, in milliseconds. */
	tookMs: number;
}

export interface ExchangeOptions {
	/** From the moment the request is written to the last byte of the answer, in milliseconds. */
	timeoutMs: number;
	/** Before that, for a connection, in milliseconds. */
	waitMs?: number;
	/** Largest answer taken, packed or unpacked. */
	maxBytes?: number;
	signal?: AbortSignal;
}

/** `waited`: no connection was free in time. */
export type ExchangeEnd = 'waited' | 'timeout' | 'cancelled' | 'failed';

/** Why no complete answer came, and how far the exchange had got. */
export class ExchangeFailure extends Error {
	constructor(
		readonly end: ExchangeEnd,
		/** Whether any byte of the request may have reached the network. */
		readonly written: boolean,
		/** Status line already received when the exchange broke off. */
		readonly status: number | undefined,
		readonly reason?: Error,
	) {
		super(reason?.message ?? end);
	}
}

/**
 * One request and its whole answer on a connection of the pool. Redirects are not followed, nothing
 * is repeated.
 *
 * @throws ExchangeFailure
 */
export async function exchange(
	dispatcher: Dispatcher,
	request: ExchangeRequest,
	options: ExchangeOptions,
): Promise<TimedAnswer> {
	const answer = await transfer(dispatcher, request, options);
	const { status, headers, body } = answer;
	try {
		const { maxBytes = MAX_ANSWER_BYTES } = options;
		return { ...answer, body: await unpack(headers, body, maxBytes) };
	} catch (reason) {
		throw new ExchangeFailure('failed', true, status, reason as Error);
	}
}

function transfer(
	dispatcher: Dispatcher,
	{ method, target, headers: requestHeaders, body, isLast = false }: ExchangeRequest,
	{ timeoutMs, waitMs = MAX_WAIT_MS, maxBytes = MAX_ANSWER_BYTES, signal }: ExchangeOptions,
): Promise<TimedAnswer> {
	return new Promise((resolve, reject) => {
		let controller: Dispatcher.DispatchController | undefined;
		let status: number | undefined;
		let writtenAt = 0;
		let tookMs = 0;
		let headers: IncomingHttpHeaders = {};
		const chunks: Buffer[] = [];
		let received = 0;
		let over = false;

		const finish = (end: () => void) => {
			if (over) return;
			over = true;
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			end();
		};
		const fail = (end: ExchangeEnd, reason?: Error) =>
			finish(() => reject(new ExchangeFailure(end, controller !== undefined, status, reason)));
		const breakOff = (end: ExchangeEnd, reason?: Error) => {
			fail(end, reason);
			controller?.abort(new Error(end));
		};
		const refuseTooLarge = () => {
			chunks.length = 0;
			breakOff('failed', new AnswerTooLarge());
		};
		const onAbort = () => breakOff('cancelled');
		// On a busy machine the answer may lie in the socket, unread, when the timer fires: a turn of the
		// event loop reads it, and another one what follows.
		const endAfter = (ms: number, end: 'waited' | 'timeout') =>
			setTimeout(() => setImmediate(() => setImmediate(endIfDue, end)), ms);
		const endIfDue = (end: 'waited' | 'timeout') => {
			// Written in the meantime: what counts from then on is another time.
			if (end === 'waited' && controller !== undefined) return;
			breakOff(end);
		};
		let timer = endAfter(waitMs, 'waited');
		if (signal?.aborted) return onAbort();
		signal?.addEventListener('abort', onAbort, { once: true });
		body?.once('end', () => (writtenAt = performance.now()));

		const handler: Dispatcher.DispatchHandler = {
			// Called in the same turn in which the request is written to the socket.
			onRequestStart(started) {
				// Written once at most, whatever the dispatcher may think of.
				if (over || controller) return started.abort(new Error('not to be written (again)'));
				controller = started;
				writtenAt = performance.now();
				clearTimeout(timer);
				timer = endAfter(timeoutMs, 'timeout');
			},
			onResponseStart(_controller, statusCode, answerHeaders) {
				if (statusCode < 200) return;
				status = statusCode;
				tookMs = performance.now() - writtenAt;
				headers = answerHeaders;
				if (Number(headers['content-length']) > maxBytes) refuseTooLarge();
			},
			onResponseData(_controller, chunk) {
				chunks.push(chunk);
				received += chunk.length;
				if (received > maxBytes) refuseTooLarge();
			},
			onResponseEnd() {
				const answer = { status: status!, headers, body: Buffer.concat(chunks), tookMs };
				// undici frees the connection one turn later; whoever sends again before that opens another.
				finish(() => queueMicrotask(() => setImmediate(resolve, answer)));
			},
			onResponseError(_controller, reason) {
				fail('failed', reason);
			},
		};
		dispatcher.dispatch(
			{
				method,
				path: target,
				headers: requestHeaders,
				body: body ?? null,
				...(isLast && { reset: true }),
			},
			handler,
		);
	});
}
