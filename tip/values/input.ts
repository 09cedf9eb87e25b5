import { TipError, type Facts } from './error';

/**
 * What can be wrong with the value of any field. A room with reasons of its own gives
 * {@link badInput} a type of its own.
 */
export type GeneralReason =
	| 'empty'
	| 'halfCharacter'
	| 'notANumber'
	| 'notOneOf'
	| 'notText'
	| 'notWhole'
	| 'outsideRange'
	| 'template'
	| 'tooLong'
	| 'unsafeNumber';

/**
 * Something a user filled in can't be used: found before anything is sent, and the user's to correct.
 * Each field has one code, `input.<field>`; the reason is among the facts.
 *
 * @param field the field's name in the API where it has one
 * @param facts what the sentence needs to know; the value only when it is no secret
 */
export function badInput<Reason extends string = GeneralReason>(
	field: string,
	reason: Reason,
	facts: Facts = {},
): TipError {
	return new TipError({
		code: `input.${field}`,
		kind: 'input',
		outcome: 'notSent',
		facts: { ...facts, field, reason },
	});
}
