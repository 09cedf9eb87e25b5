import * as fc from 'fast-check';
import { AnswerMask, TextMask } from '../../tip/values/masking';
import { FORMS, SECRETS } from './maskingForms';

describe('Text that is shown', () => {
	it.each(SECRETS.flatMap((secret) => Object.keys(FORMS).map((form) => [secret, form] as const)))(
		'has the secret %s masked %s',
		(secret, form) => {
			const mask = new TextMask([secret]);
			const quoted = FORMS[form as keyof typeof FORMS]!(secret);
			expect(mask.text(`before ${quoted} after`)).toBe('before *** after');
		},
	);

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
