import { taskFault } from './faults';
import type { ChoiceList } from './requests';

/** One value the portal offers for a parameter. */
export interface Choice {
	/** What is sent, in the portal's own case. */
	value: string;
	/** What is shown. */
	name: string;
	/** All that the portal says of it. */
	fields: Readonly<Record<string, unknown>>;
}

/** Which key holds what is sent; the first one there, without regard to case. */
const VALUE_KEYS = {
	/**
	 * Research Sandbox answers `[{ ID, Name, Available }]`; that a task wants the name and not the
	 * number is inferred (tip-api.md 3.3).
	 */
	channels: ['value', 'code', 'name', 'id'],
	/** Research Sandbox answers `[{ id, name, os_family, … }]`, of which `id` is sent (tip-api.md 3.2). */
	environments: ['value', 'code', 'id', 'name'],
} as const satisfies Record<ChoiceList, readonly string[]>;

/** Which key holds what is shown: the first one that says anything else. */
const NAME_KEYS = ['title', 'name', 'label', 'description'];

/** Names under which an object may hold its list. */
const LIST_KEYS = {
	channels: ['data', 'items', 'list', 'channels'],
	environments: ['data', 'items', 'list', 'environments', 'exec_env'],
} as const satisfies Record<ChoiceList, readonly string[]>;

/**
 * Reads the list of choices for a parameter (tip-api.md 1, rows 4 and 5; its form is inferred from
 * that of the on-premises product, 3.2 and 3.3): a list of texts or of objects, by itself or as the
 * one list of an object. What is marked as not available is left out. The case of values is kept,
 * since the portal tells it apart (tip-api.md 3.3).
 *
 * @throws TipError `portal.choicesForm` for any other form: a choice guessed from the wrong key would
 * be sent
 */
export function readChoices(answer: unknown, list: ChoiceList): Choice[] {
	const choices = new Map<string, Choice>();
	for (const entry of listIn(answer, list) ?? [undefined]) {
		const choice = readChoice(entry, list);
		if (choice === undefined) throw taskFault('portal.choicesForm');
		if (choice !== 'unavailable' && !choices.has(choice.value)) choices.set(choice.value, choice);
	}
	return [...choices.values()];
}

function listIn(answer: unknown, list: ChoiceList): readonly unknown[] | undefined {
	if (Array.isArray(answer)) return answer;
	if (answer === null || typeof answer !== 'object') return undefined;
	const lists = Object.entries(answer).filter(([, value]) => Array.isArray(value));
	const [first, second] = lists;
	if (first === undefined || second !== undefined) return undefined;
	const [key, value] = first;
	const keys: readonly string[] = LIST_KEYS[list];
	return keys.includes(key.toLowerCase()) ? (value as unknown[]) : undefined;
}

function readChoice(entry: unknown, list: ChoiceList): Choice | 'unavailable' | undefined {
	if (typeof entry === 'string') {
		return entry.trim() === '' ? undefined : { value: entry, name: entry, fields: {} };
	}
	if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return undefined;
	const fields = new Map(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]));
	const value = firstText(fields, VALUE_KEYS[list]);
	if (value === undefined) return undefined;
	if (/^(?:false|no|0)$/i.test(String(fields.get('available')))) return 'unavailable';
	const name = firstText(fields, NAME_KEYS, value) ?? value;
	return { value, name, fields: entry as Record<string, unknown> };
}

function firstText(
	fields: Map<string, unknown>,
	keys: readonly string[],
	other?: string,
): string | undefined {
	return keys
		.map((key) => fields.get(key))
		.find(
			(value): value is string =>
				typeof value === 'string' && value.trim() !== '' && value !== other,
		);
}
