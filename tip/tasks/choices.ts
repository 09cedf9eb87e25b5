/** One value the portal offers for a parameter. */
export interface Choice {
	/** What is sent, in the portal's own case. */
	value: string;
	/** What is shown. */
	name: string;
}

const VALUE_KEYS = ['value', 'id', 'code', 'key', 'name', 'title'];
const NAME_KEYS = ['title', 'name', 'label', 'description', 'display_name', 'displayName'];
const DEEPEST = 4;

/**
 * Reads a list of choices from an answer whose shape is unknown (tip-api.md 1, rows 4 and 5): a list
 * of texts, a list of objects, or an object that holds either. The case of values is kept, since the
 * portal tells it apart (tip-api.md 3.3).
 */
export function readChoices(answer: unknown): Choice[] {
	const choices = new Map<string, Choice>();
	for (const choice of collect(answer, 0)) {
		if (choice.value !== '' && !choices.has(choice.value)) choices.set(choice.value, choice);
	}
	return [...choices.values()];
}

function collect(value: unknown, depth: number): Choice[] {
	if (depth > DEEPEST) return [];
	if (Array.isArray(value)) return value.flatMap((entry) => fromEntry(entry, depth));
	if (value === null || typeof value !== 'object') return [];

	const entries = Object.entries(value);
	const nested = entries.filter(([, entry]) => entry !== null && typeof entry === 'object');
	const lists = nested.filter(([, entry]) => Array.isArray(entry));
	// Beside a list, texts and numbers are about the list (a count, a status), not choices.
	if (lists.length > 0) return lists.flatMap(([, entry]) => collect(entry, depth + 1));
	if (nested.length > 0) {
		return nested.flatMap(([key, entry]) => {
			const name = pick(entry as object, NAME_KEYS);
			// A single object without a name of its own wraps the choices; several are the choices.
			const isChoice = name !== undefined || (nested.length > 1 && isFlat(entry as object));
			if (isChoice) return [{ value: key, name: name ?? key }];
			return collect(entry, depth + 1);
		});
	}
	return entries.flatMap(([key, entry]) =>
		typeof entry === 'string' ? [{ value: key, name: entry === '' ? key : entry }] : [],
	);
}

function fromEntry(entry: unknown, depth: number): Choice[] {
	if (typeof entry === 'string' || typeof entry === 'number') {
		return [{ value: String(entry), name: String(entry) }];
	}
	if (entry === null || typeof entry !== 'object') return [];
	if (Array.isArray(entry)) return collect(entry, depth + 1);
	const value = pick(entry, VALUE_KEYS);
	if (value === undefined) return collect(entry, depth + 1);
	return [{ value, name: pick(entry, NAME_KEYS, value) ?? value }];
}

function isFlat(entry: object): boolean {
	return Object.values(entry).every((value) => value === null || typeof value !== 'object');
}

/** The first of the keys that holds a text other than `not`. */
function pick(entry: object, keys: readonly string[], not?: string): string | undefined {
	for (const key of keys) {
		const value = (entry as Record<string, unknown>)[key];
		const isText = typeof value === 'string' || typeof value === 'number';
		if (isText && String(value) !== not) return String(value);
	}
	return undefined;
}
