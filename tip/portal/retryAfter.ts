/** A year: what asks for more has not understood the question either, and no sum with it overflows. */
const LONGEST_SECONDS = 365 * 24 * 3600;

const DAY = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
/** The three forms of RFC 9110 5.6.7; only the first may still be written, all have to be read. */
const HTTP_DATE = new RegExp(
	`^(?:${DAY}, \\d{2} [A-Z][a-z]{2} \\d{4} ${TIME} GMT|${DAY}, \\d{2}-[A-Z][a-z]{2}-\\d{2} ${TIME} GMT|${DAY} [A-Z][a-z]{2} [ \\d]\\d ${TIME} \\d{4})$`,
);

/**
 * `Retry-After` (RFC 9110 10.2.3) in milliseconds from now: whole seconds or a date; a date that has
 * passed is 0. What is neither asks for nothing. A fraction of a second is in no RFC, but some
 * gateways send one; it is rounded up, so that it never means "at once".
 *
 * @param now in milliseconds since 1970
 */
export function readRetryAfter(
	header: string | string[] | undefined,
	now: number,
): number | undefined {
	const value = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
	// No date and no sensible number is longer, and nothing longer is looked at.
	if (value.length > 400) return undefined;
	if (/^\d+(?:\.\d+)?$/.test(value)) {
		const seconds = Math.max(Math.ceil(Number(value)), value.includes('.') ? 1 : 0);
		return Math.min(seconds, LONGEST_SECONDS) * 1000;
	}
	if (!HTTP_DATE.test(value)) return undefined;
	const date = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
	if (Number.isNaN(date) || !isOfTheCalendar(value, date)) return undefined;
	return Math.min(Math.max(0, date - now), LONGEST_SECONDS * 1000);
}

/** The 31st of February is read as a day in March. */
function isOfTheCalendar(value: string, date: number): boolean {
	const day = /(?:^[^,]*, |^\w+ \w+ +)(\d{1,2})/.exec(value)?.[1];
	return Number(day) === new Date(date).getUTCDate();
}
