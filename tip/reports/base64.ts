import { setImmediate as nextTurn } from 'node:timers/promises';

/** Characters taken at once: a millisecond's work. */
const PIECE_LENGTH = 256 * 1024;
/** Pieces between two turns of the event loop. */
const PIECES_PER_TURN = 8;

/**
 * Base64 decoded piece by piece, with or without line ends. What is decoded is never held whole; the
 * text itself is, as a part of the portal's answer.
 *
 * @param refusal what is thrown when it turns out not to be base64
 */
export function* decodeBase64(text: string, refusal: () => Error): Generator<Buffer> {
	let rest = '';
	let isOver = false;
	for (let start = 0; start < text.length; start += PIECE_LENGTH) {
		const piece = rest + text.slice(start, start + PIECE_LENGTH).replace(/[\r\n]+/g, '');
		const end = piece.length - (piece.length % 4);
		const block = piece.slice(0, end);
		rest = piece.slice(end);
		if (block === '') continue;
		const foreign = block.search(/[^A-Za-z0-9+/]/);
		const isPadded = foreign >= block.length - 2 && /^={1,2}$/.test(block.slice(foreign));
		if (isOver || (foreign >= 0 && !isPadded)) throw refusal();
		isOver = isPadded && foreign >= 0;
		yield Buffer.from(block, 'base64');
	}
	if (rest !== '') throw refusal();
}

/** Whether a text is base64 to its end; the event loop has its turn meanwhile. */
export async function isBase64(text: string): Promise<boolean> {
	const foreign = new Error('no base64');
	try {
		let length = 0;
		for await (const piece of withTurns(decodeBase64(text, () => foreign))) length += piece.length;
		return length > 0;
	} catch (thrown) {
		if (thrown === foreign) return false;
		throw thrown;
	}
}

/** Text in UTF-8, piece by piece; no character is cut in two. */
export function* encodeText(text: string): Generator<Buffer> {
	for (let start = 0; start < text.length;) {
		let end = Math.min(start + PIECE_LENGTH, text.length);
		if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
		yield Buffer.from(text.slice(start, end), 'utf8');
		start = end;
	}
}

/** The same pieces, with turns of the event loop in between. */
export async function* withTurns(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
	let count = 0;
	for (const piece of pieces) {
		if (++count % PIECES_PER_TURN === 0) await nextTurn();
		yield piece;
	}
}

function isHighSurrogate(unit: number): boolean {
	return unit >= 0xd800 && unit <= 0xdbff;
}
