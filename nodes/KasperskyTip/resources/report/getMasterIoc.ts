import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import {
	MASTER_IOC,
	MASTER_IOC_TYPES,
	readMasterIoc,
	type MasterIocFilter,
} from '../../../../tip/reports/masterIoc';
import { readMoment } from '../../../../tip/reports/moment';
import { words } from '../../../../tip/reports/list';
import { masterFileRequest, readReportGroup } from '../../../../tip/reports/requests';
import type { TipAnswer } from '../../../../tip/values/answer';
import { isUnset } from '../../../../tip/values/number';
import { readName, readOneOf } from '../../../../tip/values/text';
import type { Operation, OutputItem } from '../operation';
import { limitFields, readLimit } from '../limit';
import { described } from './described';
import { reportGroupField } from './fields';
import { fileField, takeMasterFile } from './masterFile';

/** Items made between two turns of the event loop. */
const ITEMS_PER_TURN = 200;

const asItems = { show: { output: ['items'] } };

const filterField: INodeProperties = {
	displayName: 'Filter Results',
	name: 'localFilters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	displayOptions: asItems,
	description:
		'Keep only some of the indicators that the portal sends. The portal itself filters by group only.',
	options: [
		{
			displayName: 'Detected Since',
			name: 'since',
			type: 'dateTime',
			default: '',
			description:
				'Only indicators detected on this day or later. A time of day is not looked at: the file has none.',
		},
		{
			displayName: 'Types',
			name: 'types',
			type: 'multiOptions',
			options: [
				{ name: 'MD5', value: 'md5Hash' },
				{ name: 'Network Activity', value: 'networkActivity' },
				{ name: 'SHA-1', value: 'sha1Hash' },
				{ name: 'SHA-256', value: 'sha256Hash' },
			],
			default: [],
			description: 'Only indicators of these types; none chosen means all',
		},
	],
};

/** All indicators of a group of reports: in one file, or one item each (tip-api.md 7 and 7.1). */
export const getMasterIoc: Operation = {
	option: {
		name: 'Get Master IOC',
		action: 'Get the master IOC file',
		description: 'Get the indicators of all reports of a group, in one file or one item each',
	},
	fields: [
		{ ...reportGroupField, description: 'Reports whose content is in the file' },
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			options: [
				{ name: 'File', value: 'file', description: 'One item with the file as the portal has it' },
				{ name: 'Items', value: 'items', description: 'One item for each indicator' },
			],
			default: 'file',
			description: 'What to return of the file',
		},
		{ ...fileField, displayOptions: { show: { output: ['file'] } } },
		...limitFields(asItems.show),
		filterField,
	],
	plan: (values, { timezone }) => {
		const group = readReportGroup(values.report_group);
		const planned = {
			request: masterFileRequest('ioc', group),
			about: { report_group: group },
		};
		if (readOutput(values.output) === 'file') {
			const field = readName(values.binaryPropertyName, 'binaryPropertyName', 256);
			return {
				...planned,
				toItems: (answer, helpers) => takeMasterFile('ioc', group, answer, field, helpers),
			};
		}
		const most = readLimit(values);
		const filter = readFilter(values.localFilters, timezone);
		return { ...planned, toItems: (answer) => takeItems(answer, filter, most) };
	},
};

async function takeItems(
	answer: TipAnswer,
	filter: MasterIocFilter,
	most: number | undefined,
): Promise<OutputItem[]> {
	const found = await readMasterIoc(answer[MASTER_IOC], filter, most);
	const items: OutputItem[] = [];
	for (const { indicator, type, ...rest } of found) {
		items.push({ json: { ...described(type, indicator), ...rest } });
		if (items.length % ITEMS_PER_TURN === 0) await nextTurn();
	}
	return items;
}

/** Workflows from before there was a choice have none. */
function readOutput(value: unknown): 'file' | 'items' {
	return isUnset(value) ? 'file' : readOneOf(value, 'output', ['file', 'items']);
}

function readFilter(collection: unknown, timezone: string): MasterIocFilter {
	const { types, since } = (collection ?? {}) as IDataObject;
	return {
		types: words(types).map((type) => readOneOf(type, 'types', MASTER_IOC_TYPES)),
		...(!isUnset(since) && { since: dayOf(readMoment(since, 'since', timezone), timezone) }),
	};
}

/** `YYYY-MM-DD`, as the calendar in that zone has it. */
function dayOf(seconds: number, timeZone: string): string {
	const parts = new Intl.DateTimeFormat('en', {
		timeZone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	}).formatToParts(new Date(seconds * 1000));
	const part = (name: string) => parts.find(({ type }) => type === name)!.value;
	return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
