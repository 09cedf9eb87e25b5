import { setImmediate as nextTurn } from 'node:timers/promises';
import { AnswerMask } from '../values/masking';
import { endOfText, longText } from './longText';

/** As much JSON is decoded and parsed in one turn of the event loop, in bytes. */
const PIECE_LENGTH = 64 * 1024;
/** Longest name of a value, number or blank space that is taken, in bytes. */
const LONGEST_PIECE = 4 * 1024 * 1024;
/** Most values of one object: a table of millions of names is made anew, at once, whenever it has grown. */
const MOST_NAMES = 100_000;
/** Deepest nesting taken. What n8n does with items is recursive, and ends the process far below. */
const MAX_DEPTH = 256;

/** There is more in it than is taken: too many values, or too deeply nested ones. */
export class TooMuchJson extends Error {
	constructor(readonly what: 'tooManyValues' | 'tooDeep') {
		super(what);
	}
}

export interface ParseOptions {
	/** Most values taken, counted by the commas and brackets between them. */
	maxValues?: number;
	/** What every text goes through. */
	mask?: AnswerMask;
	/** In one turn of the event loop, in bytes. */
	pieceLength?: number;
}

/** A list or object that is begun and not ended yet. */
interface Container {
	readonly isList: boolean;
	/** Where its bracket is. */
	readonly at: number;
	/** Where the last text directly in it begins: of a value in an object, that is its key. */
	lastText: number;
	/** How many values are in it so far. */
	count: number;
	/** Itself, once it has been found too long to be parsed at once. */
	built?: unknown[] | Record<string, unknown>;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * `JSON.parse` of UTF-8 of any length: what is long is decoded and parsed in pieces, with turns of the
 * event loop given in between, so that everything else in the process goes on. The text is never held
 * as a whole beside its bytes.
 *
 * @throws SyntaxError when it is not JSON
 * @throws TooMuchJson
 */
export async function parseJson(json: Buffer, options: ParseOptions = {}): Promise<unknown> {
	const { maxValues = Infinity, pieceLength = PIECE_LENGTH, mask = new AnswerMask([]) } = options;
	const builder = new Builder(json, mask);
	let values = 0;
	let turnAt = pieceLength;
	for (let i = 0; i < json.length; i++) {
		if (i >= turnAt) {
			await nextTurn();
			turnAt = i + pieceLength;
		}
		const code = json[i];
		if (code === QUOTE) {
			const end = await endOfText(json, i, pieceLength);
			if (end - i > pieceLength && builder.isValue(i)) {
				builder.put(i, end, await longText(json, i + 1, end, pieceLength, mask));
			} else builder.noteText(i);
			i = end;
		} else if (code === COMMA) {
			if (++values > maxValues) throw new TooMuchJson('tooManyValues');
			builder.comma(i, pieceLength);
		} else if (code === LIST || code === OBJECT) {
			if (++values > maxValues) throw new TooMuchJson('tooManyValues');
			if (builder.open(i, code === LIST) > MAX_DEPTH) throw new TooMuchJson('tooDeep');
		} else if (code === LIST_END || code === OBJECT_END) {
			builder.close(i, code === LIST_END);
		}
	}
	return builder.end();
}

/** Puts together what is parsed in pieces. All it has not parsed yet begins at `#start`. */
class Builder {
	readonly #stack: Container[] = [];
	#start = 0;
	/** Whether a list or object that was put together has just ended, so that only a comma may follow. */
	#isAfterBuilt = false;
	#root: { value: unknown } | undefined;

	constructor(
		private readonly json: Buffer,
		private readonly mask: AnswerMask,
	) {}

	/** Whether a text is a value, and not the name of one. */
	isValue(at: number): boolean {
		const container = this.#stack.at(-1);
		if (container === undefined || container.isList) return true;
		let before = at - 1;
		while (isBlank(this.json[before])) before--;
		return this.json[before] === COLON;
	}

