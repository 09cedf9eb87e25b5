import * as fc from 'fast-check';
import { encodeRfc3986 } from '../../tip/values/encoding';
import { AnswerMask, TextMask } from '../../tip/values/masking';

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
const ESCAPES: Record<string, (text: string) => string> = {
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
const FORMS = { ...CODES, ...ESCAPES };

const SECRETS = [
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

describe('Text that is shown', () => {
	it.each(SECRETS.flatMap((secret) => Object.keys(FORMS).map((form) => [secret, form] as const)))(
		'has the secret %s masked %s',
		(secret, form) => {
			const mask = new TextMask([secret]);
			const quoted = FORMS[form as keyof typeof FORMS]!(secret);
			expect(mask.text(`before ${quoted} after`)).toBe('before *** after');
		},
	);

	it.each(SECRETS)(
		'has the secret %s masked when a form of it is escaped once more, or twice',
		(secret) => {
			const mask = new TextMask([secret]);
			for (const code of Object.values(FORMS)) {
				for (const once of Object.values(ESCAPES)) {
					expect(mask.text(`"${once(code(secret))}"`)).toBe('"***"');
					for (const twice of Object.values(ESCAPES)) {
						expect(mask.text(`"${twice(once(code(secret)))}"`)).toBe('"***"');
					}
				}
			}
		},
	);

	it('has any secret masked in any form', () => {
		const secret = fc
			.string({ unit: 'grapheme', minLength: 4, maxLength: 24 })
			.filter((text) => text.trim().length > 3);
		const anyOf = (forms: Record<string, (text: string) => string>) =>
			fc.constantFrom(...Object.values(forms));
		fc.assert(
			fc.property(
				secret,
				anyOf(FORMS),
				fc.array(anyOf(ESCAPES), { maxLength: 2 }),
				(text, code, escapes) => {
					const quoted = escapes.reduce((inner, escape) => escape(inner), code(text));
					expect(new TextMask([text]).text(`Says: "${quoted}".`)).toBe('Says: "***".');
				},
			),
			{ numRuns: 5000, seed: 1406 },
		);
	});

	it('has a secret masked wherever it is in something longer in base64', () => {
		fc.assert(
			fc.property(
				fc.string({ minLength: 8, maxLength: 40 }).filter((text) => text.trim().length > 7),
				fc.base64String({ maxLength: 9 }),
				fc.string({ maxLength: 9 }),
				fc.constantFrom('base64', 'base64url'),
				(secret, before, after, alphabet) => {
					const whole = Buffer.from(before + secret + after).toString(alphabet as 'base64');
					const shown = new TextMask([secret]).text(whole);
					expect(shown).toContain('***');
					// What is left of the secret is less than a character at either end.
					const [left, right] = shown.split('***');
					expect(Buffer.from(left!, 'base64').length).toBeLessThanOrEqual(before.length + 1);
					expect(right!.length).toBeLessThanOrEqual(Math.ceil((after.length + 2) / 3) * 4);
				},
			),
			{ seed: 1406 },
		);
	});

	it('is masked however long it is (1 MB)', () => {
		const mask = new TextMask(['abcd', 'hunter2 & more']);
		const long = 'xyz 0123 '.repeat(120_000);
		expect(mask.text(`${long}abcd${long}hunter2 &amp; more`)).toBe(`${long}***${long}***`);
		expect(mask.text('abcd'.repeat(250_000))).toBe('***');
	});

	it('is looked through in steps that grow as it does', () => {
		const steps = (length: number) => {
			const search = jest.spyOn(String.prototype, 'indexOf');
			try {
				new TextMask(['aaaa', 'b&b%b']).text('a%26b&amp;'.repeat(length));
				return search.mock.calls.length;
			} finally {
				search.mockRestore();
			}
		};
		const once = steps(1000);
		expect(steps(2000)).toBeLessThanOrEqual(once * 2 + 100);
		expect(steps(4000)).toBeLessThanOrEqual(once * 4 + 100);
	});

	it('has a short secret masked only where it stands alone', () => {
		const mask = new TextMask(['ab']);
		expect(mask.text('ab: cab ab. ab1 öab (ab) "ab" a%62')).toBe(
			'***: cab ***. ab1 öab (***) "***" ***',
		);
		expect(mask.text('ab🔑 𝒜ab')).toBe('***🔑 𝒜ab');
	});

	it('is left as it is without a secret in it', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(new TextMask(['a secret that is not there']).text(text)).toBe(text);
			}),
		);
		for (const none of [[], [''], [' ']]) expect(new TextMask(none).text(' a  b ')).toBe(' a  b ');
	});

	it('has several secrets masked, those of one request too', () => {
		const mask = new TextMask(['one1']).with(['two2', 'one1two2']);
		expect(mask.text('one1 two2 one1two2 two2one1')).toBe('*** *** *** ***');
	});
});

