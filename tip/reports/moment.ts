import { badInput, type GeneralReason } from '../values/input';
import { readName, show } from '../values/text';
import { parseDate } from './calendar';

export type MomentReason = GeneralReason | 'before1970' | 'datesSwapped' | 'noDate' | 'noMoment';

const MAX_LENGTH = 100;
const DAY_S = 24 * 3600;

/** 2000-01-01: no report is older, and counts of other things than seconds mean less. */
const SMALLEST_SECONDS = 946_684_800;
const LARGEST_SECONDS = 9_999_999_999;

/** Days from the beginning of a spreadsheet's calendar, 1899-12-30, to 1970. */
const SERIAL_1970 = 25_569;

/**
 * A moment that a user or an expression gave, in Unix seconds: a date, a date object, or a number of
 * seconds since 1970. A number that is more likely a count of something else is refused with what it
 * would have meant: the portal would be asked about another century, and its answer would look right.
 *
 * @param field in the code of the error, `input.<field>`
 * @param zone IANA time zone of a text that names none
 * @throws TipError `input` with a {@link MomentReason}
 */
export function readMoment(value: unknown, field: string, zone: string): number {
	const given = plain(value);
	if (given === undefined) throw refuse(field, 'noDate', value);
	if (typeof given === 'number') return readSeconds(given, field);
	const text = readName(given, field, MAX_LENGTH);
	if (/^[-+]?\d+(?:\.\d+)?$/.test(text)) return readSeconds(Number(text), field, text);
	const seconds = parseDate(text, zone);
	if (seconds === undefined) throw refuse(field, 'noDate', text);
	// East of Greenwich, 1970 began before the count of seconds did.
	if (seconds < 0 && text.startsWith('1970')) return 0;
	if (seconds < 0) throw refuse(field, 'before1970', text);
	return seconds;
}

/** Date objects of JavaScript, Luxon and Moment as text; undefined for other objects. */
function plain(value: unknown): unknown {
	if (value === null || typeof value !== 'object') return value;
	let text: unknown;
	try {
		text = (value as { toJSON?: () => unknown }).toJSON?.();
	} catch {
		return undefined;
	}
	return typeof text === 'string' ? text : undefined;
}

function readSeconds(number: number, field: string, digits = String(number)): number {
	if (!Number.isFinite(number)) throw badInput(field, 'notANumber', { found: show(number) });
	if (number === 0) return 0;
	if (number < 0) throw refuse(field, 'before1970', number);
	const isPlausible = number >= SMALLEST_SECONDS && number <= LARGEST_SECONDS;
	const written = asDigits(digits);
	if (isPlausible && written === undefined) return Math.floor(number);
	throw badInput<MomentReason>(field, 'noMoment', {
		found: digits.slice(0, 30),
		asSeconds: isoOf(number) ?? `about the year ${Math.round(1970 + number / 31_556_952)}`,
		...alternatives(number, written),
	});
}

/** What else a number can have been meant as, where that is in our time. */
function alternatives(number: number, written: string | undefined) {
	const readings = {
		asSerialDate: isoOf((number - SERIAL_1970) * DAY_S),
		asMilliseconds: isoOf(number / 1000),
		asMicroseconds: isoOf(number / 1_000_000),
		asDigits: written,
	};
	return Object.fromEntries(
		Object.entries(readings).filter(([, reading]) => /^(?:199|20)\d/.test(reading ?? '')),
	);
}

/** `20240501`, `202405011200` or `20240501120000` as the date that the digits show. */
function asDigits(digits: string): string | undefined {
	const found = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)?(\d\d)?)?$/.exec(digits);
	if (found === null) return undefined;
	const [, year, month, day, hour, minute = '00', second = '00'] = found;
	const date = `${year}-${month}-${day}`;
	const text = hour === undefined ? date : `${date}T${hour}:${minute}:${second}`;
	const isOurTime = year! >= '1990' && year! < '2100';
	return isOurTime && parseDate(text, 'UTC') !== undefined ? text : undefined;
}

function isoOf(seconds: number): string | undefined {
	const date = new Date(Math.floor(seconds) * 1000);
	const isShort = date.getTime() >= 0 && date.getUTCFullYear() <= 9999;
	return isShort ? date.toISOString().replace('.000', '') : undefined;
}

function refuse(field: string, reason: 'before1970' | 'noDate', value: unknown) {
	return badInput<MomentReason>(field, reason, { found: show(value) });
}
