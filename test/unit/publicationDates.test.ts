import { explain } from '../../nodes/shared/messages';
import { toUnixSeconds } from '../../tip/reports/dates';
import { readMoment } from '../../tip/reports/moment';
import { TipError } from '../../tip/values/error';

const T0 = 1_714_521_600;

function refusalOf(value: unknown, zone = 'UTC') {
	try {
		readMoment(value, 'date_start', zone);
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		expect(thrown).toMatchObject({ code: 'input.date_start', kind: 'input', outcome: 'notSent' });
		const { message, advice } = explain(thrown as TipError);
		return `${message}. ${advice}`;
	}
	throw new Error('it was accepted');
}

/** Read alike wherever they come from. */
const DATES: Array<[unknown, string, number]> = [
	['2024-05-01', 'UTC', T0],
	['2024-05-01T00:00:00', 'UTC', T0],
	['2024-05-01 00:00', 'UTC', T0],
	['2024-05-01T00:00:00.999Z', 'Asia/Tokyo', T0],
	['2024-05-01T00:00:00.123456789z', 'UTC', T0],
	['2024-05-01T02:00:00+02:00', 'UTC', T0],
	['2024-05-01 00:00:00 UTC', 'Asia/Tokyo', T0],
	['2024-04-30T20:30:00-0330', 'UTC', T0],
	['Wed, 01 May 2024 00:00:00 GMT', 'UTC', T0],
	['1 May 2024 02:00 +0200', 'UTC', T0],
	['Wed May 01 2024 02:00:00 GMT+0200 (Central European Summer Time)', 'UTC', T0],
	['2024-02-29', 'UTC', 1_709_164_800],
	['2016-12-31T23:59:60Z', 'UTC', 1_483_228_800],
];

describe('A moment that a user gives', () => {
	it.each<[unknown, string, number]>([
		...DATES,
		[T0, 'UTC', T0],
		[T0 + 0.9, 'UTC', T0],
		[String(T0), 'UTC', T0],
		[` ${T0} `, 'UTC', T0],
		[0, 'UTC', 0],
		[9_999_999_999, 'UTC', 9_999_999_999],
		['9999-12-31', 'UTC', 253_402_214_400],
		['1970-01-01', 'UTC', 0],
		['1970-01-01', 'Europe/Berlin', 0],
		['2024-05-01T09:00:00', 'Asia/Tokyo', T0],
		['2024-05-01T02:00:00', 'Europe/Berlin', T0],
		['2024-01-01T01:00:00', 'Europe/Berlin', 1_704_067_200],
		// Half an hour after the clocks went forward.
		['2024-03-31T03:30:00', 'Europe/Berlin', 1_711_848_600],
		['2024-03-10T03:30:00', 'America/New_York', 1_710_055_800],
		[new Date(T0 * 1000), 'UTC', T0],
		[{ toJSON: () => '2024-05-01T00:00:00.000+00:00' }, 'UTC', T0],
		['\u200e2024-05-01', 'UTC', T0],
	])('%p in %s is %p', (value, zone, expected) => {
		expect(readMoment(value, 'date_start', zone)).toBe(expected);
	});

	it.each<[string, unknown, RegExp]>([
		[
			'D01/D06',
			46_205,
			/^'After' is 46205: a number is seconds since 1970, and this one is 1970-01-01T12:50:05Z\. As the serial date of a spreadsheet it would be 2026-07-02T00:00:00Z\./,
		],
		['D01/D06', '46205.5', /serial date of a spreadsheet it would be 2026-07-02T12:00:00Z/],
		['D01/D06', 44_927, /serial date of a spreadsheet it would be 2023-01-01/],
		[
			'milliseconds',
			T0 * 1000,
			/this one is about the year 56\d\d\d\. As milliseconds it would be 2024-05-01T00:00:00Z/,
		],
		['microseconds', T0 * 1_000_000, /As microseconds it would be 2024-05-01T00:00:00Z/],
		['nanoseconds', 1.714_521_6e18, /this one is about the year/],
		['D02', '20240501120000', /As a date without separators it would be 2024-05-01T12:00:00/],
		[
			'D02',
			20_240_501,
			/this one is 1970-08-23T.*As a date without separators it would be 2024-05-01\./,
		],
		['D02', '202405011230', /As a date without separators it would be 2024-05-01T12:30:00/],
		[
			'D02',
			2_024_050_112,
			/this one is 2034-02-20T.*As a date without separators it would be 2024-05-01T12:00:00/,
		],
		['seconds since 2001', 736_214_400, /this one is 1993-05-01/],
		['a small number', 7, /this one is 1970-01-01T00:00:07Z/],
		['D07', '1601-01-01T00:00:00Z', /^'After' is '1601-01-01T00:00:00Z', a date before 1970/],
		['D07', '1900-01-01', /a date before 1970/],
		['D07', '0001-01-01T00:00:00', /a date before 1970/],
		['D07', new Date(-1), /a date before 1970/],
		['D07', -11_644_473_600, /a date before 1970/],
		['D07', '-1', /a date before 1970/],
		['no day', '2024-02-30', /^'After' is '2024-02-30', which is not a date/],
		['no day', '2023-02-29', /not a date/],
		['no hour', '2024-05-01T24:00', /not a date/],
		['no second', '2024-05-01T00:00:75Z', /not a date/],
		['no offset', '2024-05-01T00:00:00+25:00', /not a date/],
		['two readings', '05/01/2024', /not a date/],
		['a word', 'yesterday', /not a date/],
		['words with a zone', 'hello 5 GMT', /not a date/],
		['two dates', '2024-05-01 2024-05-02', /not a date/],
		['an object', {}, /not a date/],
		['no date', new Date(NaN), /not a date/],
		['a list', ['2024-05-01'], /not a date/],
		['nothing', NaN, /NaN, which is not a value/],
		['nothing', 'undefined', /'undefined', which is not a value/],
		['true', true, /is true, not text/],
		['a long text', 'x'.repeat(200), /200 characters/],
	])('%s: %p is refused, with what it would have meant', (_id, value, sentence) => {
		expect(refusalOf(value)).toMatch(sentence);
	});

	it('is refused when it is an object that throws', () => {
		const broken = {
			toJSON: () => {
				throw new Error('no');
			},
		};
		expect(refusalOf(broken)).toMatch(/not a date/);
	});

	it('is refused in a zone that does not exist', () => {
		expect(refusalOf('2024-05-01T00:00:00', 'No/Such')).toMatch(/not a date/);
	});
});

describe("The portal's own times", () => {
	it.each<[unknown, number | undefined]>([
		...DATES.filter(([, zone]) => zone === 'UTC').map(
			([value, , at]) => [value, at] as [unknown, number],
		),
		[T0, T0],
		[T0 + 0.9, T0],
		[T0 * 1000, T0],
		[String(T0), T0],
		[String(T0 * 1000), T0],
		['2024-02-30', undefined],
		['May', undefined],
		[1e20, undefined],
		['', undefined],
		[-5, undefined],
		[NaN, undefined],
		[null, undefined],
		[{}, undefined],
		['1900-01-01', undefined],
	])('%p is %p', (value, expected) => {
		expect(toUnixSeconds(value)).toBe(expected);
	});
});
