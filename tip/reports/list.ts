import type { TipAnswer } from '../values/answer';
import { unreadable } from '../portal/envelope';
import { toUnixSeconds } from './dates';

/** A report in a list, as the portal gave it. Its fields are named in tip-api.md 7. */
export type Publication = Record<string, unknown>;

/** Where a report may carry a tag (tip-api.md 7). */
const TAG_FIELDS = ['tags', 'tags_industry', 'tags_geo', 'tags_actors'] as const;

/** Conditions of this package's own: the portal's list knows only dates. Case does not matter. */
export interface PublicationFilter {
	/** `apt` or `fin`; none lets every report through. */
	reportGroup?: string;
	/** Any of these in any of the four lists of tags; none lets every report through. */
	tags?: readonly string[];
}

/**
 * The reports in the answer to `get_list`.
 *
 * @throws TipError `portal` when there is no list
 */
export function readPublications(answer: TipAnswer): Publication[] {
	const { publications, count } = answer;
	if (Array.isArray(publications)) {
		return publications.filter(
			(entry): entry is Publication =>
				entry !== null && typeof entry === 'object' && !Array.isArray(entry),
		);
	}
	if (Number(count) === 0 && (publications === undefined || publications === null)) return [];
	throw unreadable("no list 'publications'");
}

/** Whether a report meets the conditions. */
export function matches(
	publication: Publication,
	{ reportGroup, tags }: PublicationFilter,
): boolean {
	if (reportGroup !== undefined && !sameWord(publication.report_group, reportGroup)) return false;
	if (tags === undefined || tags.length === 0) return true;
	const own = TAG_FIELDS.flatMap((field) => words(publication[field]));
	return tags.some((tag) => own.some((candidate) => sameWord(candidate, tag)));
}

/** Words of a list, or of a text in which commas part them. */
export function words(value: unknown): string[] {
	const parts: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
	return parts.map((part) => String(part ?? '').trim()).filter((part) => part !== '');
}

/** When a report was published and last changed, in Unix seconds. */
export function timesOf({ published, updated }: Publication): {
	published?: number;
	updated?: number;
} {
	return { published: toUnixSeconds(published), updated: toUnixSeconds(updated) };
}

/**
 * By their last change, or by their publication; those without a time that can be read come last, as
 * they were.
 */
export function newestFirst(
	publications: readonly Publication[],
	by: 'published' | 'updated' = 'updated',
): Publication[] {
	const dated = publications.map((publication) => {
		const { updated, published } = timesOf(publication);
		const at = by === 'updated' ? (updated ?? published) : (published ?? updated);
		return { publication, at: at ?? -1 };
	});
	return dated.sort((a, b) => b.at - a.at).map(({ publication }) => publication);
}

function sameWord(a: unknown, b: string): boolean {
	return typeof a === 'string' && a.trim().toLowerCase() === b.trim().toLowerCase();
}
