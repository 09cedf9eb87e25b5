import fc from 'fast-check';
import { toUnixSeconds } from '../../tip/reports/dates';
import { readMoment } from '../../tip/reports/moment';
import { TipError } from '../../tip/values/error';

const SEED = Number(process.env.TEST_SEED ?? 20_261_125);

describe('Any text at all', () => {
	const pieces = fc.constantFrom(
		...[
			'2024',
			'-05-01',
			'T',
			' ',
			'00:00',
			':00',
			'.123',
			'Z',
			'+02:00',
			'-0330',
			'GMT',
			'UTC',
			'05',
			'/',
		],
		...[
			'Wed',
			', ',
			'01 May ',
			'May ',
			'1714521600',
			'46205',
			'99',
			'-',
			'+',
			'1601',
			'(x)',
			'\u200e',
			'İ',
			'٣',
		],
	);
	const values = fc.oneof(
		fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
		fc.string({ unit: 'binary', maxLength: 30 }),
		fc.date({ noInvalidDate: false }),
		fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
		fc.double(),
		fc.maxSafeInteger().map(String),
		fc.anything(),
	);
	const zones = fc.constantFrom(
		'UTC',
		'Asia/Tokyo',
		'Europe/Berlin',
		'America/New_York',
		'No/Such',
	);

	it('is a moment of four digits of years, or refused with a reason', () => {
		let accepted = 0;
		fc.assert(
			fc.property(values, zones, (value, zone) => {
				toUnixSeconds(value);
				try {
					const moment = readMoment(value, 'date_start', zone);
					accepted++;
					expect(Number.isInteger(moment) && moment >= 0 && moment < 253_402_400_000).toBe(true);
					expect(readMoment(new Date(moment * 1000), 'date_start', zone)).toBe(moment);
				} catch (thrown) {
					if (!(thrown instanceof TipError)) throw thrown;
				}
			}),
			{ numRuns: 100_000, seed: SEED },
		);
		expect(accepted).toBeGreaterThan(2000);
	});
});
