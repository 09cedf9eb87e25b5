import { withoutEscapes } from './escapes';
import { MASK } from './secret';

/** Shorter secrets occur inside ordinary words, and are masked only where they stand alone. */
const SHORT_LENGTH = 4;
/** Shorter ones give pieces of base64 that turn up by chance, in bytes. */
const SHORTEST_IN_BASE64 = 6;
/** Encoded twice is common, three times is not. */
const MOST_LAYERS = 4;

/** What is looked for, and what counts as having found it. */
interface Needle {
	readonly text: string;
	/** Only where no letter and no digit is beside it. */
	readonly isAlone: boolean;
	/** Signs of equality after it belong to it. */
	readonly isBase64: boolean;
}

/** A piece of a text: from a place up to another one. */
type Range = [from: number, to: number];

/**
 * The rule for *text that is shown*: messages, descriptions, notices, logs, words of the portal in any
 * of them. Every secret is masked in every form, however long the text is.
 *
 * The forms: as it is; percent-encoded, escaped in HTML, JSON or JavaScript, wholly or in part, up to
 * four layers of it; its UTF-8 read as Latin-1 or Windows-1252; in base64 of either alphabet, padded
 * or not, by itself or inside something longer; in hexadecimal. To that end the text is freed of
 * escapes layer by layer, and each layer is searched; all is linear in its length.
 *
 * Whoever cuts a text cuts generously first, has it masked, then cuts it to size: half a secret is not
 * found.
 */
export class TextMask {
	readonly #secrets: readonly string[];
	#needles?: readonly Needle[];

	/** @param secrets nothing is masked for one that is empty or blank */
	constructor(secrets: readonly string[]) {
		this.#secrets = secrets;
	}

