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

/**
 * Replaces every occurrence of the given secrets in a text that came from outside, also in
 * percent-encoded form: a portal may quote a request back in its answer.
 *
 * Secrets under four characters are replaced only where they stand alone, since they occur inside
 * ordinary words.
 */
export function redact(text: string, secrets: readonly string[]): string {
	let result = text;
	for (const secret of secrets) {
		if (secret === '') continue;
		for (const form of new Set([secret, encodeURIComponent(secret.toWellFormed())])) {
			if (!result.includes(form)) continue;
			result =
				form.length >= 4
					? result.replaceAll(form, MASK)
					: result.replace(
							new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(form)}(?![\\p{L}\\p{N}])`, 'gu'),
							MASK,
						);
		}
	}
	return result;
}

/** {@link redact} for every string inside a parsed answer; the same object when nothing is hit. */
export function redactDeep(value: unknown, secrets: readonly string[]): unknown {
	if (typeof value === 'string') return redact(value, secrets);
	if (Array.isArray(value)) return value.map((entry) => redactDeep(entry, secrets));
	if (value !== null && typeof value === 'object') {
		return Object.fromEntries(
			Object.entries(value).map(([key, entry]) => [
				redact(key, secrets),
				redactDeep(entry, secrets),
			]),
		);
	}
	return value;
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
