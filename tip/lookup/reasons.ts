import type { TipError } from '../values/error';
import { badInput, type GeneralReason } from '../values/input';
import { show } from '../values/text';

/** Why a text can't be looked up, beyond what can be wrong with any field. */
export type IndicatorReason =
	| GeneralReason
	| 'addressSpelling'
	| 'cutOff'
	| 'eMail'
	| 'filePath'
	| 'foreignCharacter'
	| 'hashLabel'
	| 'hashLength'
	| 'network'
	| 'noDomain'
	| 'noHash'
	| 'noIndicator'
	| 'noIpAddress'
	| 'noWebAddress'
	| 'otherHash'
	| 'placeholder'
	| 'severalIndicators'
	| 'severalLines'
	| 'twoReadings'
	| 'unknownEnding'
	| 'webAddressTooLong'
	| 'wildcard'
	| 'wrappedTooOften';

/** A refusal of an indicator; what was seen is among the facts, without credentials. */
export function refuse(
	reason: IndicatorReason,
	found?: string,
	facts: Readonly<Record<string, string | number | boolean | readonly string[]>> = {},
): TipError {
	return badInput<IndicatorReason>('indicator', reason, {
		...(found !== undefined && { found: showIndicator(found) }),
		...facts,
	});
}

/** As a message may show it: short, and without the credentials a web address may hold. */
export function showIndicator(text: string): string {
	const at = text.lastIndexOf('@');
	// `\\\\host@80` is a share with a port.
	if (at < 0 || text.startsWith('\\')) return show(text);
	const scheme = text.slice(0, at).indexOf('//');
	return show(`${scheme < 0 ? '' : text.slice(0, scheme + 2)}***${text.slice(at)}`);
}
