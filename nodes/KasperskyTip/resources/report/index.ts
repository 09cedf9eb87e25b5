import type { Resource } from '../operation';
import { get } from './get';
import { getAll } from './getAll';
import { getIndicators } from './getIndicators';
import { getMasterIoc } from './getMasterIoc';
import { getMasterYara } from './getMasterYara';

/** APT and crimeware reports. */
export const report: Resource = {
	option: {
		name: 'Report',
		description: 'APT and crimeware reports with their indicators and YARA rules',
	},
	operations: { get, getAll, getIndicators, getMasterIoc, getMasterYara },
	defaultOperation: 'getAll',
	signIns: ['certificate'],
};