	/** One that masks these as well. */
	with(secrets: readonly string[]): TextMask {
		return secrets.length === 0 ? this : new TextMask([...this.#secrets, ...secrets]);
	}

	text(text: string): string {
		this.#needles ??= this.#secrets.flatMap(needlesOf);
		if (this.#needles.length === 0 || text === '') return text;
		return masked(text, rangesOf(text, this.#needles, MOST_LAYERS, standsAlone));
	}
}

/** In longer texts of an answer only what stands there as it is is looked for, in characters. */
export const UNESCAPED_LENGTH = 64 * 1024;

/**
 * The rule for *answers that are handed on*: not a byte is changed but for the login's own secrets
 * (password, passphrase, private key, Basic token, API token), and those only where one is a whole
 * value or stands in it as a whole word. Keys of objects, and what is no text, stay as they are.
 *
 * The password of an archive or a document is no secret here: who reads the answer has typed it into
 * the workflow, and `infected`, which nearly everybody uses, is a verdict too.
 */
export class AnswerMask {
	readonly #needles: readonly Needle[];

	/** @param secrets of the login */
	constructor(secrets: readonly string[]) {
		this.#needles = [...new Set(secrets)]
			.filter((secret) => secret.trim() !== '')
			.map((text) => ({ text, isAlone: true, isBase64: false }));
	}

	/** Length of the longest secret, in characters. */
	get longest(): number {
		return Math.max(0, ...this.#needles.map(({ text }) => text.length));
	}

	/** Whether a secret stands in a piece of a text as it is, wholly. */
	isIn(piece: string): boolean {
		return this.#needles.some(({ text }) => piece.includes(text));
	}

	/** A parsed answer, masked in place; it is given back, or another text in place of a text. */
	value<Value>(value: Value): Value {
		if (typeof value === 'string') return this.#text(value) as Value;
		const open: unknown[] = [value];
		while (open.length > 0) {
			const container = open.pop();
			if (container === null || typeof container !== 'object') continue;
			for (const [key, entry] of Object.entries(container)) {
				if (typeof entry !== 'string') {
					open.push(entry);
					continue;
				}
				const shown = this.#text(entry);
				if (shown !== entry) (container as Record<string, unknown>)[key] = shown;
			}
		}
		return value;
	}

	#text(text: string): string {
		const layers = text.length > UNESCAPED_LENGTH ? 0 : MOST_LAYERS;
		return masked(text, rangesOf(text, this.#needles, layers, isWholeWord));
	}
}

type IsApart = (text: string, from: number, to: number) => boolean;

/** Where the needles are, in the text and in what its escapes hide. */
function rangesOf(
	text: string,
	needles: readonly Needle[],
	mostLayers: number,
	isApart: IsApart,
): Range[] {
	const ranges: Range[] = [];
	let layer = text;
	let placeOf = (index: number) => index;
	for (let depth = 0; ; depth++) {
		for (const needle of needles) {
			for (const [from, to] of find(needle, layer, isApart)) {
				ranges.push([placeOf(from), placeOf(to)]);
			}
		}
		const below = depth < mostLayers ? withoutEscapes(layer) : undefined;
		if (below === undefined) return ranges;
		const placeAbove = placeOf;
		placeOf = (index) => placeAbove(below.places[index]!);
		layer = below.text;
	}
}

function* find(needle: Needle, text: string, isApart: IsApart): Generator<Range> {
	const { length } = needle.text;
	for (let from = text.indexOf(needle.text); from >= 0;) {
		let to = from + length;
		const isFound = !needle.isAlone || isApart(text, from, to);
		if (isFound) {
			if (needle.isBase64) while (text[to] === '=') to++;
			yield [from, to];
		}
		from = text.indexOf(needle.text, isFound ? to : from + 1);
	}
}

function masked(text: string, ranges: Range[]): string {
	if (ranges.length === 0) return text;
	ranges.sort(([a], [b]) => a - b);
	let result = '';
	let end = 0;
	for (const [from, to] of ranges) {
		// What overlaps or touches is one.
		if (from > end || end === 0) result += `${text.slice(end, from)}${MASK}`;
		end = Math.max(end, to);
	}
	return result + text.slice(end);
}

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u;

/** Whether no letter and no digit is beside it. */
function standsAlone(text: string, from: number, to: number): boolean {
	return !isWordAt(text, from - 1) && !isWordAt(text, to);
}

/** As {@link standsAlone}, and it is no part of an ID or a file name, which hold words together. */
function isWholeWord(text: string, from: number, to: number): boolean {
	const isJoined = (at: number, beyond: number) =>
		isWordAt(text, at) ||
		text[at] === '_' ||
		(/[-.]/.test(text[at] ?? '') && isWordAt(text, beyond));
	const isEdge = (at: number) => !isWordAt(text, at);
	return (
		(isEdge(from) || !isJoined(from - 1, from - 2)) && (isEdge(to - 1) || !isJoined(to, to + 1))
	);
}

/** Of a character that is written with two units, either of them is asked about the whole. */
function isWordAt(text: string, at: number): boolean {
	const isSecondUnit = /[\uDC00-\uDFFF]/.test(text[at] ?? '');
	const point = text.codePointAt(isSecondUnit ? at - 1 : at);
	return point !== undefined && at >= 0 && WORD_CHARACTER.test(String.fromCodePoint(point));
}

/** All forms of a secret that taking escapes off a text does not bring back to the secret itself. */
function needlesOf(secret: string): Needle[] {
	if (secret.trim() === '') return [];
	const isAlone = secret.length < SHORT_LENGTH;
	const texts = new Set<string>();
	for (const text of textFormsOf(secret)) {
		// Escapes are taken off a text whatever they mean: also off those a secret has in itself.
		let plain: string | undefined = text;
		for (let layer = 0; plain !== undefined && layer <= MOST_LAYERS; layer++) {
			texts.add(plain);
			plain = withoutEscapes(plain)?.text;
		}
	}
	const bytes = [Buffer.from(secret), Buffer.from(secret, 'latin1')];
	const base64 = new Set(bytes.flatMap(base64FormsOf));
	const hex = bytes.map((form) => form.toString('hex'));
	return [
		...[...texts, ...hex, ...hex.map((form) => form.toUpperCase())].map((text) => ({
			text,
			isAlone,
			isBase64: false,
		})),
		...[...base64].map((text) => ({ text, isAlone, isBase64: true })),
	];
}

/** As it is; with a plus sign for a blank, as forms have it; and its UTF-8 read as something else. */
function textFormsOf(secret: string): string[] {
	const bytes = Buffer.from(secret);
	const all = [
		secret,
		secret.toWellFormed(),
		secret.normalize('NFC'),
		secret.normalize('NFD'),
		bytes.toString('latin1'),
		new TextDecoder('windows-1252').decode(bytes),
	];
	return [...all, ...all.map((form) => form.replaceAll(' ', '+'))].filter((form) => form !== '');
}

/** By itself without padding, and what any longer text in base64 has of it, at each of three offsets. */
function base64FormsOf(bytes: Buffer): string[] {
	const whole = bytes.toString('base64url');
	const forms = [whole];
	if (bytes.length >= SHORTEST_IN_BASE64) {
		for (const before of [0, 1, 2]) {
			const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
			const bits = (before + bytes.length) * 8;
			// Letters at either end that hold bits of something else are left out.
			forms.push(text.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6)));
		}
	}
	return [...forms, ...forms.map((form) => form.replaceAll('-', '+').replaceAll('_', '/'))];
}
