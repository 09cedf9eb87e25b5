import { encodeRfc3986 } from './encoding';

const MASK = '***';

/**
 * A value that must not be shown, such as the password of an archive. Whatever prints it (string
 * conversion, JSON, `console.log`) gets `***`; only the code that writes to the socket reveals it.
 */
export class Sensitive {
	readonly #value: string;

	constructor(value: string) {
		this.#value = value;
	}

	/** The value itself, for the wire and for nothing else. */
	reveal(): string {
		return this.#value;
	}

	toString(): string {
		return MASK;
	}

	toJSON(): string {
		return MASK;
	}

	[Symbol.for('nodejs.util.inspect.custom')](): string {
		return MASK;
	}
}

/** The value as it goes over the wire. */
export function reveal(value: string | Sensitive): string {
	return value instanceof Sensitive ? value.reveal() : value;
}

/** Shorter secrets occur inside ordinary words, and are masked only where they stand alone. */
const SHORT_LENGTH = 4;
/** Shorter ones than this turn up by chance in long encoded texts, such as a file in base64. */
const CHANCE_LENGTH = 8;
const LONG_TEXT_LENGTH = 16_384;

/**
 * Masks secrets in what came from outside: a portal or a gateway may quote a request back. They are
 * found as they are, and in each form in which a request or an answer is commonly written.
 */
export class Redactor {
	readonly #secrets: readonly string[];
	readonly #forms: readonly string[];

	constructor(secrets: readonly string[]) {
		this.#secrets = secrets.filter((secret) => secret !== '');
		// The longest first: a form may be part of another one.
		this.#forms = [...new Set(this.#secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
	}

	/** One that masks these as well. */
	with(secrets: readonly string[]): Redactor {
		return secrets.length === 0 ? this : new Redactor([...this.#secrets, ...secrets]);
	}

	text(text: string): string {
		let result = text;
		for (const form of this.#forms) {
			if (form.length < CHANCE_LENGTH && text.length > LONG_TEXT_LENGTH) continue;
			if (!result.includes(form)) continue;
			result =
				form.length >= SHORT_LENGTH
					? result.replaceAll(form, MASK)
					: result.replace(standingAlone(form), MASK);
		}
		return result;
	}

	/** {@link text} for every string inside a parsed answer; the very same value when none is hit. */
	deep(value: unknown): unknown {
		if (typeof value === 'string') return this.text(value);
		if (value === null || typeof value !== 'object') return value;
		const entries = Object.entries(value);
		const masked = entries.map(([key, entry]) => [this.text(key), this.deep(entry)] as const);
		const isSame = masked.every(
			([key, entry], index) => key === entries[index]![0] && entry === entries[index]![1],
		);
		if (isSame) return value;
		return Array.isArray(value) ? masked.map(([, entry]) => entry) : Object.fromEntries(masked);
	}
}

/** As it is; percent-encoded strictly, loosely and as a form; escaped in JSON, with and without \u. */
function formsOf(secret: string): string[] {
	const text = secret.toWellFormed();
	const encoded = [
		encodeURIComponent(text),
		encodeRfc3986(text),
		new URLSearchParams([['', text]]).toString().slice(1),
	];
	const escaped = JSON.stringify(text).slice(1, -1);
	return [
		secret,
		...encoded,
		...encoded.map((form) => form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())),
		escaped,
		escaped.replaceAll('/', '\\/'),
		escaped.replace(
			/[^\x20-\x7e]/g,
			(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
		),
	];
}

function standingAlone(form: string): RegExp {
	const escaped = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu');
}
