/** The quote character of the master file (tip-api.md 7.1). */
const QUOTE = "'";

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Longest field taken, in characters, and most fields of a row: more is no list of indicators. */
const LONGEST_FIELD = 64 * 1024;
const MOST_FIELDS = 256;

/** A field that never ends, or a row with too many. */
export class BrokenCsv extends Error {}

/**
 * Rows of CSV from pieces of a text, read as the client does that is known to read the master file:
 * an apostrophe at the beginning of a field quotes up to the next one, two of them are one, and line ends
 * in between belong to the field. Empty lines are passed over.
 */
export class CsvReader {
	#row: string[] = [];
	#field = '';
	#where: 'start' | 'plain' | 'quoted' | 'closing' = 'start';

	/**
	 * The rows that end in this piece.
	 *
	 * @throws BrokenCsv
	 */
	*add(text: string): Generator<string[]> {
		for (let at = 0; at < text.length;) {
			if (this.#where === 'quoted') {
				const quote = text.indexOf(QUOTE, at);
				this.#append(text.slice(at, quote < 0 ? undefined : quote));
				if (quote < 0) return;
				this.#where = 'closing';
				at = quote + 1;
				continue;
			}
			const isQuote = text[at] === QUOTE && this.#where !== 'plain';
			if (isQuote) {
				if (this.#where === 'closing') this.#append(QUOTE);
				this.#where = 'quoted';
				at++;
				continue;
			}
			const end = endOfField(text, at);
			this.#append(text.slice(at, end));
			this.#where = 'plain';
			if (end === text.length) return;
			this.#endField();
			if (text.charCodeAt(end) !== COMMA) yield* this.#endRow();
			at = end + 1;
		}
	}

	/**
	 * The last row, when no line end stands after it.
	 *
	 * @throws BrokenCsv
	 */
	*end(): Generator<string[]> {
		if (this.#where === 'quoted') throw new BrokenCsv();
		this.#endField();
		yield* this.#endRow();
	}

	#append(text: string): void {
		this.#field += text;
		if (this.#field.length > LONGEST_FIELD) throw new BrokenCsv();
	}

	#endField(): void {
		if (this.#row.push(this.#field) > MOST_FIELDS) throw new BrokenCsv();
		this.#field = '';
		this.#where = 'start';
	}

	*#endRow(): Generator<string[]> {
		const row = this.#row;
		this.#row = [];
		if (row.length > 1 || row[0]!.trim() !== '') yield row;
	}
}

/** Where the comma or line end is that ends an unquoted field, or the piece does. */
function endOfField(text: string, from: number): number {
	for (let at = from; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === COMMA || code === LINE_FEED || code === RETURN) return at;
	}
	return text.length;
}
