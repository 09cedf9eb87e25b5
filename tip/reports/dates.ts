import { parseDate } from './calendar';

/** Unix seconds above this are milliseconds: it is the year 5138 in one and 1973 in the other. */
const LARGEST_SECONDS = 100_000_000_000;
const END_OF_9999 = 253_402_300_799;

/**
 * A moment in Unix seconds out of what the portal gives: Unix seconds or milliseconds, as a number or as
 * text, or a date. `undefined` when it can't be read.
 *
 * The form of the portal's own times is in no source (tip-api.md 7), so all of these are taken. What
 * users fill in has a reader of its own, `readMoment`, which guesses nothing.
 */
export function toUnixSeconds(value: unknown): number | undefined {
	if (typeof value === 'number') return fromNumber(value);
	if (typeof value !== 'string' || value.length > 100) return undefined;
	const text = value.trim();
	return fromNumber(/^\d{9,14}(?:\.\d+)?$/.test(text) ? Number(text) : parseDate(text, 'UTC'));
}

function fromNumber(value: number | undefined): number | undefined {
	if (value === undefined || !Number.isFinite(value) || value < 0) return undefined;
	const seconds = Math.floor(value > LARGEST_SECONDS ? value / 1000 : value);
	return seconds <= END_OF_9999 ? seconds : undefined;
}
