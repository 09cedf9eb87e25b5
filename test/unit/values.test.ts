import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { readNumber } from '../../tip/values/number';
import { readName, show, withoutInvisibleEnds } from '../../tip/values/text';

const refusalOf = (read: () => unknown): string => {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) return explain(thrown).message;
	}
	throw new Error('it was not refused');
};

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

	it.each<[unknown, string]>([
		['a\nb', "'a b'"],
		['x'.repeat(100), `'${'x'.repeat(60)}…'`],
		[null, 'null'],
		[[1], 'a list'],
		[{}, 'an object'],
		[7, '7'],
	])('%j is shown as %s', (value, shown) => {
		expect(show(value)).toBe(shown);
	});
});
