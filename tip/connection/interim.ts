import type { Socket } from 'node:net';

const LONGEST_HEAD = 16 * 1024;
const EMPTY = Buffer.alloc(0);
/** What undici writes first, as a text; the pieces of a body are bytes. */
const REQUEST_LINE = /^[A-Z]+ [^ ]+ HTTP\/1\.1\r\n/;
const EXPECTED = 'HTTP/1.x 100';

/**
 * Takes `100 Continue` out of what is read from a socket. A client that has not asked for it may
 * discard it (RFC 9110 15.2.1), and some gateways send it all the same; undici takes it for a broken
 * exchange and closes the connection, so that a rescan that was done would be `unknown`. Other 1xx it
 * passes over by itself.
 *
 * To be called before undici has the socket. It relies on one request at a time.
 */
export function passOverContinue(socket: Socket): void {
	const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
	const write = socket.write.bind(socket) as Socket['write'];
	/** Whether nothing of the answer to the last request has been read yet. */
	let isAtStart = false;
	let held: Buffer = EMPTY;

	socket.write = ((...args: Parameters<Socket['write']>) => {
		const [text] = args as [unknown];
		if (typeof text === 'string' && REQUEST_LINE.test(text)) isAtStart = true;
		return write(...args);
	}) as Socket['write'];
	socket.read = (size?: number) => {
		if (!isAtStart) return read(size);
		for (let chunk: Buffer | null; (chunk = read(size)) !== null;) {
			held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
			let end: number | undefined;
			while ((end = endOfContinue(held)) !== undefined && end > 0) held = held.subarray(end);
			if (end === undefined) continue;
			const rest = held;
			held = EMPTY;
			isAtStart = false;
			return rest;
		}
		return null;
	};
}

/** Where a `100 Continue` ends; 0 when it is something else, undefined when that can't be told yet. */
function endOfContinue(bytes: Buffer): number | undefined {
	const head = bytes.toString('latin1', 0, EXPECTED.length).replace(/^(HTTP\/1\.)[01]/, '$1x');
	if (!EXPECTED.startsWith(head)) return 0;
	if (head.length < EXPECTED.length) return undefined;
	const text = bytes.toString('latin1', 0, LONGEST_HEAD);
	if (!/^[ \r\n]/.test(text.slice(EXPECTED.length))) {
		return text.length > EXPECTED.length ? 0 : undefined;
	}
	const found = /\r?\n\r?\n/.exec(text);
	if (found === null) return bytes.length < LONGEST_HEAD ? undefined : 0;
	return found.index + found[0].length;
}
