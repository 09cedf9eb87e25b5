import { timesOf, words, type Publication } from './list';

/**
 * A report's times as ISO 8601 in UTC, beside those the portal gives; left out where a time can't be
 * read.
 */
export function isoTimesOf(publication: Publication): {
	publishedAt?: string;
	updatedAt?: string;
} {
	const { published, updated } = timesOf(publication);
	return {
		...(published !== undefined && { publishedAt: isoOf(published) }),
		...(updated !== undefined && { updatedAt: isoOf(updated) }),
	};
}

/**
 * A report in brief: what a message or a ticket needs of it (fields: tip-api.md 7).
 *
 * @param origin scheme, host and port of the portal, for the link (tip-api.md 6, L3)
 */
export function summariseReport(publication: Publication, origin: string): Record<string, unknown> {
	const { id, name, desc, report_group } = publication;
	const { publishedAt = null, updatedAt = null } = isoTimesOf(publication);
	return {
		id: id ?? null,
		name: name ?? null,
		group: report_group ?? null,
		description: desc ?? null,
		publishedAt,
		updatedAt,
		actors: words(publication.tags_actors),
		industries: words(publication.tags_industry),
		countries: words(publication.tags_geo),
		tags: words(publication.tags),
		link: `${origin}/reporting?id=${encodeURIComponent(String(id ?? ''))}`,
	};
}

function isoOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString();
}
