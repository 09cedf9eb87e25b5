import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from './undici';

export interface ExchangeRequest {
	method: 'GET' | 'PUT';
	/** Path and query, encoded. */
	target: string;
	headers: Record<string, string>;
}

export interface ExchangeAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

export interface ExchangeOptions {
	/** For the whole exchange, from queueing to the last byte of the answer, in milliseconds. */
	timeoutMs: number;
	signal?: AbortSignal;
}

export type ExchangeEnd = 'timeout' | 'cancelled' | 'failed';

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
export function exchange(
	dispatcher: Dispatcher,
	request: ExchangeRequest,
	{ timeoutMs, signal }: ExchangeOptions,
): Promise<ExchangeAnswer> {
	return new Promise((resolve, reject) => {
		let controller: Dispatcher.DispatchController | undefined;
		let status: number | undefined;
		let headers: IncomingHttpHeaders = {};
		const chunks: Buffer[] = [];
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
		const breakOff = (end: ExchangeEnd) => {
			fail(end);
			controller?.abort(new Error(end));
		};
		const onAbort = () => breakOff('cancelled');
		const timer = setTimeout(() => breakOff('timeout'), timeoutMs);
		if (signal?.aborted) return onAbort();
		signal?.addEventListener('abort', onAbort, { once: true });

		const handler: Dispatcher.DispatchHandler = {
			// Called in the same turn in which the request is written to the socket.
			onRequestStart(started) {
				if (over) return started.abort(new Error('given up while it waited for a connection'));
				controller = started;
			},
			onResponseStart(_controller, statusCode, answerHeaders) {
				if (statusCode < 200) return;
				status = statusCode;
				headers = answerHeaders;
			},
			onResponseData(_controller, chunk) {
				chunks.push(chunk);
			},
			onResponseEnd() {
				const answer = { status: status!, headers, body: Buffer.concat(chunks) };
				// undici frees the connection one turn later; whoever sends again before that opens another.
				finish(() => queueMicrotask(() => setImmediate(resolve, answer)));
			},
			onResponseError(_controller, reason) {
				fail('failed', reason);
			},
		};
		dispatcher.dispatch(
			{ method: request.method, path: request.target, headers: request.headers, body: null },
			handler,
		);
	});
}
