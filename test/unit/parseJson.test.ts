import fc from 'fast-check';
import { parseJson, TooMuchJson } from '../../tip/portal/parseJson';
import { AnswerMask } from '../../tip/values/masking';

const parsed = (text: string, pieceLength: number) =>
	parseJson(text, { pieceLength }).then(
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
			.tuple(fc.json(), fc.boolean())
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
		const transform = <T extends object>(piece: T) => mask.value(piece);
		const text =
			'{"pass-word":[1,2,{"pass-word":"pass-word"}],"a":["pass-word",["pass-word",2],3]}';
		for (const pieceLength of [1, 4, 16, 1000]) {
			expect(await parseJson(text, { pieceLength, transform })).toEqual({
				'pass-word': [1, 2, { 'pass-word': '***' }],
				a: ['***', ['***', 2], 3],
			});
		}
	});

	it('is refused when there is too much of it', async () => {
		const count = (maxValues: number) => parseJson('[1,[2],{"a":3}]', { maxValues });
		await expect(count(5)).resolves.toEqual([1, [2], { a: 3 }]);
		await expect(count(4)).rejects.toMatchObject({ what: 'tooManyValues' });
		const deep = (depth: number) => parseJson('['.repeat(depth) + ']'.repeat(depth));
		await expect(deep(256)).resolves.toHaveLength(1);
		await expect(deep(257)).rejects.toBeInstanceOf(TooMuchJson);
	});

	it('gives turns of the event loop in between', async () => {
		let turns = 0;
		let isOver = false;
		const count = () => {
			turns++;
			if (!isOver) setImmediate(count);
		};
		setImmediate(count);
		const text = `[${'[],'.repeat(1_000_000)}[]]`;
		expect(await parseJson(text)).toHaveLength(1_000_001);
		isOver = true;
		expect(turns).toBeGreaterThan(20);
	});
});