	/** Adds a text that was read by itself. */
	put(at: number, end: number, text: string): void {
		if (this.#root !== undefined || this.#isAfterBuilt) throw new SyntaxError('no comma');
		const container = this.#stack.at(-1);
		if (container === undefined) {
			this.#demandBlank(at);
			this.#root = { value: text };
		} else {
			this.#buildAll();
			this.#putBefore(container, at, text);
		}
		this.#isAfterBuilt = true;
		this.#start = end + 1;
	}

	noteText(at: number): void {
		const container = this.#stack.at(-1);
		if (container) container.lastText = at;
	}

	/** @returns how deep it is */
	open(at: number, isList: boolean): number {
		return this.#stack.push({ isList, at, lastText: -1, count: 0 });
	}

	comma(at: number, pieceLength: number): void {
		if (this.#root !== undefined) throw new SyntaxError('something after the end');
		const container = this.#stack.at(-1);
		if (container && ++container.count >= MOST_NAMES && !container.isList) {
			throw new TooMuchJson('tooManyValues');
		}
		if (this.#isAfterBuilt) {
			this.#demandBlank(at);
			this.#isAfterBuilt = false;
		} else if (at - this.#start >= pieceLength && container) {
			this.#buildAll();
			this.#take(container, at);
		} else return;
		this.#start = at + 1;
	}

	close(at: number, isList: boolean): void {
		const container = this.#stack.pop();
		if (container?.built === undefined) return;
		if (container.isList !== isList) throw new SyntaxError('a bracket of another kind');
		if (this.#isAfterBuilt) this.#demandBlank(at);
		// Nothing stands before the end only right after the beginning, or after a comma too many.
		else if (this.#start !== container.at + 1 || this.#isBlank(at) === false)
			this.#take(container, at);
		this.#isAfterBuilt = true;
		this.#start = at + 1;
		if (this.#stack.length === 0) this.#root = { value: container.built };
	}

	end(): unknown {
		if (this.#root === undefined) {
			return this.mask.value(JSON.parse(this.#piece(0, this.json.length)) as unknown);
		}
		this.#demandBlank(this.json.length);
		return this.#root.value;
	}

	/** Makes sure that every list or object that is not ended is one that is put together. */
	#buildAll(): void {
		this.#stack.forEach((container, depth) => {
			if (container.built !== undefined) return;
			const built = (container.built = container.isList ? [] : {});
			const parent = this.#stack[depth - 1];
			if (parent === undefined) this.#demandBlank(container.at);
			else this.#putBefore(parent, container.at, built);
			this.#start = container.at + 1;
		});
	}

	/** All that stands before a value that was read by itself, and that value. */
	#putBefore(container: Container, at: number, value: unknown): void {
		if (container.isList) {
			this.#takeBefore(container, at);
			(container.built as unknown[]).push(value);
		} else {
			this.#takeBefore(container, container.lastText);
			define(container.built!, this.#keyBetween(container.lastText, at), value);
		}
	}

	/** All that stands before a value that is not ended, with the comma in between. */
	#takeBefore(container: Container, end: number): void {
		if (this.#isBlank(end)) return;
		let comma = end - 1;
		while (isBlank(this.json[comma])) comma--;
		if (comma < this.#start || this.json[comma] !== COMMA) {
			throw new SyntaxError('no comma');
		}
		this.#take(container, comma);
	}

	/** Parses what stands up to there, and adds it to a list or object. */
	#take(container: Container, end: number): void {
		if (this.#isBlank(end)) throw new SyntaxError('nothing before a comma or a bracket');
		const piece = this.#piece(this.#start, end);
		const { built } = container;
		if (container.isList) {
			const list = this.mask.value(JSON.parse(`[${piece}]`) as unknown[]);
			for (const value of list) (built as unknown[]).push(value);
		} else {
			const object = this.mask.value(JSON.parse(`{${piece}}`) as object);
			for (const [key, value] of Object.entries(object)) define(built!, key, value);
		}
	}

	#keyBetween(start: number, end: number): string {
		const text = start < 0 ? '' : this.#piece(start, end);
		const [, key] = /^(".*")[ \t\r\n]*:[ \t\r\n]*$/s.exec(text) ?? [];
		if (key === undefined) throw new SyntaxError('no key');
		return JSON.parse(key) as string;
	}

	#piece(start: number, end: number): string {
		if (end - start > LONGEST_PIECE) throw new SyntaxError('a piece that has no end');
		return this.json.toString('utf8', start, end);
	}

	#isBlank(end: number): boolean {
		let at = this.#start;
		while (at < end && isBlank(this.json[at])) at++;
		return at >= end;
	}

	#demandBlank(end: number): void {
		if (!this.#isBlank(end)) throw new SyntaxError('something between two values');
	}
}

/** Blank space of JSON (RFC 8259 2). */
function isBlank(byte: number | undefined): boolean {
	return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** As `JSON.parse` does it, `__proto__` included. */
function define(object: object, key: string, value: unknown): void {
	Object.defineProperty(object, key, {
		value,
		writable: true,
		enumerable: true,
		configurable: true,
	});
}
