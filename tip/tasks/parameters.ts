import { badInput } from '../values/input';
import { readNumber } from '../values/number';
import type { QueryParameter } from '../values/request';
import { Sensitive } from '../values/secret';
import { readFreeText, readName, show } from '../values/text';
import { parseUrl } from '../values/url';
import type { Engine, TaskSource } from './requests';

/** What the help pages say of one query parameter. */
export type ParameterRule =
	/** `cutAt`: the portal shortens what is longer, without a word. */
	| { kind: 'text'; cutAt?: number; sensitive?: true }
	/** A word from a list of the portal's, which changes and is not known here. */
	| { kind: 'name' }
	| { kind: 'extension'; maxLength: number }
	| { kind: 'fileName'; maxLength: number }
	| { kind: 'webAddress' }
	| { kind: 'integer'; min: number; max: number; unit: 'seconds' }
	| { kind: 'boolean' }
	| { kind: 'choice'; values: readonly string[] };

export type ParameterRules = Readonly<Record<string, ParameterRule>>;

const PROCESSING_TYPES = ['exec-only', 'unzip-and-exec'] as const;

/** Parameters of every rescan, on both engines (tip-api.md 3.1 and 4). */
const COMMON_RULES = {
	processing_type: { kind: 'choice', values: PROCESSING_TYPES },
	unzip_password: { kind: 'text', sensitive: true },
} as const satisfies ParameterRules;

/** Only for a file that the portal downloads (tip-api.md 3.1 and 4). */
const DOWNLOAD_RULES = {
	file_ext: { kind: 'extension', maxLength: 10 },
	url: { kind: 'webAddress' },
} as const satisfies ParameterRules;

/** Only for an uploaded file (tip-api.md 3.1, help page rescanFileTaskSandbox). */
const UPLOAD_RULES = {
	file_name: { kind: 'fileName', maxLength: 240 },
} as const satisfies ParameterRules;

/**
 * Only on the Sandbox (tip-api.md 3.1). `channel`, `cmd_line` and `doc_password` are confirmed for a
 * downloaded file and inferred for an uploaded one.
 */
const SANDBOX_RULES = {
	channel: { kind: 'name' },
	click_on_links: { kind: 'boolean' },
	cmd_line: { kind: 'text', cutAt: 1024 },
	decrypt_https: { kind: 'boolean' },
	doc_password: { kind: 'text', sensitive: true },
	exec_env: { kind: 'name' },
	exec_time: { kind: 'integer', min: 30, max: 500, unit: 'seconds' },
} as const satisfies ParameterRules;

/** Only on TAE (tip-api.md 4). */
const TAE_RULES = {
	reset_similarity_thresholds: { kind: 'boolean' },
	unpack: { kind: 'boolean' },
} as const satisfies ParameterRules;

/** What a rescan takes, by engine and by where the file came from. */
export const RESCAN_RULES = {
	sandbox: {
		file_from_url: { ...COMMON_RULES, ...DOWNLOAD_RULES, ...SANDBOX_RULES },
		file: { ...COMMON_RULES, ...UPLOAD_RULES, ...SANDBOX_RULES },
	},
	attribution: {
		file_from_url: { ...COMMON_RULES, ...DOWNLOAD_RULES, ...TAE_RULES },
		file: { ...COMMON_RULES, ...UPLOAD_RULES, ...TAE_RULES },
	},
} as const satisfies Record<Engine, Record<TaskSource, ParameterRules>>;

/** Names of the parameters whose values must not be shown anywhere. */
export const SENSITIVE_PARAMETERS: readonly string[] = [
	...Object.entries<ParameterRule>({ ...COMMON_RULES, ...SANDBOX_RULES })
		.filter(([, rule]) => rule.kind === 'text' && rule.sensitive === true)
		.map(([name]) => name),
];

/** Longest value sent, where the API names no limit of its own. In characters. */
const MAX_LENGTH = 8192;

/** What can be wrong with a parameter, beyond what can be wrong with any field. */
export type ParameterReason =
	| 'defanged'
	| 'dotInside'
	| 'dotInFront'
	| 'extensionInName'
	| 'foreignHost'
	| 'longExtension'
	| 'notAbsolute'
	| 'notBoolean'
	| 'notParameter'
	| 'passwordUnused'
	| 'wouldBeCut';

const bad = badInput<ParameterReason>;

/**
 * Turns what a user set into query parameters, in the order of the rules.
 *
 * Numbers and booleans may arrive as text from expressions; they are taken when there is one way to
 * read them. A value of `undefined` means "not set" and is left out: on a rescan the portal then
 * keeps the previous value (tip-api.md 3.1).
 *
 * @param values by parameter name; a name without a rule is refused
 * @throws TipError `input`; `input.emptyFields` names all that were added and left empty, in their order
 */
