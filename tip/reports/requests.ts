import { badInput } from '../values/input';
import { isUnset } from '../values/number';
import type { QueryParameter, TipRequest, Topic } from '../values/request';
import { reveal } from '../values/secret';
import { readName, readOneOf, show } from '../values/text';

/** Groups of reports: APT and crimeware (`fin`) (tip-api.md 7). */
export const REPORT_GROUPS = ['apt', 'fin'] as const;
export type ReportGroup = (typeof REPORT_GROUPS)[number];

/** What can be asked for with a report, by its name in `include_info` (tip-api.md 7). */
export const REPORT_PARTS = ['execsum', 'iocs', 'pdf', 'yara'] as const;

/** Longest publication id sent; the format is unknown. */
const PUBLICATION_ID_MAX_LENGTH = 256;

const LANGUAGE_MAX_LENGTH = 32;

/** Master files: of all indicators, or of all YARA rules. */
export type MasterFile = 'ioc' | 'yara';

/**
 * `POST /api/publications/{method}` with all parameters in the query and no body (tip-api.md 1, rows
 * 21 to 24, and 7). It reads and changes nothing.
 */
function publicationsRequest(
	about: Topic,
	method: string,
	query: readonly QueryParameter[],
): TipRequest {
	return {
		about,
		method: 'POST',
		path: `/api/publications/${method}`,
		query,
		safe: true,
		enveloped: true,
	};
}

/**
 * The list of reports.
 *
 * @param dates of publication, in Unix seconds, both inclusive (tip-api.md 7)
 */
export function publicationListRequest(
	dates: { date_start?: number; date_end?: number } = {},
): TipRequest {
	const query: QueryParameter[] = [];
	if (dates.date_start !== undefined) query.push(['date_start', String(dates.date_start)]);
	if (dates.date_end !== undefined) query.push(['date_end', String(dates.date_end)]);
	return publicationsRequest('reports', 'get_list', query);
}

/**
 * One report.
 *
 * @param parts names in `include_info`; none leaves the choice to the portal
 * @throws TipError `input` when an id or a part can't be sent
 */
export function publicationRequest(
	publicationId: unknown,
	{ parts = [], lang }: { parts?: readonly string[]; lang?: unknown } = {},
): TipRequest {
	const known: readonly string[] = ['all', ...REPORT_PARTS];
	const foreign = parts.find((part) => !known.includes(part));
	if (foreign !== undefined) {
		throw badInput('include_info', 'notOneOf', { found: show(foreign), allowed: REPORT_PARTS });
	}
	const query: QueryParameter[] = [
		['publication_id', readName(publicationId, 'publicationId', PUBLICATION_ID_MAX_LENGTH)],
	];
	if (parts.length > 0) query.push(['include_info', parts.join(',')]);
	if (!isUnset(lang)) query.push(['lang', readName(lang, 'lang', LANGUAGE_MAX_LENGTH)]);
	return publicationsRequest('report', 'get_one', query);
}

/** @throws TipError `input` when it is not one of the groups the portal knows */
export function masterFileRequest(file: MasterFile, reportGroup: unknown): TipRequest {
	const query: QueryParameter = ['report_group', readReportGroup(reportGroup)];
	return publicationsRequest('masterFile', `get_master_${file}`, [query]);
}

/** @throws TipError `input` when it is not one of the groups the portal knows */
export function readReportGroup(value: unknown): ReportGroup | 'all' {
	return readOneOf(value, 'report_group', [...REPORT_GROUPS, 'all']);
}

/** The ID of the report that a request asks for. */
export function idOf({ query }: TipRequest): string {
	return reveal(query[0]![1]);
}
