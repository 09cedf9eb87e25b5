import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	matches,
	newestFirst,
	readPublications,
	words,
	type PublicationFilter,
} from '../../../../tip/reports/list';
import { readMoment, type MomentReason } from '../../../../tip/reports/moment';
import { publicationListRequest, readReportGroup } from '../../../../tip/reports/requests';
import { isoTimesOf, summariseReport } from '../../../../tip/reports/summary';
import { badInput } from '../../../../tip/values/input';
import { isUnset } from '../../../../tip/values/number';
import { readOneOf, show } from '../../../../tip/values/text';
import type { Operation } from '../operation';
import { limitFields, readLimit } from '../limit';
import { reportGroupField } from './fields';

const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'Raw',
			value: 'raw',
			description: 'The report as the portal lists it, its times also as ISO 8601',
		},
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Name, description, times, actors, tags and link',
		},
	],
	default: 'raw',
	description: 'How much of each report to return',
};

const fields: INodeProperties[] = [
	outputField,
	...limitFields(),
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		description: 'Ask the portal only for reports of some dates',
		options: [
			{
				displayName: 'After',
				name: 'date_start',
				type: 'dateTime',
				default: '',
				description: 'Only reports published at this moment or later',
			},
			{
				displayName: 'Before',
				name: 'date_end',
				type: 'dateTime',
				default: '',
				description: 'Only reports published at this moment or earlier',
			},
		],
	},
	{
		displayName: 'Filter Results',
		name: 'localFilters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		description:
			'Keep only some of the reports that the portal sends. The portal itself filters by date only.',
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
export const getAll: Operation = {
	option: {
		name: 'Get Many',
		action: 'Get many reports',
		description: 'List APT and crimeware reports by date, group and tags, newest first',
	},
	fields,
	plan: ({ filters, localFilters, output, ...rest }, { timezone }) => {
		const isSimple = readOneOf(output, 'output', ['raw', 'simplified']) === 'simplified';
		const most = readLimit(rest);
		const filter = readFilter(localFilters);
		return {
			request: publicationListRequest(readDates((filters ?? {}) as IDataObject, timezone)),
			about: {},
			toItems: (answer, _helpers, { origin }) =>
				newestFirst(readPublications(answer).filter((report) => matches(report, filter)))
					.slice(0, most)
					.map((report) => ({
						json: (isSimple
							? summariseReport(report, origin)
							: { ...report, ...isoTimesOf(report) }) as IDataObject,
					})),
		};
	},
};

function readDates(values: IDataObject, timezone: string) {
	const [date_start, date_end] = ['date_start', 'date_end'].map((field) =>
		isUnset(values[field]) ? undefined : readMoment(values[field], field, timezone),
	);
	if (date_start !== undefined && date_end !== undefined && date_start > date_end) {
		const facts = { found: show(values.date_start), end: show(values.date_end) };
		throw badInput<MomentReason>('date_start', 'datesSwapped', facts);
	}
	return { date_start, date_end };
}

function readFilter(collection: unknown): PublicationFilter {
	const { report_group, tags } = (collection ?? {}) as IDataObject;
	const reportGroup = readReportGroup(report_group || 'all');
	return { ...(reportGroup !== 'all' && { reportGroup }), tags: words(tags) };
}
