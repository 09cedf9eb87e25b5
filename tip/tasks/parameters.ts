import { inputError } from '../values/error';
import type { QueryParameter } from '../values/request';
import { Sensitive } from '../values/secret';
import type { Engine, TaskSource } from './requests';

/** What the help pages say of one query parameter. */
export type ParameterRule =
	| { kind: 'text'; maxLength?: number; longNote?: string; sensitive?: boolean }
	| { kind: 'extension'; maxLength: number }
	| { kind: 'fileName'; maxLength: number }
	| { kind: 'webAddress' }
	| { kind: 'integer'; min: number; max: number; unit: string }
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
	channel: { kind: 'text' },
	click_on_links: { kind: 'boolean' },
	cmd_line: {
		kind: 'text',
		maxLength: 1024,
		longNote: 'The portal would cut it without a word, and run a different command.',
	},
	decrypt_https: { kind: 'boolean' },
	doc_password: { kind: 'text', sensitive: true },
	exec_env: { kind: 'text' },
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

/**
 * Turns what a user set into query parameters, in the order of the rules.
 *
 * Numbers and booleans may arrive as text from expressions; they are taken when there is one way to
 * read them. A value of `undefined` means "not set" and is left out: on a rescan the portal then
 * keeps the previous value (tip-api.md 3.1).
 *
 * @param values by parameter name; a name without a rule is refused
 * @param labelOf what the user sees as the name of the field
 * @throws TipError `input`, naming the field by its label
 */
export function toQuery(
	rules: ParameterRules,
	values: Readonly<Record<string, unknown>>,
	labelOf: (name: string) => string,
): QueryParameter[] {
	for (const name of Object.keys(values)) {
		if (values[name] !== undefined && !Object.hasOwn(rules, name)) {
			throw inputError(
				name,
				`'${name}' is not a parameter of this operation`,
				`It takes: ${Object.keys(rules).join(', ')}.`,
			);
		}
	}

	const query: QueryParameter[] = [];
	for (const [name, rule] of Object.entries(rules)) {
		const value = values[name];
		if (value === undefined) continue;
		query.push([name, checkValue(name, rule, value, labelOf(name))]);
	}

	if (values.unzip_password !== undefined && values.processing_type === 'exec-only') {
		throw inputError(
			'unzip_password',
			`'${labelOf('unzip_password')}' is set while '${labelOf('processing_type')}' is 'exec-only'`,
			`The portal uses the password only when it unpacks. Choose 'unzip-and-exec', or remove the password.`,
		);
	}
	return query;
}

function checkValue(
	name: string,
	rule: ParameterRule,
	value: unknown,
	label: string,
): string | Sensitive {
	switch (rule.kind) {
		case 'boolean':
			return readBoolean(name, value, label);
		case 'integer':
			return readInteger(name, rule, value, label);
		default:
			return readText(name, rule, value, label);
	}
}

function readText(
	name: string,
	rule: Exclude<ParameterRule, { kind: 'boolean' | 'integer' }>,
	value: unknown,
	label: string,
): string | Sensitive {
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw inputError(
			name,
			`'${label}' is ${describeType(value)}, not text`,
			`Give it a text, or remove the field to keep the task's previous value.`,
		);
	}
	const text = String(value);
	if (text === '') {
		throw inputError(
			name,
			`'${label}' is empty`,
			`Fill it in, or remove the field to keep the task's previous value.`,
		);
	}
	if (!text.isWellFormed()) {
		throw inputError(
			name,
			`'${label}' holds half of a character and can't be encoded`,
			'It was probably cut in the middle of an emoji or a rare letter. Give the whole text.',
		);
	}
	switch (rule.kind) {
		case 'extension':
			return checkExtension(name, rule.maxLength, text, label);
		case 'fileName':
			return checkFileName(name, rule.maxLength, text, label);
		case 'webAddress':
			return checkWebAddress(name, text, label);
		case 'choice':
			if (!rule.values.includes(text)) {
				throw inputError(
					name,
					`'${label}' is '${shorten(text)}', which the portal does not know`,
					`Choose one of: ${rule.values.join(', ')}.`,
				);
			}
			return text;
		case 'text':
			if (rule.maxLength !== undefined && [...text].length > rule.maxLength) {
				throw inputError(
					name,
					`'${label}' has ${[...text].length} characters, more than the ${rule.maxLength} allowed`,
					`${rule.longNote ?? ''} Shorten it to ${rule.maxLength} characters or fewer.`.trim(),
				);
			}
			return rule.sensitive === true ? new Sensitive(text) : text;
	}
}

