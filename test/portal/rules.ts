/**
 * The documented parameters of a rescan, checked as strictly as the help pages describe them:
 * tip-api.md 3.1 (Sandbox) and 4 (Threat Attribution Engine). Limits that no page states are not
 * checked.
 */
import { assumed } from './assumed';
import type { Engine } from './records';

/** What `exec_env` and `channel` may be: the names in the two lists the portal serves. */
export interface KnownNames {
	channels: unknown;
	execEnv: unknown;
}

type Values = Map<string, string>;
/** Answers with what is wrong, or nothing. */
type Rule = (value: string, all: Values, known: KnownNames) => string | undefined;

const oneOf =
	(...allowed: string[]): Rule =>
	(value) =>
		allowed.includes(value) ? undefined : `must be one of: ${allowed.join(', ')}`;
const anyText: Rule = () => undefined;
const boolean = oneOf('true', 'false');

/** "Web address from which you want to download a file"; its greatest length is unknown (3.1). */
const webAddress: Rule = (value) =>
	URL.canParse(value) && assumed.webAddressSchemes.includes(new URL(value).protocol)
		? undefined
		: 'must be a web address';

/** "Must be specified without the dot", "must not exceed 10 symbols" (3.1, 4). */
const fileExtension: Rule = (value) => {
	if (value.includes('.')) return 'must be specified without the dot';
	return [...value].length > 10 ? 'must not exceed 10 symbols' : undefined;
};

/** "Used only with unzip-and-exec" (3.1, 4). On a rescan an earlier value may hold. */
const unzipPassword: Rule = (_value, all) =>
	all.get('processing_type') === 'exec-only'
		? 'is used only with processing_type unzip-and-exec'
		: undefined;

/** 30 to 500 seconds (3.1, with the reading given there). */
const execTime: Rule = (value) =>
	/^[0-9]{1,3}$/.test(value) && Number(value) >= 30 && Number(value) <= 500
		? undefined
		: 'must be a number of seconds from 30 to 500';

/** Case-sensitive, out of the list the portal hands out (3.2, 3.3). */
const fromList =
	(list: keyof KnownNames): Rule =>
	(value, _all, known) => {
		const names = assumed.namesIn(known[list]);
		return names.has(value) ? undefined : `must be one of: ${[...names].join(', ')}`;
	};

/** "Leave the extension off", "not more than 240 characters" (3.1, uploaded files). */
const fileName: Rule = (value) =>
	[...value].length > 240 ? 'must not exceed 240 characters' : undefined;

const bySource: Record<TaskSource, Record<string, Rule>> = {
	file_from_url: { url: webAddress, file_ext: fileExtension },
	file: { file_name: fileName },
};

/** What both engines and both sources know (3.1 and 4). */
const common: Record<string, Rule> = {
	processing_type: oneOf('exec-only', 'unzip-and-exec'),
	unzip_password: unzipPassword,
};

const byEngine: Record<Engine, Record<string, Rule>> = {
	sandbox: {
		...common,
		exec_env: fromList('execEnv'),
		exec_time: execTime,
		decrypt_https: boolean,
		click_on_links: boolean,
		channel: fromList('channels'),
		doc_password: anyText,
		cmd_line: anyText,
	},
	attribution: {
		...common,
		reset_similarity_thresholds: boolean,
		unpack: boolean,
	},
};

/** Where the file of a task came from (tip-api.md 1). */
export type TaskSource = 'file_from_url' | 'file';

/** "Must not exceed 1024 characters, otherwise the portal shortens it": no error (3.1). */
const shortenedTo: Record<string, number> = { cmd_line: 1024 };

/** Decodes a query string into its pairs, or answers undefined when the encoding is broken. */
export function parseQuery(rawQuery: string): Array<[string, string]> | undefined {
	if (rawQuery === '') return [];
	const decode = (text: string) =>
		decodeURIComponent(assumed.plusMeansSpace ? text.replaceAll('+', ' ') : text);
	try {
		return rawQuery.split('&').map((pair) => {
			const equals = pair.indexOf('=');
			return equals < 0
				? [decode(pair), '']
				: [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
		});
	} catch {
		return undefined;
	}
}

/** Checks the query of a rescan. `problem` is the description of the 400 that follows from it. */
export function checkParameters(
	engine: Engine,
	source: TaskSource,
	pairs: Array<[string, string]>,
	known: KnownNames,
): { problem?: string; shortened?: string[] } {
	if (pairs.length === 0) return {};
	const rules = { ...byEngine[engine], ...bySource[source] };
	const values: Values = new Map();
	for (const [name, value] of pairs) {
		if (!Object.hasOwn(rules, name)) return { problem: `Unknown parameter: ${name}` };
		if (values.has(name) && assumed.repeatedNamesRefused) {
			return { problem: `Parameter ${name} is given more than once` };
		}
		values.set(name, value);
	}
	let shortened: string[] | undefined;
	for (const [name, value] of values) {
		if (value === '' && assumed.emptyValuesRefused)
			return { problem: `Parameter ${name} is empty` };
		const wrong = rules[name]?.(value, values, known);
		if (wrong !== undefined) return { problem: `Parameter ${name} ${wrong}` };
		const limit = shortenedTo[name];
		if (limit !== undefined && [...value].length > limit) (shortened ??= []).push(name);
	}
	return { shortened };
}
