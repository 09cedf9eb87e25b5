import type { TipError } from '../values/error';
import type { TipAnswer } from '../values/answer';
import type { IndicatorKind } from './indicator';
import { GENERAL_SECTION } from './sections';

/** Stands for the portal's "nothing found", which is an answer too. Known by its identity. */
export const NOTHING_KNOWN: TipAnswer = Object.freeze({ known: false });

/**
 * Whether a JSON value is the answer to a lookup: it has a zone, the general section of its kind or a
 * section that was asked for. A page of a gateway, a refusal with status 200, a list or an answer to
 * something else has none of them, and must not pass for an indicator of which nothing is known.
 *
 * @param asked sections the user asked for. `LicenseInfo` counts only here: it says nothing of the
 * indicator, and may come alone when the quota is used up (tip-api.md 10).
 */
export function looksLikeLookup(
	value: unknown,
	kind: IndicatorKind,
	asked: readonly string[],
): boolean {
	if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
	const answer = value as Record<string, unknown>;
	const { Zone: zone } = answer;
	if (zone !== undefined && zone !== null) return typeof zone === 'string' && zone.trim() !== '';
	if (isSection(answer[GENERAL_SECTION[kind]])) return true;
	return asked.some((name) => isSection(answer[name]));
}

/**
 * Whether a refusal means "nothing found": a 404 that is empty or in the portal's own words
 * (tip-api.md 6). A page with 404 comes from a gateway or a wrong address.
 */
export function isNothingFound({ status, facts }: TipError): boolean {
	return status === 404 && facts.isPortalsOwn === true;
}

function isSection(value: unknown): boolean {
	return value !== null && typeof value === 'object';
}
