import { refuse } from './reasons';

/** The hashes that Threat Lookup knows, by their length in hexadecimal digits (tip-api.md 1, row 17). */
const KNOWN_LENGTHS: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** Names of hashes that it knows, and of those that it does not, some of which look the same. */
const KNOWN_NAME = /^(?:md-?5|sha-?(?:1|(?:2-)?256)|sha)$/i;
const OTHER_NAME =
	/^(?:md[24]|sha-?(?:2-)?(?:224|384|512)|sha-?3(?:-\d{3})?|imp-?hash|ssdeep|tlsh|authenti-?hash|pe-?hash|v-?hash|ja3s?|ja4|jarm|crc-?32|cd-?hash|telfhash|fuzzy hash|rich(?: pe)?(?: header)? hash|blake\w{1,4}|(?:ripemd|rmd)-?\d{3}|whirlpool|tiger|gost|streebog|adler-?32|impfuzzy|symhash|hassh|permhash|xxh(?:ash)?\d{0,3}|serial(?: no| number)?|(?:nt|lm|ntlm)(?: hash)?)$/i;
/** Words in the name of what is as long as a hash of a file and is none: of certificates, parts of a file, and IDs. */
const OTHER_WORD =
	/(?:^|[ _-])(?:[gu]uid|id|thumbprint|fingerprint|cert|certificate|ssl|tls|x-?509|import|imports|icon|favicon|section|resource|password|ntlm|lm)(?:[ _-]|$)/i;

/** `SHA256: …`, `sha1=…`, `MD5 (file.exe) = …`, `md5 …`. */
const NAMED =
	/^([a-z][a-z0-9 -]{1,24}?)["'`]?\s{0,3}(?:\([^()]{0,300}\)\s{0,3})?(?:[:=：]|\s|-(?=\s))\s{0,8}/i;

/** `Machine GUID: …`, where the name is more than one word. */
const NAMED_OTHERWISE = /^([a-z][a-z0-9 _-]{1,40}?)["'`]?\s{0,3}[:=：]\s{0,8}/i;

/** A line of `sha256sum` and its relatives: the hash, a blank, a blank or `*`, the name of the file. */
const OF_FILE = /^([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\s[ *]\S/i;

/** Pairs of digits, as some tools part them. */
const PAIRS = /^[0-9a-f]{2}(?:([ :-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){14,62}$/i;

/** Whether a word is the name of a kind of hash. */
export function isHashName(words: string): boolean {
	return KNOWN_NAME.test(words) || OTHER_NAME.test(words);
}

/** Whether words before hexadecimal digits say that these are no hash of a file: `Machine GUID`, `Icon MD5`. */
export function namesOtherDigits(words: string): boolean {
	return OTHER_WORD.test(words);
}

/** Whether a text is meant as a hash: hexadecimal digits, 32 or more, or any with a hash's name. */
export function looksLikeHash(text: string): boolean {
	const { name, digits } = partsOf(text);
	return isHex(digits) && (digits.length >= 32 || name !== undefined);
}

/** @throws TipError `input` when it is no hash that Threat Lookup knows */
export function readHash(text: string): string {
	const { name, digits } = partsOf(text);
	if (name !== undefined && !KNOWN_NAME.test(name)) throw refuse('otherHash', text, { name });
	if (!isHex(digits)) throw refuse('noHash', text);
	const kind = KNOWN_LENGTHS[digits.length];
	if (kind === undefined) throw refuse('hashLength', undefined, { length: digits.length });
	const named = name?.toLowerCase().replace(/-|2-(?=256)/g, '');
	if (named !== undefined && named !== 'sha' && named !== kind) {
		throw refuse('hashLabel', text, { name: name!, length: digits.length });
	}
	return digits.toLowerCase();
}

function partsOf(text: string): { name?: string; digits: string } {
	const named = namedIn(text);
	const rest = named === null ? text : text.slice(named[0].length);
	const ofFile = OF_FILE.exec(rest)?.[1];
	const digits = ofFile ?? (PAIRS.test(rest) ? rest.replace(/[ :-]/g, '') : rest);
	const bare = digits.replace(/^0x(?=[0-9a-f]{32})/i, '').replace(/^["'`]/, '');
	return { ...(named !== null && { name: named[1]! }), digits: bare };
}

function namedIn(text: string): RegExpExecArray | null {
	const named = NAMED.exec(text);
	if (named !== null && isHashName(named[1]!)) return named;
	const other = NAMED_OTHERWISE.exec(text) ?? named;
	return other !== null && namesOtherDigits(other[1]!) ? other : null;
}

function isHex(text: string): boolean {
	return /^[0-9a-f]+$/i.test(text);
}
