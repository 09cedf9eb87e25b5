import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { MAX_CONNECTIONS } from '../../../tip/connection/pool';
import { GIVE_UP_REFUSED_MS } from '../../../tip/portal/pace/events';
import { LARGEST_WINDOW } from '../../../tip/portal/pace/window';
import type { RetryPolicy } from '../../../tip/portal/retry';
import { sharingOperations } from '../resources';
import { isUnset, readNumber, type NumberLimits } from '../../../tip/values/number';

const LONGEST_TIMEOUT_S = 3600;
const LONGEST_WAIT_S = 24 * 3600;
const LONGEST_CACHE_MIN = 24 * 60;

/** Shows an option for these operations only, and for the values of other options. */
const only = (operation: string[], others: Record<string, unknown[]> = {}) =>
	({ show: { '/operation': operation, ...others } }) as INodeProperties['displayOptions'];

/** How a batch is run, whatever the operation. Read once, from the first item. */
export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Cache (Minutes)',
			name: 'cache',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: LONGEST_CACHE_MIN, numberPrecision: 0 },
			default: 0,
			description:
				'How old an answer may be that this n8n process has kept from an earlier execution with the same credential, and how long new ones are kept. 0 means that the portal is asked every time.',
			displayOptions: only(sharingOperations),
		},
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: MAX_CONNECTIONS, numberPrecision: 0 },
			default: 0,
			description:
				'Most requests under way at once, up to 50. 0 means automatic: it starts with 5 and finds out how many the portal takes, up to 32.',
		},
		{
			displayName: 'Give Up When Refused For (Seconds)',
			name: 'giveUpRefused',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_WAIT_S, numberPrecision: 0 },
			default: 600,
			description:
				'How long to go on while the portal refuses every request with 429 or 503. Until then such a request is repeated as often as needed, when the portal says so.',
		},
		{
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 10, numberPrecision: 0 },
			default: 3,
			description:
				'How often a request is repeated when the first one provably did nothing, such as when no connection came up. If added, it also holds for requests that are refused with 429 or 503. A request that may have started a rescan is never repeated.',
		},
		{
			displayName: 'Requests per Minute',
			name: 'requestsPerMinute',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 0,
			description:
				'Most requests started in a minute with the credential, repeats and other executions of this n8n process included. 0 means no limit.',
		},
		{
			displayName: 'Retry Until Ready',
			name: 'retryNotReady',
			type: 'boolean',
			default: true,
			description:
				'Whether to try again when the portal answers 404, which means that the task failed or hung and should be run again later. Off unless added.',
			displayOptions: only(['rescan']),
		},
		{
			displayName: 'Retry Until Ready: Interval (Seconds)',
			name: 'retryNotReadyInterval',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 30,
			description: 'How long to wait before a task that was not ready is tried again',
			displayOptions: only(['rescan'], { retryNotReady: [true] }),
		},
		{
			displayName: 'Retry Until Ready: Total Time (Seconds)',
			name: 'retryNotReadyTotal',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_WAIT_S, numberPrecision: 0 },
			default: 600,
			description: 'How long to keep trying a task that is not ready',
			displayOptions: only(['rescan'], { retryNotReady: [true] }),
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_TIMEOUT_S },
			default: 60,
			description:
				'How long one request may take, from the moment it is sent to the end of the answer',
		},
	],
};

export interface RunOptions extends RetryPolicy {
	/** Items worked on at once; how many of their requests are under way is up to the pace. */
	workers: number;
	timeoutMs: number;
	/** How old a kept answer may be, and how long one is kept; 0 for none. */
	cacheMs: number;
}

/** An expression may give less than the field takes: for tests, and for who knows what they do. */
const SOME_TIME = { min: 0.001, unit: 'seconds', fraction: true } as const;

/**
 * Reads the node's options, with the defaults for what was not added.
 *
 * @throws TipError `input.<name of the option>`
 */
export function readOptions(values: IDataObject): RunOptions {
	const number = (name: string, fallback: number, limits: NumberLimits) =>
		isUnset(values[name]) ? fallback : readNumber(values[name], name, limits);
	const concurrency = number('concurrency', 0, { min: 0, max: MAX_CONNECTIONS });
	const retryNotReady = values.retryNotReady === true || values.retryNotReady === 'true';
	const longTime = { ...SOME_TIME, max: LONGEST_WAIT_S };
	return {
		cacheMs: number('cache', 0, { min: 0, max: LONGEST_CACHE_MIN, unit: 'minutes' }) * 60_000,
		workers: concurrency === 0 ? LARGEST_WINDOW : concurrency,
		timeoutMs: number('timeout', 60, { ...SOME_TIME, max: LONGEST_TIMEOUT_S }) * 1000,
		maxRetries: number('maxRetries', 3, { min: 0, max: 10 }),
		refusalsAreFree: isUnset(values.maxRetries),
		pace: {
			...(concurrency > 0 && { atMost: concurrency }),
			perMinute: number('requestsPerMinute', 0, { min: 0, max: 100_000 }),
			giveUpRefusedMs: number('giveUpRefused', GIVE_UP_REFUSED_MS / 1000, longTime) * 1000,
		},
		...(retryNotReady && {
			notReady: {
				intervalMs: number('retryNotReadyInterval', 30, longTime) * 1000,
				totalMs: number('retryNotReadyTotal', 600, longTime) * 1000,
			},
		}),
	};
}