describe('An answer that is handed on', () => {
	const mask = new AnswerMask(['hunter2', 'pass word', '1234', 'Zm9v=', '-s-']);

	it.each([
		['hunter2', '***'],
		['is hunter2.', 'is ***.'],
		['"hunter2", (hunter2) [hunter2] user:hunter2@host', '"***", (***) [***] user:***@host'],
		['?password=hunter2&x=1', '?password=***&x=1'],
		['my pass word!', 'my ***!'],
		['pass%20word', '***'],
		['say &quot;pass&#32;word&quot;', 'say &quot;***&quot;'],
		['Basic Zm9v=', 'Basic ***'],
		['a-s-b', 'a***b'],
		['1234', '***'],
	])('has the login masked as a whole word: %s', (text, expected) => {
		expect(mask.value(text)).toBe(expected);
		expect(mask.value({ a: [{ b: text }] })).toEqual({ a: [{ b: expected }] });
	});

	it.each([
		'5f1234ab-0000-4000-8000-000000000000',
		'5f-1234-ab',
		'00000000-1234-4000-8000-000000000000',
		'1234-4000',
		'file.1234.txt',
		'1234.zip',
		'hunter2s',
		'_hunter2',
		'öhunter2',
		'12345',
		'infected',
		'MTIzNA==',
	])('keeps %s (R01)', (text) => {
		expect(mask.value(text)).toBe(text);
	});

	it('keeps keys, numbers, and everything that is no text', () => {
		const answer = { hunter2: 1234, 1234: null, a: [true, 1234, { hunter2: 'x' }] };
		const copy = structuredClone(answer);
		expect(mask.value(answer)).toBe(answer);
		expect(answer).toEqual(copy);
	});

	it('is not changed by a byte when no secret is in it', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const before = JSON.stringify(value);
				expect(JSON.stringify(new AnswerMask(['not in there at all']).value(value))).toBe(before);
			}),
			{ seed: 1306 },
		);
	});

	it('has nothing changed but whole words that are the secret', () => {
		const words = fc.array(
			fc.constantFrom('hunter2', 'a', '1', '-', '_', '.', ' ', ':', 'ü', '"'),
			{
				maxLength: 12,
			},
		);
		fc.assert(
			fc.property(words, (parts) => {
				const text = parts.join('');
				const shown = new AnswerMask(['hunter2']).value(text);
				expect(shown.split('***').length).toBeLessThanOrEqual(text.split('hunter2').length);
				if (shown === text) return;
				expect(text.startsWith(shown.slice(0, shown.indexOf('***')))).toBe(true);
				expect(text.length - shown.length).toBe(4 * (shown.split('***').length - 1));
			}),
			{ numRuns: 2000, seed: 1306 },
		);
	});

	it('may be as deep as it likes', () => {
		let deep: unknown = 'hunter2';
		for (let i = 0; i < 100_000; i++) deep = [deep];
		let inner = mask.value(deep);
		while (Array.isArray(inner)) inner = inner[0] as unknown;
		expect(inner).toBe('***');
	});

	it('keeps a key that other objects have for something else', () => {
		const answer = JSON.parse('{"__proto__":"hunter2","constructor":"hunter2"}') as object;
		expect(JSON.stringify(mask.value(answer))).toBe('{"__proto__":"***","constructor":"***"}');
		expect(Object.getPrototypeOf(answer)).toBe(Object.prototype);
	});
});
