/** Unix seconds above this are milliseconds: it is the year 5138 in one and 1973 in the other. */
const LARGEST_SECONDS = 100_000_000_000;

const ISO_DATE =
	/^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * A moment in Unix seconds, from whatever a field, an expression or the portal gives: Unix seconds or
 * milliseconds, as a number or as text, a date object, or ISO 8601. `undefined` when it can't be read.
 *
 * The form of the portal's own times is in no source (tip-api.md 7), so all of these are taken.
 *
 * @param zone IANA time zone of a text that names none
 */
export function toUnixSeconds(value: unknown, zone = 'UTC'): number | undefined {
	if (typeof value === 'number') return fromNumber(value);
	if (value instanceof Date) return fromNumber(value.getTime() / 1000);
	if (value !== null && typeof value === 'object') {
		// Luxon's and Moment's moments, which expressions give.
		const plain: unknown = (value as { toJSON?: () => unknown }).toJSON?.();
		return typeof plain === 'string' ? fromText(plain, zone) : undefined;
	}
	return typeof value === 'string' ? fromText(value.trim(), zone) : undefined;
}

function fromNumber(value: number): number | undefined {
	if (!Number.isFinite(value) || value < 0) return undefined;
	return Math.floor(value > LARGEST_SECONDS ? value / 1000 : value);
}

function fromText(text: string, zone: string): number | undefined {
	if (/^\d{9,14}(\.\d+)?$/.test(text)) return fromNumber(Number(text));
	const found = ISO_DATE.exec(text);
	if (found === null) {
		// Mail and HTTP dates name their zone; what names none could be read in more than one way.
		const named = /(GMT|UTC|[+-]\d{4})$/.test(text) ? Date.parse(text) : NaN;
		return Number.isNaN(named) ? undefined : fromNumber(named / 1000);
	}
	const [year, month, day, hour, minute, second] = found
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const wall = Date.UTC(year!, month! - 1, day, hour, minute, second);
	// A day or an hour that does not exist is carried over by Date; that is a typing slip, not a date.
	if (
		!new Date(wall)
			.toISOString()
			.startsWith(`${found[1]}-${found[2]}-${found[3]}T${found[4] ?? '00'}`)
	) {
		return undefined;
	}
	const offset = found[7] === undefined ? zoneOffset(wall, zone) : namedOffset(found[7]);
	return offset === undefined ? undefined : Math.floor((wall - offset) / 1000);
}

/** `Z`, `+02:00` or `-0330`, in milliseconds. */
function namedOffset(text: string): number {
	if (/^z$/i.test(text)) return 0;
	const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
	return (text.startsWith('-') ? -1 : 1) * minutes * 60_000;
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
