import type { Resource } from '../operation';
import { analyze } from './analyze';
import { getResult } from './getResult';

/** File analysis in OpenTIP, the portal's free side (opentip-api.md 4). */
export const file: Resource = {
	option: {
		name: 'File (OpenTIP)',
		description: 'Hands a file in to the free OpenTIP and tells its verdict',
	},
	operations: { analyze, getResult },
	defaultOperation: 'getResult',
	signIns: ['openTip'],
};