export function toQuery(
	rules: ParameterRules,
	values: Readonly<Record<string, unknown>>,
): QueryParameter[] {
	for (const name of Object.keys(values)) {
		if (values[name] !== undefined && !Object.hasOwn(rules, name)) {
			throw bad(name, 'notParameter', { allowed: Object.keys(rules) });
		}
	}
	const empty = Object.keys(values).filter((name) => isEmpty(values[name]));
	if (empty.length > 0) {
		throw empty.length === 1
			? badInput(empty[0]!, 'empty')
			: badInput<'emptyFields'>('emptyFields', 'emptyFields', { fields: empty });
	}

	const query: QueryParameter[] = [];
	for (const [name, rule] of Object.entries(rules)) {
		if (values[name] !== undefined) query.push([name, readParameter(name, rule, values[name])]);
	}
	if (values.unzip_password !== undefined && values.processing_type === 'exec-only') {
		throw bad('unzip_password', 'passwordUnused');
	}
	return query;
}

function isEmpty(value: unknown): boolean {
	return value === '' || value === null;
}

function readParameter(name: string, rule: ParameterRule, value: unknown): string | Sensitive {
	switch (rule.kind) {
		case 'boolean':
			return readBoolean(name, value);
		case 'integer':
			return readInteger(name, rule, value);
		case 'extension':
			return readExtension(name, rule.maxLength, value);
		case 'fileName':
			return readFileName(name, rule.maxLength, value);
		case 'webAddress':
			return readWebAddress(name, value);
		case 'choice': {
			const text = readName(value, name, MAX_LENGTH);
			if (rule.values.includes(text)) return text;
			throw badInput(name, 'notOneOf', { found: show(text), allowed: rule.values });
		}
		case 'name':
			return readName(value, name, MAX_LENGTH);
		case 'text': {
			const text = readText(name, rule, value);
			return rule.sensitive === true ? new Sensitive(text) : text;
		}
	}
}

function readText(
	name: string,
	{ cutAt = Infinity, sensitive }: Extract<ParameterRule, { kind: 'text' }>,
	value: unknown,
): string {
	const text = readFreeText(value, name, MAX_LENGTH, sensitive);
	const length = [...text].length;
	if (length > cutAt) throw bad(name, 'wouldBeCut', { length, max: cutAt });
	return text;
}

function readExtension(name: string, maxLength: number, value: unknown): string {
	const text = readName(value, name, MAX_LENGTH);
	if (text.startsWith('.')) {
		throw bad(name, 'dotInFront', { proposal: show(text.replace(/\.+/, '')) });
	}
	if (text.includes('.')) {
		const proposal = show(text.slice(text.lastIndexOf('.') + 1));
		throw bad(name, 'dotInside', { found: show(text), proposal });
	}
	const length = [...text].length;
	if (length > maxLength) throw bad(name, 'longExtension', { length, max: maxLength });
	return text;
}

/** An extension has a letter: `Invoice 12.05.2024` and `report v1.2` have none. */
const EXTENSION = /\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,10}$/;

function readFileName(name: string, maxLength: number, value: unknown): string {
	const text = readName(value, name, MAX_LENGTH);
	const length = [...text].length;
	if (length > maxLength) throw badInput(name, 'tooLong', { length, max: maxLength });
	const extension = EXTENSION.exec(text)?.[0];
	if (extension !== undefined && text.length > extension.length) {
		const proposal = show(text.slice(0, -extension.length));
		throw bad(name, 'extensionInName', { extension, proposal });
	}
	return text;
}

/** Schemes people write so that nobody clicks on an address by accident. */
const DEFANGED_SCHEME = /^(?:h(?:xx|tx|xt|\*\*|__)p|(?:mea|hxx|htt)ps?\[|fxp)/i;

/** Brackets, invisible characters and full stops of other scripts are what people write, not names. */
const HOST = /^(?:[\p{L}\p{M}\p{N}._-]+|\[[0-9a-f:.]+\])$/iu;

function readWebAddress(name: string, value: unknown): string {
	const text = readName(value, name, MAX_LENGTH);
	const host = /:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
	if (
		DEFANGED_SCHEME.test(text) ||
		/\[[.:]|[.:]\]|\(\.|\[dot/i.test(host.replace(/^\[[0-9a-f:.]+\]/i, ''))
	) {
		throw bad(name, 'defanged', { found: show(text) });
	}
	const isAbsolute = /^(?:https?|ftp):\/\/[^\s/?#]/i.test(text);
	if (!isAbsolute || parseUrl(text) === undefined || /\p{Cc}/u.test(text)) {
		throw bad(name, 'notAbsolute', { found: show(text) });
	}
	const hostname = host.slice(host.lastIndexOf('@') + 1).replace(/:\d*$/, '');
	if (/^(?:undefined|null|nan)$/i.test(hostname)) {
		throw badInput(name, 'notANumber', { found: show(text) });
	}
	if (!HOST.test(hostname)) throw bad(name, 'foreignHost', { found: show(text) });
	return text;
}

function readInteger(
	name: string,
	{ min, max, unit }: Extract<ParameterRule, { kind: 'integer' }>,
	value: unknown,
): string {
	return String(readNumber(value, name, { min, max, unit }));
}

function readBoolean(name: string, value: unknown): string {
	if (typeof value === 'boolean') return String(value);
	if (typeof value === 'string' && /^\s*(?:true|false)\s*$/i.test(value)) {
		return value.trim().toLowerCase();
	}
	throw bad(name, 'notBoolean', { found: show(value) });
}
