/** What can go wrong on purpose: the steps of a script and the faults of a connection. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { assumed } from './assumed';
import type { Clock } from './clock';
import type { RecordedRequest } from './records';
import type { Answer } from './routes';

/**
 * One scripted answer. Without `status`, `body`, `rawBody`, `redirect` or `retryAfter` the portal's
 * normal answer is what gets delayed, cut, or reset; `{}` is that answer, untouched.
 */
export interface Step {
	/** Only on the last step of a script: keep taking it. */
	repeat?: boolean;
	/** Takes place when the headers are here, before the body is. */
	early?: true;
	/** Wait before anything else of this step. */
	delayMs?: number;
	/** Wait, after `delayMs`, until this promise is settled: a test opens the gate. */
	until?: Promise<unknown>;
	/** What follows after `delayMs`, when it isn't in this object itself. */
	then?: Step;

	status?: number;
	/** Sent as JSON, whatever it is. */
	body?: unknown;
	/** Sent as it is; no Content-Type unless `headers` names one. */
	rawBody?: string | Buffer;
	headers?: Record<string, string>;
	/** Value of Retry-After: seconds or a date. Status 429 unless given. */
	retryAfter?: string;
	/** Value of Location. */
	redirect?: string;

	/** TCP reset. `midBody`: half of the body that Content-Length announced has been sent. */
	reset?: 'beforeAnswer' | 'afterHeaders' | 'midBody';
	/** Orderly close at a bad moment. `midBody`: fewer bytes than Content-Length announced. */
	close?: 'beforeAnswer' | 'afterHeaders' | 'midBody';
	/** No answer, ever; the connection stays open. */
	never?: boolean;
	/** An answer that goes on for ever, so many bytes at a time. `head`: still in its headers. */
	trickle?: { bytes: number; everyMs: number; part?: 'head' | 'body' };
	/** A body of so many bytes, streamed. Chunked unless `contentLength`. */
	flood?: number | { bytes: number; contentLength?: boolean };
	/** Bytes that aren't HTTP. */
	malformed?: boolean;
}

/**
 * What happens to a whole connection.
 * - `refuseTls`: closed as soon as TCP is up, no TLS byte answered.
 * - `plainHttp`: the handshake is answered with plain HTTP.
 * - `stallHandshake`: nothing is answered.
 * - `resetInHandshake`: TCP reset once the client's first TLS bytes have come.
 * - `resetAfterHandshake`: TLS is up, then a TCP reset at once; a request may or may not have been
 *   written by then.
 * - `resetBeforeRead`: TLS is up, and nothing reads the request as HTTP. The reset comes when its first
 *   bytes are here; with `afterMs` so long after the handshake, whether or not it has been written.
 */
export type ConnectionFault =
	| 'refuseTls'
	| 'plainHttp'
	| 'stallHandshake'
	| 'resetInHandshake'
	| 'resetAfterHandshake'
	| { resetBeforeRead: true; afterMs?: number };

export interface ConnectionInfo {
	/** The `socketId` that requests on it will carry. */
	id: number;
}

/** One TCP connection, from accept to close. */
export class Connection implements ConnectionInfo {
	tls?: TLSSocket;
	clientSubject = '';
	authorized = false;

	constructor(
		readonly id: number,
		readonly raw: Socket,
		readonly fault: ConnectionFault | undefined,
	) {}

	/** RST, not FIN. */
	reset(): void {
		if (!this.raw.destroyed) this.raw.resetAndDestroy();
	}

	/** FIN, with TLS's own good-bye before it. */
	close(): void {
		const socket = this.tls ?? this.raw;
		socket.end(() => socket.destroy());
	}
}

/** Plays a fault that comes before TLS. Answers whether the connection may go on to TLS. */
export function playBeforeTls(connection: Connection): boolean {
	const { raw, fault } = connection;
	switch (fault) {
		case 'refuseTls':
			raw.destroy();
			return false;
		case 'plainHttp':
			raw.once('data', () =>
				raw.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
			);
			return false;
		case 'stallHandshake':
			raw.resume();
			return false;
		case 'resetInHandshake':
			raw.once('data', () => connection.reset());
			return false;
		default:
			return true;
	}
}

/** Plays a fault that comes after the handshake. Answers whether HTTP may begin. */
export function playAfterTls(connection: Connection, clock: Clock): boolean {
	const { fault } = connection;
	if (fault === 'resetAfterHandshake') {
		connection.reset();
		return false;
	}
	if (typeof fault === 'object') {
		const reset = () => connection.reset();
		if (fault.afterMs === undefined) connection.tls?.once('data', reset);
		else clock.after(fault.afterMs, reset);
		return false;
	}
	return true;
}

/** The fields of `delayMs` … `then` chains joined into one step. */
export function flatten(step: Step): Step {
	if (!step.then) return step;
	const { then, ...own } = step;
	const next = flatten(then);
	return { ...own, ...next, delayMs: (own.delayMs ?? 0) + (next.delayMs ?? 0) };
}

