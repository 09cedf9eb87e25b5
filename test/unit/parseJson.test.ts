import fc from 'fast-check';
import { parseJson, TooMuchJson } from '../../tip/portal/parseJson';
import { AnswerMask } from '../../tip/values/masking';
import { turnsOf } from './turns';

const parsed = (text: string, pieceLength: number) =>
	parseJson(Buffer.from(text), { pieceLength }).then(
		(value) => ({ value }),
		(thrown: unknown) => {
			expect(thrown).toBeInstanceOf(SyntaxError);
			return undefined;
		},
	);

function expected(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch {
		return undefined;
	}
}

/** Some of its characters as escapes. */
const escaped = (json: string) =>
	json.replace(
		/[\u0100-\u2fff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

/** Keys in their order, too. */
const spelt = (result: { value: unknown } | undefined) => JSON.stringify(result);

describe('JSON in pieces', () => {
	it.each([
		'{"a":[1,{"b":[true,null,"x,]}"]}],"c":{}}',
		'[[[],[]],[{}],[[[1]]]]',
		' [ 1 , "\\"" , [ ] ] ',
		'{"__proto__":{"x":1},"a":{"__proto__":[1,2]},"":{"":""}}',
		'{"b":1,"2":[1],"1":[2],"b":[3,4]}',
		'{"a\\\\":[1,2],"\\u0022":[3,4]}',
		'"text"',
		'1.5e3',
		'null',
	])('is what it is in one: %s', async (text) => {
		for (const length of [1, 2, 3, 5, 8, 1000]) {
			expect(spelt(await parsed(text, length))).toBe(spelt(expected(text)));
		}
	});

	it.each([
		'',
		' ',
		'[1,2,]',
		'[,1]',
		'[1,,2]',
		'{"a":1,}',
		'{,"a":1}',
		'[1 2]',
		'[[1] [2]]',
		'[[1]2]',
		'[1,[2,3]4,5]',
		'{"a":[1,2] "b":[3,4]}',
		'{"a" [1,2],"b":1}',
		'{"a":1,[1,2]}',
		'{[1,2]}',
		'{1:[1,2]}',
		'{"a":"b" {"c":1,"d":2}}',
		'[1,2}',
		'{"a":1,"b":2]',
		'[1,2]]',
		'[1,2][3]',
		'[1,2],',
		'x[1,2]',
		'[1,2]x',
		'[1,2',
		'["a,b',
		'["a\\"]',
		']',
		'[[1,2],[3,4]',
		'[tru,1]',
	])('is none when it is none in one: %s', async (text) => {
		expect(expected(text)).toBeUndefined();
		for (const length of [1, 2, 3, 5, 8, 1000]) expect(await parsed(text, length)).toBeUndefined();
	});

	it('is the same as in one, for any JSON and any length of the pieces', async () => {
		const texts = fc
			.tuple(fc.oneof(fc.json(), fc.json({ stringUnit: 'grapheme' }).map(escaped)), fc.boolean())
			.map(([json, isSpaced]) => (isSpaced ? JSON.stringify(JSON.parse(json), null, 1) : json));
		await fc.assert(
			fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (text, length) => {
				expect(spelt(await parsed(text, length))).toBe(spelt(expected(text)));
			}),
			{ numRuns: 1000 },
		);
	});

	it('is taken for JSON exactly when it is, for any text of its characters', async () => {
		const texts = fc.string({ unit: fc.constantFrom(...'[]{},:"\\1 a'), maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(texts, fc.integer({ min: 1, max: 6 }), async (text, length) => {
				expect(spelt(await parsed(text, length))).toBe(spelt(expected(text)));
			}),
			{ numRuns: 20_000 },
		);
	});

	it('goes through the transformation whole', async () => {
		const mask = new AnswerMask(['pass-word']);
		const text =
			'{"pass-word":[1,2,{"pass-word":"pass-word"}],"a":["pass-word",["pass-word",2],3]}';
		for (const pieceLength of [1, 4, 16, 1000]) {
			expect(await parseJson(Buffer.from(text), { pieceLength, mask })).toEqual({
				'pass-word': [1, 2, { 'pass-word': '***' }],
				a: ['***', ['***', 2], 3],
			});
		}
	});

	it('is refused when there is too much of it', async () => {
		const count = (maxValues: number) => parseJson(Buffer.from('[1,[2],{"a":3}]'), { maxValues });
		await expect(count(5)).resolves.toEqual([1, [2], { a: 3 }]);
		await expect(count(4)).rejects.toMatchObject({ what: 'tooManyValues' });
		const deep = (depth: number) => parseJson(Buffer.from('['.repeat(depth) + ']'.repeat(depth)));
		await expect(deep(256)).resolves.toHaveLength(1);
		await expect(deep(257)).rejects.toBeInstanceOf(TooMuchJson);
		const names = (count: number) =>
			parseJson(Buffer.from(`{${Array.from({ length: count }, (_, i) => `"${i}":1`).join(',')}}`));
		await expect(names(100_000)).resolves.toHaveProperty('99999');
		await expect(names(100_001)).rejects.toBeInstanceOf(TooMuchJson);
		const blanks = Buffer.from(`[1,${' '.repeat(4 * 1024 * 1024)}2]`);
		await expect(parseJson(blanks)).rejects.toBeInstanceOf(SyntaxError);
	});

	describe('gives turns of the event loop in between', () => {
		/** Of a text: the turns while it was parsed, and the most of it that was decoded at once, in bytes. */
		async function watched(text: string) {
			const decode = jest.spyOn(Buffer.prototype, 'toString');
			try {
				const json = Buffer.from(text);
				const parsing = parseJson(json, { mask: new AnswerMask(['pass-word']) });
				const { value, turns } = await turnsOf(parsing);
				const decoded = (decode.mock.calls as unknown as Array<[string, number, number]>).map(
					([, from, to]) => to - from,
				);
				return { value, turns, most: Math.max(...decoded), bytes: json.length };
			} finally {
				decode.mockRestore();
			}
		}

		it('of a list of tiny values', async () => {
			const { value, turns } = await watched(`[${'[],'.repeat(1_000_000)}[]]`);
			expect(value).toHaveLength(1_000_001);
			expect(turns).toBeGreaterThan(20);
		});

		it.each([
			['base64', 'QUJD'],
			['text of two bytes each', 'é'],
			['text of three bytes each', '漢'],
			['text of four bytes each', '🦠'],
			['escapes', '\\u6f22'],
			['escaped quotation marks', '\\"'],
			['backslashes', '\\\\'],
		])('of a file of %s, and decodes no more than a piece at once', async (_name, unit) => {
			const content = unit.repeat((4 * 1024 * 1024) / Buffer.byteLength(unit));
			const text = `{"a":[{"file":"${content}"}],"b":2}`;
			const { value, turns, most, bytes } = await watched(text);
			expect(value).toEqual(JSON.parse(text));
			expect(turns).toBeGreaterThanOrEqual(bytes / (64 * 1024) - 1);
			expect(most).toBeLessThan(64 * 1024 + 64);
		});

		it('and finds a secret wherever a piece ends', async () => {
			for (const before of [65_536 - 20, 65_536 - 9, 65_536 - 5, 65_536 - 1]) {
				const text = `${'x'.repeat(before)} pass-word ${'x'.repeat(200_000)}`;
				const { value } = await watched(JSON.stringify({ text }));
				expect(value).toEqual({ text: text.replace('pass-word', '***') });
			}
		});
	});
});
