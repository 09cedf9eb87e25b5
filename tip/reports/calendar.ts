const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const TIME = '(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,]\\d{1,12})?)?';
const ZONE = '(Z|UTC|GMT|(?:UTC|GMT)?[+-]\\d\\d:?\\d\\d)';
const ISO_DATE = new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T ]${TIME})?\\s?${ZONE}?$`, 'i');
/** Mail and HTTP (RFC 9110 5.6.7): `Wed, 01 May 2024 00:00:00 GMT`. */
const MAIL_DATE = new RegExp(
	`^(?:[a-z]{3},? )?(\\d{1,2}) ([a-z]{3}) (\\d{4}) ${TIME} ${ZONE}$`,
	'i',
);
/** A date that JavaScript made a text of: `Wed May 01 2024 00:00:00 GMT+0200 (…)`. */
const SCRIPT_DATE = new RegExp(
	`^[a-z]{3} ([a-z]{3}) (\\d\\d) (\\d{4}) ${TIME} ${ZONE}(?: \\([^()]{0,60}\\))?$`,
	'i',
);

/**
 * Unix seconds of a date as ISO 8601, mail or JavaScript write it; negative before 1970. A day or an hour
 * that does not exist is a slip of the hand, and undefined like everything else.
 *
 * @param zone IANA time zone of a text that names none
 */
export function parseDate(text: string, zone: string): number | undefined {
	const iso = ISO_DATE.exec(text)?.slice(1);
	const mail = MAIL_DATE.exec(text)?.slice(1);
	const script = SCRIPT_DATE.exec(text)?.slice(1);
	const [year, month, day, hour, minute, second, offset] =
		iso ??
		(mail && [mail[2], monthOf(mail[1]), mail[0], ...mail.slice(3)]) ??
		(script && [script[2], monthOf(script[0]), script[1], ...script.slice(3)]) ??
		[];
	if (year === undefined) return undefined;
	const parts = [year, month, day, hour, minute, second].map((part) => Number(part ?? 0));
	const wall = wallTime(parts);
	if (wall === undefined) return undefined;
	const ahead = offset === undefined ? zoneOffset(wall, zone) : namedOffset(offset);
	return ahead === undefined ? undefined : Math.floor((wall - ahead) / 1000);
}

function monthOf(name = ''): string {
	return String(MONTHS.indexOf(name.toLowerCase()) + 1);
}

/** What clocks show, as if they showed UTC; in milliseconds. */
function wallTime(parts: number[]): number | undefined {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
	// A leap second is the next one.
	if (hour > 23 || minute > 59 || second > 60) return undefined;
	// Date.UTC takes the years 0 to 99 for those of the 20th century.
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
	return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** `Z`, `+02:00`, `-0330` or `GMT+0200`, in milliseconds; no zone is further off than 18 hours. */
function namedOffset(text: string): number | undefined {
	const found = /([+-])(\d\d):?(\d\d)$/.exec(text);
	if (found === null) return 0;
	const minutes = Number(found[2]) * 60 + Number(found[3]);
	if (minutes > 18 * 60 || Number(found[3]) > 59) return undefined;
	return (found[1] === '-' ? -1 : 1) * minutes * 60_000;
}

/** How far a zone is ahead of UTC when its clocks show the given wall time, in milliseconds. */
function zoneOffset(wall: number, zone: string): number | undefined {
	if (zone === 'UTC') return 0;
	let format: Intl.DateTimeFormat;
	try {
		format = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	} catch {
		return undefined;
	}
	const offsetAt = (moment: number) => {
		const part = Object.fromEntries(
			format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
		) as Record<Intl.DateTimeFormatPartTypes, number>;
		const shown = Date.UTC(
			part.year,
			part.month - 1,
			part.day,
			part.hour,
			part.minute,
			part.second,
		);
		return shown - Math.floor(moment / 1000) * 1000;
	};
	// The first guess may lie on the other side of a clock change.
	return offsetAt(wall - offsetAt(wall));
}
