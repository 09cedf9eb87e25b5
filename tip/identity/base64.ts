/**
 * Finds what is written in base64 in a text: a file without PEM markers, several of them one after
 * the other, a whole PEM file encoded once more. All steps are one pass over the text.
 */
import { declaredLength, TAG } from './asn1';
import { looksLikePfx } from './contents';

/** Characters of base64, also of the kind for addresses, with blanks and other noise between them. */
const RUN =
	/[A-Za-z0-9+/_=\-\s\u0000-\u001f\u007f-\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"'`\u00b4\u02b9-\u02bc\u2018-\u201f\u2032-\u2037\u2039\u203a\u00ab\u00bb\u300c-\u300f\u301d-\u301f\uff02\uff07>\\]{8,}/g;
/** A word of it, with the padding after it. */
const WORD = /[A-Za-z0-9+/_-]+={0,2}/g;

/** Enough of a beginning to tell what follows, in characters of base64. */
const HEAD_LENGTH = 48;
const SHORTEST_HEAD = 16;
/** A certificate or key is longer, in bytes; a sequence that is shorter is chance. */
const SHORTEST_FILE = 40;
const LONGEST_FILE = 1024 * 1024;
/** Words looked at as a beginning, before it is given up. */
const MOST_TRIES = 5000;

/** The files in a text, as bytes; one that is cut short comes as it is. */
export function filesInBase64(text: string): Buffer[] {
	return [...text.matchAll(RUN)].flatMap(([run]) => filesIn(run.match(WORD) ?? []));
}

function filesIn(words: string[]): Buffer[] {
	const files: Buffer[] = [];
	let tries = 0;
	for (let at = 0; at < words.length && tries++ < MOST_TRIES;) {
		const start = startOf(headAt(words, at));
		if (start === undefined) {
			at++;
			continue;
		}
		const length = start === 'text' ? undefined : start;
		const { encoded, next, rest } = take(words, at, length);
		files.push(Buffer.from(encoded, 'base64'));
		at = next;
		// What follows without anything between is looked at as a word of its own.
		if (rest !== '') words[--at] = rest;
	}
	return files;
}

/** The first characters from a word on. */
function headAt(words: string[], at: number): string {
	let head = '';
	for (let i = at; i < words.length && head.length < HEAD_LENGTH; i++) {
		head += words[i]!.slice(0, HEAD_LENGTH);
		if (head.endsWith('=')) break;
	}
	return head.slice(0, HEAD_LENGTH);
}

/** The length of the file that begins so in bytes, if it says so; or that a text begins. */
function startOf(head: string): number | 'text' | undefined {
	const bytes = Buffer.from(head, 'base64');
	if (looksLikePfx(bytes)) return declaredLength(bytes) ?? LONGEST_FILE;
	if (bytes[0] === TAG.sequence) {
		const length = declaredLength(bytes);
		const inner = [TAG.sequence, TAG.integer, TAG.objectId].some(
			(tag) => tag === bytes[innerAt(bytes)],
		);
		const isLikely = length !== undefined && length >= SHORTEST_FILE && length <= LONGEST_FILE;
		if (isLikely && inner) return length;
	}
	if (isArchive(bytes)) return LONGEST_FILE;
	return head.length >= SHORTEST_HEAD && isText(bytes) ? 'text' : undefined;
}

function innerAt(bytes: Buffer): number {
	const first = bytes[1] ?? 0;
	return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

/** ZIP, gzip, or a key store of Java: not read, but named. */
export function isArchive(bytes: Buffer): boolean {
	return ['504b0304', '1f8b08', 'feedfeed', 'cececece'].some((magic) =>
		bytes.subarray(0, 4).toString('hex').startsWith(magic),
	);
}

/** Printable ASCII, or the same in UTF-16, with a mark of the byte order or without. */
function isText(bytes: Buffer): boolean {
	const text = bytes.toString('latin1').replace(/^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)/, '');
	return /^[\t\n\r -~]{8,}$/.test(text.replaceAll('\0', ''));
}

/**
 * Words from one on, until there are enough, or padding or a new beginning ends them.
 *
 * @param length of the file in bytes; undefined for a text, which does not say how long it is
 */
function take(words: string[], from: number, length: number | undefined) {
	const wanted = length === undefined ? Infinity : Math.ceil((length * 4) / 3);
	const taken: string[] = [];
	let count = 0;
	let at = from;
	while (at < words.length && count < wanted) {
		const isOver = at > from && (count % 4 !== 0 || endsBlock(taken));
		if (length === undefined && isOver && startOf(headAt(words, at)) !== undefined) break;
		const word = words[at++]!;
		const [letters, padding] = [word.replaceAll('=', ''), word.includes('=')];
		// In the source of a mail it says that the line goes on.
		const goesOn = length !== undefined && count + letters.length < wanted;
		taken.push(goesOn ? letters : word);
		count += letters.length;
		if (padding && !goesOn) break;
	}
	const encoded = taken.join('');
	// The padding that makes the last four characters full belongs to it.
	let end = Math.min(encoded.length, wanted);
	while (end < encoded.length && encoded[end] === '=') end++;
	return { encoded: encoded.slice(0, end), next: at, rest: encoded.slice(end) };
}

/** Whether the last of a text in base64 is the end of a PEM block. */
function endsBlock(taken: string[]): boolean {
	const tail = taken.slice(-3).join('').slice(-120);
	const text = Buffer.from(tail.slice(tail.length % 4), 'base64').toString('latin1');
	return /END [A-Z ]+-+\s*$/.test(text.replaceAll('\0', ''));
}
