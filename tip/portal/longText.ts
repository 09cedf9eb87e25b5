import { setImmediate as nextTurn } from 'node:timers/promises';
import { UNESCAPED_LENGTH, type AnswerMask } from '../values/masking';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Where the quotation mark is that ends a text. */
export async function endOfText(json: Buffer, start: number, pieceLength: number): Promise<number> {
	for (let end = start, looks = 1; ; looks++) {
		end = json.indexOf(QUOTE, end + 1);
		if (end < 0) throw new SyntaxError('a text without end');
		let before = end - 1;
		for (; json[before] === BACKSLASH; before--) {
			if ((end - before) % pieceLength === 0) await nextTurn();
		}
		if ((end - before) % 2 === 1) return end;
		if (looks % pieceLength === 0) await nextTurn();
	}
}

/**
 * A text of any length, a file for one: decoded, parsed and searched for secrets in pieces, with turns of
 * the event loop in between.
 *
 * @param start of what is between its quotation marks, in bytes
 * @throws SyntaxError when it is not JSON
 */
export async function longText(
	json: Buffer,
	start: number,
	end: number,
	pieceLength: number,
	mask: AnswerMask,
): Promise<string> {
	const parts: string[] = [];
	let tail = '';
	let isClean = end - start > UNESCAPED_LENGTH;
	for (let from = start; from < end;) {
		const to = cutText(json, from, Math.min(from + pieceLength, end), end);
		const part = JSON.parse(`"${json.toString('utf8', from, to)}"`) as string;
		isClean &&= !mask.isIn(tail + part);
		tail = mask.longest > 1 ? (tail + part).slice(1 - mask.longest) : '';
		parts.push(part);
		from = to;
		await nextTurn();
	}
	const text = parts.join('');
	return isClean && text.length > UNESCAPED_LENGTH ? text : mask.value(text);
}

/** The first place from `to` on at which neither a character nor an escape is cut in two. */
function cutText(json: Buffer, from: number, to: number, end: number): number {
	const piece = json.subarray(from, to);
	for (let escape = piece.indexOf(BACKSLASH); escape >= 0;) {
		const after = escape + (json[from + escape + 1] === LETTER_U ? 6 : 2);
		if (after >= piece.length) return Math.min(from + after, end);
		escape = piece.indexOf(BACKSLASH, after);
	}
	let cut = to;
	while (cut < end && cut - to < 3 && (json[cut]! & 0xc0) === 0x80) cut++;
	return cut;
}
