import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { inputError } from '../../../../tip/values/error';
import { toUnixSeconds } from '../../../../tip/reports/dates';
import {
	matches,
	newestFirst,
	readPublications,
	words,
	type PublicationFilter,
} from '../../../../tip/reports/list';
import { publicationListRequest, readReportGroup } from '../../../../tip/reports/requests';
import type { Action } from '../operation';
import { reportGroupField } from './fields';

const fields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		description: 'Which reports the portal is asked for',
		options: [
			{
				displayName: 'After',
				name: 'date_start',
				type: 'dateTime',
				default: '',
				description: 'Only reports of this moment and later',
			},
			{
				displayName: 'Before',
				name: 'date_end',
				type: 'dateTime',
				default: '',
				description: 'Only reports of this moment and earlier',
			},
		],
	},
	{
		displayName: 'Local Filters',
		name: 'localFilters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		description:
			'Which of the reports the portal has sent are returned. The portal itself filters by date only.',
		options: [
			reportGroupField,
			{
				displayName: 'Tags',
				name: 'tags',
				type: 'string',
				default: '',
				placeholder: 'e.g. Lazarus, Energy',
				description:
					'Comma-separated tags of which a report must have one: among its tags, industries, countries or actors. Case does not matter.',
			},
		],
	},
];

/** The list of reports, one item each, newest first (tip-api.md 7). */
export const getAll: Action = {
	fields,
	toRequest: ({ returnAll, limit, filters, localFilters }, { timezone }) => {
		readLimit(returnAll, limit);
		readFilter(localFilters);
		const values = (filters ?? {}) as IDataObject;
		const date_start = readMoment(values.date_start, 'After', timezone);
		const date_end = readMoment(values.date_end, 'Before', timezone);
		if (date_start !== undefined && date_end !== undefined && date_start > date_end) {
			throw inputError('filters', "'After' is later than 'Before'", 'Swap the two dates.');
		}
		return publicationListRequest({ date_start, date_end });
	},
	// Return All and Limit are this package's own too: no source says that the list has pages.
	toItems: (answer, { values: { returnAll, limit, localFilters } }) => {
		const filter = readFilter(localFilters);
		const found = readPublications(answer).filter((publication) => matches(publication, filter));
		return newestFirst(found)
			.slice(0, readLimit(returnAll, limit))
			.map((publication) => ({ json: publication as IDataObject }));
	},
};

function readLimit(returnAll: unknown, limit: unknown): number | undefined {
	if (returnAll === true || returnAll === 'true') return undefined;
	const number = typeof limit === 'string' ? Number(limit) : limit;
	if (typeof number === 'number' && Number.isInteger(number) && number >= 1) return number;
	throw inputError(
		'limit',
		"'Limit' is not a whole number from 1",
		"Correct it, or use 'Return All'.",
	);
}

function readMoment(value: unknown, label: string, timezone: string): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const moment = toUnixSeconds(value, timezone);
	if (moment !== undefined) return moment;
	throw inputError(
		'filters',
		`'${label}' is not a date`,
		'Give it as in 2026-05-31 or 2026-05-31T08:00:00Z, or as Unix time.',
	);
}

function readFilter(collection: unknown): PublicationFilter {
	const { report_group, tags } = (collection ?? {}) as IDataObject;
	const reportGroup = readReportGroup(report_group || 'all');
	return { ...(reportGroup !== 'all' && { reportGroup }), tags: words(tags) };
}
