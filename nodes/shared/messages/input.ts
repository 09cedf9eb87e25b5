import type { GeneralReason } from '../../../tip/values/input';
import type { FieldWording } from './sentence';

/** What can be wrong with any field. */
export const GENERAL_REASONS: Readonly<Record<GeneralReason, FieldWording>> = {
	empty: (label) => [`'${label}' is empty`, 'Fill it in, or check the expression in the field.'],
	halfCharacter: (label) => [
		`'${label}' holds half of a character and can't be encoded`,
		'It was probably cut in the middle of an emoji or a rare letter. Give the whole text.',
	],
	notANumber: (label, { found }) => [
		`'${label}' is ${found}, which is not a value`,
		'The expression in the field probably found nothing: check the names it reads.',
	],
	notOneOf: (label, { found, allowed }) => [
		`'${label}' is ${found}, which is not one of its values`,
		`Choose one of: ${[allowed].flat().join(', ')}.`,
	],
	notText: (label, { found }) => [
		`'${label}' is ${found}, not text`,
		'Give it a text: check the expression in the field, which has to give one value for each item.',
	],
	notWhole: (label, { found, range }) => [`'${label}' is ${found}, not ${range}`, `Give ${range}.`],
	outsideRange: (label, { found, range, bounds }) => [
		bounds === undefined
			? `'${label}' is ${found}, not ${range}`
			: `'${label}' is ${found}, outside ${bounds}`,
		`Give ${range}.`,
	],
	template: (label, { found }) => [
		`'${label}' is ${found}, an expression that was not resolved`,
		"Switch the field from 'Fixed' to 'Expression', and check the braces around it.",
	],
	tooLong: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} allowed`,
		`Shorten it to ${max} characters or fewer.`,
	],
	unsafeNumber: (label, { found }) => [
		found === undefined
			? `'${label}' is a number too large to be exact`
			: `'${label}' is the number ${found}, which is too large to be exact`,
		'A long number has lost digits by the time it gets here. Give it as text: in JSON, in quotation marks.',
	],
};