/** The answer a step asks for, before any fault cuts it. */
export function answerOf(step: Step, normal: Answer): Answer {
	const { headers = {} } = step;
	const changes: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) changes[name.toLowerCase()] = value;
	if (step.redirect !== undefined) changes['location'] = step.redirect;
	if (step.retryAfter !== undefined) changes['retry-after'] = step.retryAfter;
	const status =
		step.status ??
		(step.redirect !== undefined
			? assumed.redirectStatus
			: step.retryAfter !== undefined
				? 429
				: step.body !== undefined || step.rawBody !== undefined
					? 200
					: normal.status);
	if (step.rawBody !== undefined) return { status, headers: changes, body: step.rawBody };
	if (step.body === undefined && status === normal.status) {
		return { status, headers: { ...normal.headers, ...changes }, body: normal.body };
	}
	if (step.body === undefined && status < 400) return { status, headers: changes, body: '' };
	return {
		status,
		headers: { 'content-type': 'application/json', ...changes },
		body: JSON.stringify(step.body ?? assumed.errorBody(status)),
	};
}

/** The name a step leaves in the record. */
export function nameOf(step: Step): string | undefined {
	if (step.reset) return `reset:${step.reset}`;
	if (step.close) return `close:${step.close}`;
	if (step.never) return 'never';
	if (step.trickle) return `trickle:${step.trickle.part ?? 'body'}`;
	if (step.flood !== undefined) return 'flood';
	if (step.malformed) return 'malformed';
	return undefined;
}

export interface Delivery {
	request: RecordedRequest;
	response: ServerResponse;
	connection: Connection;
	clock: Clock;
}

/** Sends a whole answer. */
export function send({ request, response }: Delivery, answer: Answer): void {
	if (response.destroyed) {
		request.aborted = true;
		return;
	}
	request.status = answer.status;
	const { headers, body } = answer;
	headers['content-length'] = String(
		typeof body === 'string' ? Buffer.byteLength(body) : body.length,
	);
	response.writeHead(answer.status, headers);
	response.end(body, () => (request.handedOverAt = performance.now()));
}

/** Lets what was written leave the machine's buffers before a reset throws them away. */
const FLUSH_MS = 15;

/** Sends an answer the way a step wants it. */
export function deliver(delivery: Delivery, step: Step, answer: Answer): void {
	const { request, response, connection, clock } = delivery;
	if (response.destroyed) {
		request.aborted = true;
		return;
	}
	const cut = step.reset ?? step.close;
	if (cut) {
		const end = () => (step.reset ? connection.reset() : connection.close());
		if (cut === 'beforeAnswer') return end();
		const body = Buffer.from(answer.body);
		// Half of it, and never all of it; an answer without a body gets one to miss.
		const announced = Math.max(body.length, 2);
		request.status = answer.status;
		response.writeHead(answer.status, { ...answer.headers, 'content-length': String(announced) });
		if (cut === 'afterHeaders') response.flushHeaders();
		else response.write(Buffer.concat([body, Buffer.from('  ')]).subarray(0, announced >> 1));
		clock.after(FLUSH_MS, end);
		return;
	}
	if (step.never) {
		response.once('close', () => (request.aborted = true));
		return;
	}
	if (step.malformed) {
		connection.tls?.end('SPQR? this is not HTTP\r\n\r\n');
		return;
	}
	if (step.trickle) return trickle(delivery, step.trickle, answer);
	if (step.flood !== undefined) {
		const { bytes, contentLength = false } =
			typeof step.flood === 'number' ? { bytes: step.flood } : step.flood;
		return flood(delivery, bytes, contentLength, answer);
	}
	send(delivery, answer);
}

function trickle(
	{ request, response, connection, clock }: Delivery,
	{ bytes, everyMs, part = 'body' }: NonNullable<Step['trickle']>,
	answer: Answer,
): void {
	const drop = (text: string | Buffer) =>
		part === 'head' ? connection.tls?.write(text) : response.write(text);
	if (part === 'head') {
		drop(`HTTP/1.1 ${answer.status} Slow\r\nX-Trickle: `);
	} else {
		request.status = answer.status;
		response.writeHead(answer.status, answer.headers);
		response.flushHeaders();
	}
	const stop = clock.every(everyMs, () => drop(' '.repeat(bytes)));
	connection.raw.once('close', () => {
		stop();
		request.aborted = true;
	});
}

const BLOCK = Buffer.alloc(64 * 1024, 'x');

function flood(
	{ request, response }: Delivery,
	bytes: number,
	contentLength: boolean,
	answer: Answer,
): void {
	request.status = answer.status;
	const length: Record<string, string> = contentLength ? { 'content-length': String(bytes) } : {};
	response.writeHead(answer.status, { ...answer.headers, ...length });
	let left = bytes;
	const pour = () => {
		while (left > 0 && !response.destroyed) {
			const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
			left -= block.length;
			if (!response.write(block)) {
				response.once('drain', pour);
				return;
			}
		}
		response.end();
	};
	response.once('close', () => {
		if (left > 0) request.aborted = true;
	});
	pour();
}
