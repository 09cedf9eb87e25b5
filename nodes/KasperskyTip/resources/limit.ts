import type { INodeProperties } from 'n8n-workflow';
import { readNumber } from '../../../tip/values/number';
import type { FieldValues } from './operation';

/** How many results there are at most, as n8n has it. */
export const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
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
		{ ...limitField, displayOptions: { show: { ...show, returnAll: [false] } } },
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
