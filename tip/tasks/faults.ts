import { faultsOf } from '../values/error';

export const TASK_CODES = {
	'portal.choicesForm': { kind: 'portal', outcomes: ['accepted'], repeated: 'no' },
} as const;

export const taskFault = faultsOf(TASK_CODES);
