import { inspect } from 'node:util';
import { explain } from '../../nodes/shared/messages';
import { keyedDigest } from '../../tip/values/digest';
import { codeOf, faultsOf, TipError, type Facts } from '../../tip/values/error';
import { Lru } from '../../tip/values/lru';
import { isUnset, readNumber, type NumberLimits } from '../../tip/values/number';
import { requestTarget, type TipRequest } from '../../tip/values/request';
import { reveal, Sensitive } from '../../tip/values/secret';
import { readFreeText, readName, show, withoutInvisibleEnds } from '../../tip/values/text';

const thrownBy = (read: () => unknown): TipError => {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown;
	}
	throw new Error('it was not refused');
};
const refusalOf = (read: () => unknown): string => explain(thrownBy(read)).message;
const factsOf = (read: () => unknown): Facts => thrownBy(read).facts;

describe('A whole number', () => {
	const count = { min: 1 };

	it.each([0, -1, 1.5, 'many', true, Infinity, {}, NaN, '', null])('is not %j', (value) => {
		expect(refusalOf(() => readNumber(value, 'count', count))).toMatch(
			/^'Max Records per Section' is .+, not a whole number of 1 or more$/,
		);
	});

	it.each([
		[3, 3],
		[' 7 ', 7],
		['007', 7],
	])('%j is read as %j', (value, number) => {
		expect(readNumber(value, 'count', count)).toBe(number);
	});

	it('says its bounds', () => {
		const limits = { min: 30, max: 500, unit: 'seconds' };
		expect(refusalOf(() => readNumber(501, 'exec_time', limits))).toBe(
			"'Execution Time (Seconds)' is 501, outside 30 to 500 seconds",
		);
	});

	it.each<[NumberLimits, string, string | undefined]>([
		[{ min: 1 }, 'a whole number of 1 or more', undefined],
		[{ min: 1, unit: 'seconds' }, 'a whole number of seconds of 1 or more', undefined],
		[{ min: 1, max: 9 }, 'a whole number from 1 to 9', '1 to 9'],
		[
			{ min: 0.5, max: 9, unit: 'seconds', fraction: true },
			'a number of seconds from 0.5 to 9',
			'0.5 to 9 seconds',
		],
	])('within %j is told in words', (limits, range, bounds) => {
		expect(factsOf(() => readNumber('x', 'count', limits))).toEqual({
			field: 'count',
			reason: 'notWhole',
			found: "'x'",
			range,
			bounds,
		});
	});

	it.each<[unknown, NumberLimits, number | string]>([
		[30, { min: 30, max: 500 }, 30],
		[500, { min: 30, max: 500 }, 500],
		[29, { min: 30, max: 500 }, 'outsideRange'],
		[501, { min: 30, max: 500 }, 'outsideRange'],
		[-1, { min: 0 }, 'outsideRange'],
		[2 ** 53, { min: 0 }, 'notWhole'],
		[1e300, { min: 0, fraction: true }, 1e300],
		[Infinity, { min: 0, fraction: true }, 'outsideRange'],
		[NaN, { min: 0, fraction: true }, 'notWhole'],
		['999999999999999', { min: 0 }, 999999999999999],
		['1000000000000000', { min: 0 }, 'notWhole'],
		['\t 12 \n', { min: 0 }, 12],
		['1.5', { min: 0 }, 'notWhole'],
		['1.125', { min: 0, fraction: true }, 1.125],
		['1.0000000000000001', { min: 0, fraction: true }, 'notWhole'],
		['1.', { min: 0, fraction: true }, 'notWhole'],
		['.5', { min: 0, fraction: true }, 'notWhole'],
		['1e3', { min: 0 }, 'notWhole'],
		['0x10', { min: 0 }, 'notWhole'],
		['+1', { min: 0 }, 'notWhole'],
		['1 x', { min: 0 }, 'notWhole'],
		['x 1', { min: 0 }, 'notWhole'],
		[' ', { min: 0 }, 'notWhole'],
		[[7], { min: 0 }, 'notWhole'],
	])('%j within %j comes to %j', (value, limits, expected) => {
		const read = () => readNumber(value, 'count', limits);
		if (typeof expected === 'number') expect(read()).toBe(expected);
		else expect(factsOf(read).reason).toBe(expected);
	});

	it.each<[unknown, boolean]>([
		[undefined, true],
		[null, true],
		['', true],
		[' ', false],
		[0, false],
		[false, false],
	])('%j was left alone: %s', (value, expected) => {
		expect(isUnset(value)).toBe(expected);
	});

	it('may have a fraction where one is allowed', () => {
		expect(readNumber('0.5', 'timeout', { min: 0.001, max: 60, fraction: true })).toBe(0.5);
	});
});

