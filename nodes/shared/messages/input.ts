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
		'The expression in the field probably found nothing. Check the name of the field it reads.',
	],
	notOneOf: (label, { found, allowed }) => [
		`'${label}' is ${found}, which is not one of its values`,
		`Give one of: ${[allowed].flat().join(', ')}.`,
	],
	notText: (label, { found }) => [
		`'${label}' is ${found}, not text`,
		'Check the expression in the field: it has to give one value for each item.',
	],
	outsideRange: (label, { found, range }) => [
		`'${label}' is ${found}, not ${range}`,
		`Give ${range}.`,
	],
	tooLong: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} allowed`,
		`Shorten it to ${max} characters or fewer.`,
	],
	unsafeNumber: (label, { found }) => [
		`'${label}' is the number ${found}, which is too large to be exact`,
		'Long IDs lose digits as numbers. Give it as text, in quotation marks where it comes from JSON.',
	],
};
