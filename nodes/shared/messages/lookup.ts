import type { RelatedReason } from '../../../tip/lookup/related';
import type { IndicatorReason } from '../../../tip/lookup/reasons';
import type { SectionReason } from '../../../tip/lookup/sections';
import type { GeneralReason } from '../../../tip/values/input';
import type { FieldWording } from './sentence';

const ONE_FOR_EACH =
	'Check the expression in the field: it has to give one indicator for each item.';
const HASH_ADVICE = 'Give the MD5 (32 hexadecimal digits), SHA-1 (40) or SHA-256 (64) of the file.';

/** What can be wrong with an indicator, and with the names of sections. */
export const LOOKUP_REASONS: Readonly<
	Record<
		Exclude<IndicatorReason, GeneralReason> | RelatedReason | SectionReason | 'tooMuchText',
		FieldWording
	>
> = {
	sectionOfAnotherKind: (label, { found, kind, allowed }) => [
		`'${label}' is ${found}, which the portal does not have for this kind of indicator (${kind})`,
		`Choose one of: ${[allowed].flat().join(', ')}.`,
	],
	tooMuchText: (label, { max }) => [
		`'${label}' holds more text, or more different addresses, than is gone through at once (${max} characters)`,
		'Give only the fields that matter, or split the text into items.',
	],
	addressSpelling: (label, { found, readings }) => [
		`'${label}' is ${found}, an unusual spelling that can be read as ${[readings].flat().join(' or ')}`,
		'Programs do not agree on numbers with leading zeros, hexadecimal numbers and fewer than four of them. Give the address that is meant as four decimal numbers.',
	],
	cutOff: (label, { found }) => [
		`'${label}' is ${found}, which was cut off where it was shown`,
		'Give the whole of it: copy it from the place it comes from, or from the link behind it.',
	],
	eMail: (label, { found }) => [
		`'${label}' is an e-mail address (${found}), which Threat Lookup does not know`,
		"Give the part after '@' to look up the domain.",
	],
	filePath: (label, { found }) => [
		`'${label}' is ${found}, the path of a file or a share and not an indicator`,
		'Give the hash of the file, or the host alone. A web address has to begin with a scheme such as http://.',
	],
	foreignCharacter: (label, { found, character, codePoint }) => [
		`'${label}' is ${found}, with a character that no name has: '${character}' (${codePoint})`,
		'Remove it. An address that really holds it can be given in its other spelling, which begins with xn--.',
	],
	hashLabel: (label, { found, name, length }) => [
		`'${label}' is ${found}: ${name} stands in front of it, and its ${length} digits are another hash`,
		HASH_ADVICE,
	],
	hashLength: (label, { length }) => [
		`'${label}' is a hash of ${length} digits, which Threat Lookup does not know`,
		HASH_ADVICE,
	],
	network: (label, { found }) => [
		`'${label}' is a network or a range (${found}), not one IP address`,
		'Give its addresses one by one, an item for each.',
	],
	noDomain: (label, { found, isIpAddress, isWebAddress }) => [
		`'${label}' (${found}) is not a domain`,
		isWebAddress === true
			? 'It looks like a web address: choose the operation Web Address, or Indicator, which recognises the kind.'
			: isIpAddress === true
				? 'Choose the operation IP Address, or Indicator, which recognises the kind.'
				: 'Give a full name such as example.com.',
	],
	noHash: (label, { found }) => [`'${label}' (${found}) is not a hash`, HASH_ADVICE],
	noIndicator: (label, { found }) => [
		`'${label}' (${found}) is no hash, IP address, domain or web address`,
		ONE_FOR_EACH,
	],
	noIpAddress: (label, { found }) => [
		`'${label}' (${found}) is not an IP address`,
		'Give an IPv4 or IPv6 address. For other kinds choose another operation, or Indicator, which recognises the kind.',
	],
	noWebAddress: (label, { found }) => [
		`'${label}' (${found}) is not a web address`,
		'Give an address with a full host name, such as https://example.com/path.',
	],
	noSectionName: (label, { found }) => [
		`'${label}' holds ${found}, which is not the name of a section`,
		'Choose from the list, or have the expression give names such as Zone or FileNames.',
	],
	otherHash: (label, { found, name }) => [
		`'${label}' (${found}) is of the kind ${name}, which Threat Lookup does not know`,
		HASH_ADVICE,
	],
	placeholder: (label, { found }) => [
		`'${label}' is ${found}, in which something stands for a number that was left out`,
		'Give the whole address.',
	],
	severalIndicators: (label, { found }) => [
		`'${label}' holds more than one indicator, or words beside it: ${found}`,
		'Give one indicator for each item; a Split Out node makes items of a list.',
	],
	severalLines: (label, { found }) => [
		`'${label}' holds more than one line or column: ${found}`,
		'Give one indicator for each item; a Split Out node makes items of a list.',
	],
	twoReadings: (label, { readings }) => [
		`'${label}' is a link that shows ${[readings].flat().join(' and leads to ')}`,
		'Give the one of the two that is meant.',
	],
	unknownEnding: (label, { found, ending }) => [
		`'${label}' is ${found}, and there is no top-level domain '.${ending}'`,
		'A file is looked up by its hash. If it is the name of a host all the same, choose the operation Domain, which takes names as they are.',
	],
	webAddressTooLong: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} the portal takes`,
		'Look up its domain instead, or cut the address where its parameters begin.',
	],
	wildcard: (label, { found }) => [
		`'${label}' is ${found}, which stands for many names`,
		'Give one name, such as the domain above them.',
	],
	wrappedTooOften: (label, { found }) => [
		`'${label}' (${found}) is wrapped or defanged too many times to be read`,
		'Give it as it is, such as https://example.com/path.',
	],
};