describe('A text', () => {
	it('that is too long is refused before it is looked at', () => {
		expect(refusalOf(() => readName('x'.repeat(1_000_000), 'taskId', 256))).toContain(
			'1000000 characters',
		);
	});

	it.each([' ', '\u200b', '\t', 'a '])(
		'of a million of %j is cut at its ends in one go',
		(unit) => {
			expect(withoutInvisibleEnds(unit.repeat(1_000_000)).length).toBeLessThanOrEqual(2_000_000);
		},
	);

	/** What a missed or unevaluated expression, Luxon and a spreadsheet leave behind. */
	it.each([
		'[object Promise]',
		'[undefined]',
		'["null"]',
		'"undefined"',
		'[Function: id]',
		'[DateTime: 2024-05-01T00:00:00.000Z]',
		'Invalid Date',
		'Invalid DateTime',
		'#N/A',
		'#REF!',
		'#NAME?',
	])('%s is no value', (text) => {
		expect(refusalOf(() => readName(text, 'taskId', 256))).toBe(
			`'Task ID' is '${text}', which is not a value`,
		);
	});

	it.each(['{{ $json.id }}', '={{$json.id}}', '$json.id', '=$node["A"].json.id', 'task-{{ 1 }}'])(
		'%s is an expression that nobody evaluated',
		(text) => {
			expect(refusalOf(() => readName(text, 'taskId', 256))).toBe(
				`'Task ID' is '${text}', an expression that was not resolved`,
			);
		},
	);

	it.each(['7.61591733749525e+18', '7,61592E+18', '1E+21', '-1.5e+300'])(
		'%s is a number without all of its digits',
		(text) => {
			expect(refusalOf(() => readName(text, 'taskId', 256))).toBe(
				`'Task ID' is the number ${text}, which is too large to be exact`,
			);
		},
	);

	it('is not made of a number with a fraction, and a secret is not shown', () => {
		expect(refusalOf(() => readName(1.5, 'taskId', 256))).toBe("'Task ID' is 1.5, not text");
		expect(refusalOf(() => readFreeText(1.5, 'unzip_password', 99, true))).toBe(
			"'Unzip Password' is a number with a fraction, not text",
		);
	});

	it.each(['1e21', '5e3c0de', 'null-7', 'e+1', '#1', '[draft]', '$jsonp', 'a{b}'])(
		'%s is taken as it is',
		(text) => {
			expect(readName(text, 'taskId', 256)).toBe(text);
		},
	);

	it.each<[unknown, string]>([
		['a\nb', "'a b'"],
		['a \0\t\n b', "'a b'"],
		['x'.repeat(60), `'${'x'.repeat(60)}'`],
		['x'.repeat(61), `'${'x'.repeat(60)}…'`],
		['x'.repeat(100), `'${'x'.repeat(60)}…'`],
		[`${'x'.repeat(59)}😀y`, `'${'x'.repeat(59)}\ufffd…'`],
		[`${'x'.repeat(58)} \n y`, `'${'x'.repeat(58)} …'`],
		[undefined, 'undefined'],
		[true, 'true'],
		[null, 'null'],
		[[1], 'a list'],
		[{}, 'an object'],
		[7, '7'],
	])('%j is shown as %s', (value, shown) => {
		expect(show(value)).toBe(shown);
	});
});

describe('A name', () => {
	it.each<[unknown, string]>([
		['\u200b a\u200bb \ufeff\n', 'a\u200bb'],
		[7, '7'],
		[-7, '-7'],
		[Number.MAX_SAFE_INTEGER, '9007199254740991'],
		['x'.repeat(10), 'x'.repeat(10)],
		['😀'.repeat(10), '😀'.repeat(10)],
		['nullable', 'nullable'],
	])('is taken from %j', (value, expected) => {
		expect(readName(value, 'taskId', 10)).toBe(expected);
	});

	it.each<[unknown, Facts]>([
		[undefined, { reason: 'empty' }],
		[null, { reason: 'empty' }],
		['', { reason: 'empty' }],
		[' \u200b ', { reason: 'empty' }],
		[Infinity, { reason: 'notANumber', found: 'Infinity' }],
		[2 ** 53, { reason: 'unsafeNumber', found: '9007199254740992' }],
		[0.5, { reason: 'notText', found: '0.5' }],
		[['a'], { reason: 'notText', found: 'a list' }],
		[false, { reason: 'notText', found: 'false' }],
		[' NULL ', { reason: 'notANumber', found: "'NULL'" }],
		['-Infinity', { reason: 'notANumber', found: "'-Infinity'" }],
		['x'.repeat(11), { reason: 'tooLong', length: 11, max: 10 }],
		['😀'.repeat(11), { reason: 'tooLong', length: 11, max: 10 }],
		['a\udc00', { reason: 'halfCharacter' }],
	])('is none in %j', (value, facts) => {
		expect(factsOf(() => readName(value, 'taskId', 10))).toEqual({ field: 'taskId', ...facts });
	});

	it.each([
		[50_000, 50_000],
		[50_001, 100_002],
	])('of %d characters outside the first plane counts as %d', (characters, length) => {
		const text = '😀'.repeat(characters);
		expect(factsOf(() => readName(text, 'taskId', 10))).toMatchObject({ length });
	});
});

