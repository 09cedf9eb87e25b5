/**
 * Takes back what forms, mails, web pages and programs do to a text that passes through them, as far
 * as certificates and keys are concerned: only ASCII matters in them. Every step is one pass.
 */

/** Encoded twice is common (a JSON text inside a JSON text), more often is not. */
const MOST_ROUNDS = 3;

const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	equals: '=',
	gt: '>',
	lt: '<',
	nbsp: ' ',
	newline: '\n',
	plus: '+',
	quot: '"',
	sol: '/',
	tab: '\t',
};

/** The text without escapes of JSON, HTML, addresses and mail. */
export function withoutEscapes(text: string): string {
	let plain = text;
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const before = plain;
		plain = unescape(plain);
		if (plain === before) break;
	}
	return plain;
}

function unescape(text: string): string {
	let plain = text;
	if (plain.includes('<')) plain = plain.replace(/<[^<>]{0,200}>/g, ' ');
	if (plain.includes('&')) {
		plain = plain.replace(
			/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,7}));/gi,
			(whole, decimal?: string, hex?: string, name?: string) => {
				if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
				return asciiOf(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal), whole);
			},
		);
	}
	if (plain.includes('\\')) {
		plain = plain.replace(
			/\\+(?:(?:u00|x)([2-7][0-9A-Fa-f])|u[0-9A-Fa-f]{4}|[nrt])?/g,
			(_whole, hex?: string) =>
				hex === undefined ? ' ' : String.fromCharCode(Number.parseInt(hex, 16)),
		);
	}
	if (/%[0-9a-f]{2}/i.test(plain)) {
		// A form writes a blank as a plus sign, and a plus sign as %2B.
		if (/BEGIN\+/i.test(plain)) plain = plain.replace(/\S+/g, withoutFormBlanks);
		plain = plain.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) =>
			asciiOf(Number.parseInt(hex, 16), whole),
		);
	}
	if (/=(?:3D|2D|0D|0A)/.test(plain)) {
		plain = plain
			.replace(/=\r?\n/g, '')
			.replace(/=(3D|2D|2B|2F|20|0D|0A)/g, (_whole, hex: string) =>
				String.fromCharCode(Number.parseInt(hex, 16)),
			);
	}
	// Lines as strings of a program or a list: `"…",` or `"…" +`.
	return plain.replace(/(["'`])\s{0,20}[,+]\s{0,20}(["'`])/g, '\n');
}

function withoutFormBlanks(word: string): string {
	return /BEGIN\+/i.test(word) ? word.replaceAll('+', ' ') : word;
}

function asciiOf(code: number, otherwise: string): string {
	return code < 0x80 ? String.fromCharCode(code) : otherwise;
}
