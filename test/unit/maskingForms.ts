import { encodeRfc3986 } from '../../tip/values/encoding';

const HTML: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};
const units = (text: string, write: (code: number) => string) =>
	[...text].map((character) => write(character.codePointAt(0)!)).join('');
const utf16 = (text: string, write: (hex: string) => string) =>
	Array.from({ length: text.length }, (_, at) =>
		write(text.charCodeAt(at).toString(16).padStart(4, '0')),
	).join('');

/** How programs write a text into another one. */
export const ESCAPES: Record<string, (text: string) => string> = {
	'percent-encoded': encodeURIComponent,
	'percent-encoded strictly': encodeRfc3986,
	'percent-encoded loosely': encodeURI,
	'percent-encoded in lower case': (text) =>
		encodeRfc3986(text).replace(/%../g, (hex) => hex.toLowerCase()),
	'percent-encoded wholly': (text) =>
		[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
	'as a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
	'in HTML': (text) => text.replace(/[&<>"']/g, (mark) => HTML[mark]!),
	'in HTML by names': (text) =>
		text.replace(
			/[&<>"'öéß]/g,
			(mark) => ({ ...HTML, ö: '&ouml;', é: '&eacute;', ß: '&szlig;' })[mark]!,
		),
	'in HTML by decimals': (text) => units(text, (code) => `&#${code};`),
	'in HTML by hexadecimals': (text) => units(text, (code) => `&#x${code.toString(16)};`),
	'in HTML by upper-case hexadecimals': (text) =>
		units(text, (code) => `&#X${code.toString(16).toUpperCase()};`),
	'in JSON': (text) => JSON.stringify(text).slice(1, -1),
	'in JSON with slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
	'in JSON for a page': (text) =>
		JSON.stringify(text)
			.slice(1, -1)
			.replace(/[&<>'\u007f-\uffff]/g, (mark) => utf16(mark, (hex) => `\\u${hex}`)),
	'in JSON wholly': (text) => utf16(text, (hex) => `\\u${hex}`),
	'in JavaScript': (text) =>
		text.replace(
			/[^A-Za-z0-9\u0100-\uffff]/g,
			(mark) => `\\x${mark.charCodeAt(0).toString(16).padStart(2, '0')}`,
		),
};
/** How else a text is found again. */
const CODES: Record<string, (text: string) => string> = {
	'as it is': (text) => text,
	'in base64': (text) => Buffer.from(text).toString('base64'),
	'in base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=/g, ''),
	'in base64 for addresses': (text) => Buffer.from(text).toString('base64url'),
	'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
	'in upper-case hexadecimal': (text) => Buffer.from(text).toString('hex').toUpperCase(),
	'as UTF-8 read as Latin-1': (text) => Buffer.from(text).toString('latin1'),
	'as UTF-8 read as Windows-1252': (text) =>
		new TextDecoder('windows-1252').decode(Buffer.from(text)),
};
export const FORMS = { ...CODES, ...ESCAPES };

export const SECRETS = [
	'two "words" \\ & mörë!',
	'a&b<c>d\'e"f',
	'50%25 & %41',
	'tip:pass:wörd+%7',
	'p/a+s=s/w?o#r d',
	'日本語のパスワード',
	'🔑 key 🔑',
	'C:\\new\\table',
	'12345678',
];
