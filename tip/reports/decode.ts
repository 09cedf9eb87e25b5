import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** As much of a file is read between two turns of the event loop, in bytes. */
const BYTES_PER_TURN = 256 * 1024;

/** A file's UTF-8 as text, piece by piece, without the mark in front; the event loop has its turns. */
export async function* decode(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
	const decoder = new StringDecoder('utf8');
	let isFirst = true;
	let sinceTurn = 0;
	for await (const chunk of content) {
		const text = decoder.write(chunk);
		if (text !== '') yield isFirst ? text.replace(/^\uFEFF/, '') : text;
		isFirst &&= text === '';
		sinceTurn += chunk.length;
		if (sinceTurn < BYTES_PER_TURN) continue;
		sinceTurn = 0;
		await nextTurn();
	}
	const rest = decoder.end();
	if (rest !== '') yield rest;
}
