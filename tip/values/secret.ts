/** What stands in the place of a secret. */
export const MASK = '***';

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
