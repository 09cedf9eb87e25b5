import { setImmediate as nextTurn } from 'node:timers/promises';

/** As much JSON is parsed in one turn of the event loop, in characters. */
const PIECE_LENGTH = 64 * 1024;
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
	/** What every piece goes through, such as masking; gives back a value of the same form. */
	transform?: <T extends object>(piece: T) => T;
	/** In one turn of the event loop, in characters. */
	pieceLength?: number;
}

/** A list or object that is begun and not ended yet. */
interface Container {
	readonly isList: boolean;
	/** Where its bracket is. */
	readonly at: number;
	/** Where the last text directly in it begins: of a value in an object, that is its key. */
	lastText: number;
	/** Itself, once it has been found too long to be parsed at once. */
	built?: unknown[] | Record<string, unknown>;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LIST = 0x5b;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * `JSON.parse`, for texts of any length: what is long is parsed in pieces, with turns of the event loop
 * given in between, so that everything else in the process goes on.
 *
 * @throws SyntaxError when it is not JSON
 * @throws TooMuchJson
 */
export async function parseJson(text: string, options: ParseOptions = {}): Promise<unknown> {
	const {
		maxValues = Infinity,
		pieceLength = PIECE_LENGTH,
		transform = (piece) => piece,
	} = options;
	const builder = new Builder(text, transform);
	let values = 0;
	let turnAt = pieceLength;
	for (let i = 0; i < text.length; i++) {
		if (i >= turnAt) {
			await nextTurn();
			turnAt = i + pieceLength;
		}
		const code = text.charCodeAt(i);
		if (code === QUOTE) {
			builder.noteText(i);
			i = await endOfText(text, i, pieceLength);
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

/** Where the quotation mark is that ends a text. */
async function endOfText(text: string, start: number, pieceLength: number): Promise<number> {
	for (let end = start, looks = 1; ; looks++) {
		end = text.indexOf('"', end + 1);
		if (end < 0) throw new SyntaxError('a text without end');
		let before = end - 1;
		while (text.charCodeAt(before) === BACKSLASH) before--;
		if ((end - before) % 2 === 1) return end;
		if (looks % pieceLength === 0) await nextTurn();
	}
}

/** Puts together what is parsed in pieces. All it has not parsed yet begins at `#start`. */
class Builder {
	readonly #stack: Container[] = [];
	#start = 0;
	/** Whether a list or object that was put together has just ended, so that only a comma may follow. */
	#isAfterBuilt = false;
	#root: { value: unknown } | undefined;

	constructor(
		private readonly text: string,
		private readonly transform: NonNullable<ParseOptions['transform']>,
	) {}

	noteText(at: number): void {
		const container = this.#stack.at(-1);
		if (container) container.lastText = at;
	}

	/** @returns how deep it is */
	open(at: number, isList: boolean): number {
		return this.#stack.push({ isList, at, lastText: -1 });
	}

	comma(at: number, pieceLength: number): void {
		if (this.#root !== undefined) throw new SyntaxError('something after the end');
		if (this.#isAfterBuilt) {
			this.#demandBlank(at);
			this.#isAfterBuilt = false;
		} else if (at - this.#start >= pieceLength && this.#stack.length > 0) {
			this.#buildAll();
			this.#take(this.#stack.at(-1)!, at);
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
			const value: unknown = JSON.parse(this.text);
			return value !== null && typeof value === 'object' ? this.transform(value) : value;
		}
		this.#demandBlank(this.text.length);
		return this.#root.value;
	}

	/** Makes sure that every list or object that is not ended is one that is put together. */
	#buildAll(): void {
		this.#stack.forEach((container, depth) => {
			if (container.built !== undefined) return;
			const built = (container.built = container.isList ? [] : {});
			const parent = this.#stack[depth - 1];
			if (parent === undefined) this.#demandBlank(container.at);
			else if (parent.isList) {
				this.#takeBefore(parent, container.at);
				(parent.built as unknown[]).push(built);
			} else {
				this.#takeBefore(parent, parent.lastText);
				define(parent.built!, this.#keyBetween(parent.lastText, container.at), built);
			}
			this.#start = container.at + 1;
		});
	}

	/** All that stands before a value that is not ended, with the comma in between. */
	#takeBefore(container: Container, end: number): void {
		if (this.#isBlank(end)) return;
		const comma = this.text.lastIndexOf(',', end);
		if (comma < this.#start || this.text.slice(comma + 1, end).trim() !== '') {
			throw new SyntaxError('no comma');
		}
		this.#take(container, comma);
	}

	/** Parses what stands up to there, and adds it to a list or object. */
	#take(container: Container, end: number): void {
		if (this.#isBlank(end)) throw new SyntaxError('nothing before a comma or a bracket');
		const piece = this.text.slice(this.#start, end);
		const { built } = container;
		if (container.isList) {
			const list = this.transform(JSON.parse(`[${piece}]`) as unknown[]);
			for (const value of list) (built as unknown[]).push(value);
		} else {
			const object = this.transform(JSON.parse(`{${piece}}`) as object);
			for (const [key, value] of Object.entries(object)) define(built!, key, value);
		}
	}

	#keyBetween(start: number, end: number): string {
		const [, key] = /^(".*")\s*:\s*$/s.exec(start < 0 ? '' : this.text.slice(start, end)) ?? [];
		if (key === undefined) throw new SyntaxError('no key');
		return Object.keys(this.transform({ [JSON.parse(key) as string]: null }))[0]!;
	}

	#isBlank(end: number): boolean {
		return this.text.slice(this.#start, end).trim() === '';
	}

	#demandBlank(end: number): void {
		if (!this.#isBlank(end)) throw new SyntaxError('something between two values');
	}
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
