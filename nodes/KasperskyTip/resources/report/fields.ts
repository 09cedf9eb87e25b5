import type { INodeProperties } from 'n8n-workflow';
import { readNumber } from '../../../../tip/values/number';
import type { FieldValues } from '../operation';

/** Names of the portal's groups of reports, by their value in the API. */
const groups = [
	{ name: 'APT', value: 'apt', description: 'Reports on targeted attacks and their actors' },
	{ name: 'Crimeware', value: 'fin', description: 'Reports on attacks for money' },
];

/** A choice of group that may be left open. */
export const reportGroupField: INodeProperties = {
	displayName: 'Report Group',
	name: 'report_group',
	type: 'options',
	options: [{ name: 'All', value: 'all', description: 'Both groups' }, ...groups],
	default: 'all',
	description: 'Only reports of this group',
};

/**
 * Return All and Limit, as n8n has them. They are this package's own: no source says that the portal's
 * lists have pages.
 *
 * @param show when else they are shown
 */
export function limitFields(show: Record<string, string[]> = {}): INodeProperties[] {
	return [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
			...(Object.keys(show).length > 0 && { displayOptions: { show } }),
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { ...show, returnAll: [false] } },
		},
	];
}

/**
 * How many results are wanted; undefined for all.
 *
 * @throws TipError `input`
 */
export function readLimit({ returnAll, limit }: FieldValues): number | undefined {
	const isAll = returnAll === true || returnAll === 'true';
	return isAll ? undefined : readNumber(limit, 'limit', { min: 1 });
}