describe('A free text', () => {
	it.each([' ', ' a ', '\u200b', 'null', '\n'])('is taken as it is: %j', (text) => {
		expect(readFreeText(text, 'cmd_line', 10)).toBe(text);
	});

	it('is not empty', () => {
		expect(factsOf(() => readFreeText('', 'cmd_line', 10)).reason).toBe('empty');
	});

	it('is shown in a refusal unless it is a secret', () => {
		const found = (isSecret?: boolean) =>
			factsOf(() => readFreeText(2 ** 53, 'unzip_password', 20, isSecret)).found;
		expect([found(), found(false), found(true)]).toEqual([
			'9007199254740992',
			'9007199254740992',
			undefined,
		]);
	});
});

describe('A secret', () => {
	const secret = new Sensitive('hunter2');

	it('is shown to nobody who prints it', () => {
		expect([`${secret}`, JSON.stringify({ secret }), inspect({ secret })].join()).toBe(
			'***,{"secret":"***"},{ secret: *** }',
		);
	});

	it('is revealed to the wire', () => {
		expect([reveal(secret), reveal('plain')]).toEqual(['hunter2', 'plain']);
	});

	it('has a digest that tells it apart from any other, and its parts from the whole', () => {
		expect(keyedDigest('a', 'b')).toBe(keyedDigest('a', 'b'));
		const others = [['ab'], ['a', 'c'], ['b', 'a'], ['a', 'b', '']].map((of) => keyedDigest(...of));
		expect(others).not.toContain(keyedDigest('a', 'b'));
	});
});

describe('The target of a request', () => {
	const request = { path: '/a%20b', query: [] } as unknown as TipRequest;

	it('has a question mark only before something', () => {
		expect(requestTarget(request)).toBe('/a%20b');
		const query: TipRequest['query'] = [
			['a b', 'ü&='],
			['c', new Sensitive('d e')],
		];
		expect(requestTarget({ ...request, query })).toBe('/a%20b?a%20b=%C3%BC%26%3D&c=d%20e');
	});
});

describe('What was used last', () => {
	it('is kept, up to a number', () => {
		const kept = new Lru<number>(2);
		kept.set('a', 1);
		kept.set('b', 2);
		expect([kept.get('a'), kept.get('b')]).toEqual([1, 2]);
		kept.set('c', 3);
		expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual([undefined, 2, 3]);
	});

	it('is what was asked for or set again, too', () => {
		const kept = new Lru<number>(2);
		kept.set('a', 1);
		kept.set('b', 2);
		kept.get('a');
		kept.set('c', 3);
		expect(kept.get('b')).toBeUndefined();
		kept.set('a', 4);
		kept.set('d', 5);
		expect(['a', 'c', 'd'].map((key) => kept.get(key))).toEqual([4, undefined, 5]);
	});

	it('is nothing that was never set', () => {
		const kept = new Lru<number>(1);
		kept.set('a', 1);
		expect(kept.get('b')).toBeUndefined();
		expect(kept.get('a')).toBe(1);
	});
});

describe('What a room throws', () => {
	const fault = faultsOf({
		'a.always': { kind: 'network', outcomes: ['notSent', 'unknown'], repeated: 'yes' },
		'a.safe': { kind: 'portal', outcomes: ['rejected'], repeated: 'safe' },
	});

	it('is what is always true of its code, unless the thrower says otherwise', () => {
		expect(fault('a.always')).toMatchObject({
			name: 'TipError',
			message: 'a.always',
			code: 'a.always',
			kind: 'network',
			outcome: 'notSent',
			retryable: true,
			facts: {},
		});
		expect(fault('a.safe')).toMatchObject({ outcome: 'rejected', retryable: false });
		const details = { outcome: 'unknown', retryable: false, facts: { host: 'x' } } as const;
		expect(fault('a.always', details)).toMatchObject(details);
	});

	it.each<[Error, string]>([
		[Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
		[Object.assign(new TypeError('x'), { code: '' }), 'TypeError'],
		[Object.assign(new TypeError('x'), { code: 5 }), 'TypeError'],
		[new AggregateError([Object.assign(new Error('x'), { code: 'ETIMEDOUT' })]), 'ETIMEDOUT'],
		[new AggregateError([]), 'AggregateError'],
		[new AggregateError(['text']), 'AggregateError'],
		[Object.assign(new Error('x'), { errors: [new TypeError('y')] }), 'Error'],
	])('is known by a code (%s): %s', (error, code) => {
		expect(codeOf(error)).toBe(code);
	});
});
