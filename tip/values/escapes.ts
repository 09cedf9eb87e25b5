/** One layer of escapes taken off a text, with the place of everything in the text before. */
export interface Unescaped {
	readonly text: string;
	/** Where each character began before; one more for the end. */
	readonly places: Uint32Array;
}

/** Percent-encoding, HTML and JSON or JavaScript, which is how foreign programs quote a request. */
const ESCAPE =
	/((?:%[0-9A-Fa-f]{2})+)|&(?:#(\d{1,7});?|#[xX]([0-9A-Fa-f]{1,6});?|([A-Za-z][A-Za-z0-9]{1,8});)|\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(["'\\/bfnrt]))/g;

const CONTROLS: Readonly<Record<string, string>> = {
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
};

/** HTML's names of 160 to 255, in order. */
const LATIN_1 =
	'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
/** Of other characters, those that are commonly written by name. */
const OTHERS =
	'Tab=\t NewLine=\n excl=! quot=" num=# dollar=$ percnt=% amp=& apos=\' lpar=( rpar=) ast=* plus=+ comma=, period=. sol=/ colon=: semi=; lt=< equals== gt=> quest=? commat=@ lsqb=[ lbrack=[ bsol=\\ rsqb=] rbrack=] Hat=^ lowbar=_ grave=` lcub={ lbrace={ verbar=| vert=| rcub=} rbrace=} euro=\u20ac sbquo=\u201a fnof=\u0192 bdquo=\u201e hellip=\u2026 dagger=\u2020 Dagger=\u2021 circ=\u02c6 permil=\u2030 Scaron=\u0160 lsaquo=\u2039 OElig=\u0152 lsquo=\u2018 rsquo=\u2019 ldquo=\u201c rdquo=\u201d bull=\u2022 ndash=\u2013 mdash=\u2014 tilde=\u02dc trade=\u2122 scaron=\u0161 rsaquo=\u203a oelig=\u0153 Yuml=\u0178';

const NAMED = new Map<string, string>([
	...LATIN_1.split(' ').map((name, at): [string, string] => [name, String.fromCharCode(160 + at)]),
	...OTHERS.split(' ').map((pair): [string, string] => {
		const at = pair.indexOf('=');
		return [pair.slice(0, at), pair.slice(at + 1)];
	}),
]);

/** Takes one layer of escapes off; undefined when there is none. One pass. */
export function withoutEscapes(text: string): Unescaped | undefined {
	if (!/[%&\\]/.test(text)) return undefined;
	const places = new Uint32Array(text.length + 1);
	const parts: string[] = [];
	let length = 0;
	let from = 0;
	const put = (part: string, placeOf: (index: number) => number) => {
		for (let i = 0; i < part.length; i++) places[length + i] = placeOf(i);
		parts.push(part);
		length += part.length;
	};
	const keep = (to: number) => {
		const start = from;
		put(text.slice(start, to), (i) => start + i);
	};
	for (const escape of text.matchAll(ESCAPE)) {
		const [whole, percents, decimal, hex, name, unit, byte, control] = escape;
		const at = escape.index;
		const put1 = (part: string) => put(part, () => at);
		const code = decimal ?? hex;
		const named = name === undefined ? undefined : NAMED.get(name);
		if (name !== undefined && named === undefined) continue;
		keep(at);
		from = at + whole.length;
		if (percents !== undefined) {
			for (const { character, index } of charactersOf(percents)) {
				put(character, () => at + index * 3);
			}
		} else if (named !== undefined) put1(named);
		else if (code !== undefined) {
			const point = Number.parseInt(code, decimal === undefined ? 16 : 10);
			put1(point <= 0x10ffff ? String.fromCodePoint(point) : whole);
		} else if (control !== undefined) put1(CONTROLS[control] ?? control);
		else put1(String.fromCharCode(Number.parseInt((unit ?? byte)!, 16)));
	}
	if (from === 0) return undefined;
	keep(text.length);
	places[length] = text.length;
	return { text: parts.join(''), places: places.subarray(0, length + 1) };
}

/** Percent-encoded bytes as UTF-8; a byte that is none of it by itself, as Latin-1. */
function* charactersOf(percents: string): Generator<{ character: string; index: number }> {
	const bytes = Buffer.from(percents.replaceAll('%', ''), 'hex');
	for (let index = 0; index < bytes.length;) {
		const size = sizeOf(bytes[index]!);
		const character = bytes.subarray(index, index + size);
		const text = character.toString('utf8');
		const isWhole = size > 0 && Buffer.from(text).equals(character);
		yield { character: isWhole ? text : String.fromCharCode(bytes[index]!), index };
		index += isWhole ? size : 1;
	}
}

/** How many bytes a character has that begins with this one (RFC 3629 3). */
function sizeOf(first: number): number {
	if (first < 0x80) return 1;
	if (first < 0xc2) return 0;
	if (first < 0xe0) return 2;
	return first < 0xf0 ? 3 : 4;
}
