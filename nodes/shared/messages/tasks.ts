import type { TASK_CODES } from '../../../tip/tasks/faults';
import type { ParameterReason } from '../../../tip/tasks/parameters';
import type { TaskReason } from '../../../tip/tasks/requests';
import { labelOf } from './fields';
import type { FieldWording, Wordings } from './sentence';

export const TASK_WORDINGS: Wordings<typeof TASK_CODES> = {
	'portal.choicesForm': [
		"The portal's list has a form this node can't read",
		"Check 'Base URL' in the credential. If it is right, give the value by its name, as the portal spells it.",
	],
};

/** What can be wrong with a task and with what is changed for its next run. */
export const TASK_REASONS: Readonly<
	Record<ParameterReason | TaskReason | 'emptyFields', FieldWording>
> = {
	defanged: (label, { found }) => [
		`'${label}' is written so that nobody can click on it (${found})`,
		"Give the address as it is, beginning with 'https://' or 'http://' and with plain dots.",
	],
	dotInFront: (label, { proposal }) => [
		`'${label}' starts with a dot`,
		`The portal puts the dot in front by itself. Write ${proposal}.`,
	],
	dotInside: (label, { found, proposal }) => [
		`'${label}' is ${found}, which has a dot in it`,
		`Give only what follows the last dot: ${proposal}.`,
	],
	emptyFields: (_label, { fields }) => [
		`${[fields]
			.flat()
			.map((field) => `'${labelOf(String(field))}'`)
			.join(', ')} are empty`,
		'Fill them in, or remove the fields.',
	],
	extensionInName: (label, { extension, proposal }) => [
		`'${label}' ends with the extension '${extension}'`,
		`The portal finds out the type of the file by itself, and an extension gets in its way. Write ${proposal}.`,
	],
	foreignHost: (label, { found }) => [
		`'${label}' is ${found}, whose host holds a character that no name has`,
		'Give the address as a browser shows it: letters and digits with plain dots between them.',
	],
	longExtension: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} allowed`,
		"Give the extension alone, such as 'exe' or 'docx'.",
	],
	notAbsolute: (label, { found }) => [
		`'${label}' is not an absolute web address (${found})`,
		"Begin it with its scheme, such as 'https://example.com/sample.exe'.",
	],
	notBoolean: (label, { found }) => [
		`'${label}' is ${found}, not true or false`,
		'Give true or false.',
	],
	notParameter: (label, { allowed }) => [
		`'${label}' is not a parameter of this operation`,
		`It takes: ${[allowed].flat().join(', ')}.`,
	],
	otherPath: (label, { found }) => [
		`'${label}' is ${found}, which would address another part of the portal`,
		'Give the ID of one task.',
	],
	passwordUnused: (label) => [
		`'${label}' is set while '${labelOf('processing_type')}' is 'exec-only'`,
		"The portal uses the password only when it unpacks. Choose 'unzip-and-exec', or remove the password.",
	],
	wouldBeCut: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} allowed`,
		`The portal would cut it without a word, and run a different command. Shorten it to ${max} characters or fewer.`,
	],
};
