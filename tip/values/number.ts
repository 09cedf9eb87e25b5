import { badInput } from './input';
import { show } from './text';

export interface NumberLimits {
	min: number;
	/** Left out for no upper bound. */
	max?: number;
	/** What is counted, such as `seconds`. */
	unit?: string;
	/** Fractions are taken too. */
	fraction?: true;
}

/**
 * A number from a field or an expression; as text too, when it is nothing but the number.
 *
 * @param field in the code of the error, `input.<field>`
 * @throws TipError `input`
 */
export function readNumber(value: unknown, field: string, limits: NumberLimits): number {
	const { min, max, unit, fraction } = limits;
	const isNumeric = typeof value === 'string' && /^\s*\d{1,15}(?:\.\d{1,15})?\s*$/.test(value);
	const number = isNumeric ? Number(value) : value;
	const range = [
		fraction === true ? 'a number' : 'a whole number',
		unit && `of ${unit}`,
		max === undefined ? `of ${min} or more` : `from ${min} to ${max}`,
	]
		.filter(Boolean)
		.join(' ');
	const bounds = max === undefined ? undefined : `${min} to ${max} ${unit ?? ''}`.trim();
	const facts = { found: show(value), range, bounds };
	if (typeof number !== 'number' || Number.isNaN(number)) throw badInput(field, 'notWhole', facts);
	if (fraction !== true && !Number.isSafeInteger(number)) throw badInput(field, 'notWhole', facts);
	if (number < min || number > (max ?? Number.MAX_VALUE)) {
		throw badInput(field, 'outsideRange', facts);
	}
	return number;
}

/** Whether a field was left alone. */
export function isUnset(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}