function checkExtension(name: string, maxLength: number, text: string, label: string): string {
	if (text.startsWith('.')) {
		throw inputError(
			name,
			`'${label}' starts with a dot`,
			`The portal puts the dot in front by itself. Write '${shorten(text.replace(/^\.+/, ''))}'.`,
		);
	}
	if (text.includes('.')) {
		throw inputError(
			name,
			`'${label}' is '${shorten(text)}', which has a dot in it`,
			`Give only what follows the last dot: '${shorten(text.slice(text.lastIndexOf('.') + 1))}'.`,
		);
	}
	const length = [...text].length;
	if (length > maxLength) {
		throw inputError(
			name,
			`'${label}' has ${length} characters, more than the ${maxLength} allowed`,
			`Give the extension alone, such as 'exe' or 'docx'.`,
		);
	}
	return text;
}

function checkFileName(name: string, maxLength: number, text: string, label: string): string {
	const length = [...text].length;
	if (length > maxLength) {
		throw inputError(
			name,
			`'${label}' has ${length} characters, more than the ${maxLength} allowed`,
			`Shorten it to ${maxLength} characters or fewer.`,
		);
	}
	const extension = /\.([A-Za-z0-9]{1,10})$/.exec(text)?.[1];
	if (extension !== undefined && text.length > extension.length + 1) {
		throw inputError(
			name,
			`'${label}' ends with the extension '.${extension}'`,
			`The portal finds out the type of the file by itself, and an extension gets in its way. Write '${shorten(text.slice(0, -extension.length - 1))}'.`,
		);
	}
	return text;
}

function checkWebAddress(name: string, text: string, label: string): string {
	const address = text.trim();
	if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]/i.test(address) || !URL.canParse(address)) {
		throw inputError(
			name,
			`'${label}' is not an absolute web address`,
			`Begin it with its scheme, such as 'https://example.com/sample.exe'.`,
		);
	}
	return address;
}

function readInteger(
	name: string,
	rule: Extract<ParameterRule, { kind: 'integer' }>,
	value: unknown,
	label: string,
): string {
	const range = `a whole number of ${rule.unit} from ${rule.min} to ${rule.max}`;
	const number =
		typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value.trim()) : value;
	if (typeof number !== 'number' || !Number.isInteger(number)) {
		throw inputError(
			name,
			`'${label}' is ${describeValue(value)}, not ${range}`,
			`Give ${range}, or remove the field to keep the task's previous value.`,
		);
	}
	if (number < rule.min || number > rule.max) {
		throw inputError(
			name,
			`'${label}' is ${number}, outside ${rule.min} to ${rule.max} ${rule.unit}`,
			`Give ${range}, or remove the field to keep the task's previous value.`,
		);
	}
	return String(number);
}

function readBoolean(name: string, value: unknown, label: string): string {
	if (typeof value === 'boolean') return String(value);
	if (typeof value === 'string' && /^\s*(true|false)\s*$/i.test(value)) {
		return value.trim().toLowerCase();
	}
	throw inputError(
		name,
		`'${label}' is ${describeValue(value)}, not true or false`,
		`Give true or false, or remove the field to keep the task's previous value.`,
	);
}

function describeType(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function describeValue(value: unknown): string {
	if (value === '') return 'empty';
	if (typeof value === 'string') return `'${shorten(value)}'`;
	return typeof value === 'number' ? String(value) : describeType(value);
}

function shorten(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
