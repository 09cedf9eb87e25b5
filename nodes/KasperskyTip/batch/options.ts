import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { MAX_CONNECTIONS } from '../../../tip/connection/pool';
import { inputError } from '../../../tip/values/error';
import type { RetryPolicy } from '../../../tip/portal/retry';

const LONGEST_TIMEOUT_S = 3600;
const LONGEST_NOT_READY_S = 24 * 3600;

/** How a batch is run, whatever the operation. Read once, from the first item. */
export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: MAX_CONNECTIONS, numberPrecision: 0 },
			default: 5,
			description: 'How many requests are under way at once, from 1 to 50',
		},
		{
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 10, numberPrecision: 0 },
			default: 3,
			description:
				'How often a request is repeated when the first one provably did nothing: no connection, or refused with 429 or 503. A request that may have started a rescan is never repeated.',
		},
		{
			displayName: 'Requests per Minute',
			name: 'requestsPerMinute',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 0,
			description: 'Most requests started in a minute, repeats included. 0 means no limit.',
		},
		{
			displayName: 'Retry Interval (Seconds)',
			name: 'retryNotReadyInterval',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 30,
			description: 'How long to wait before a task that was not ready is tried again',
			displayOptions: { show: { retryNotReady: [true] } },
		},
		{
			displayName: 'Retry Until Ready',
			name: 'retryNotReady',
			type: 'boolean',
			default: true,
			description:
				'Whether to try again when the portal answers 404, which means that the task failed or hung and should be run again later. Off unless added.',
		},
		{
			displayName: 'Retry Until Ready: Total Time (Seconds)',
			name: 'retryNotReadyTotal',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_NOT_READY_S, numberPrecision: 0 },
			default: 600,
			description: 'How long to keep trying a task that is not ready',
			displayOptions: { show: { retryNotReady: [true] } },
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_TIMEOUT_S },
			default: 60,
			description: 'How long one request may take, from the connection to the end of the answer',
		},
	],
};

export interface RunOptions extends RetryPolicy {
	concurrency: number;
	/** 0 for no limit. */
	requestsPerMinute: number;
	timeoutMs: number;
}

/**
 * Reads the node's options, with the defaults for what was not added.
 *
 * @throws TipError `input`, naming the option by its label
 */
export function readOptions(values: IDataObject): RunOptions {
	const number = (name: string, fallback: number, min: number, max: number, whole = true) =>
		readNumber(values[name], labelOf(name), { fallback, min, max, whole });
	const retryNotReady = values.retryNotReady === true || values.retryNotReady === 'true';
	return {
		concurrency: number('concurrency', 5, 1, MAX_CONNECTIONS),
		requestsPerMinute: number('requestsPerMinute', 0, 0, 100_000),
		timeoutMs: number('timeout', 60, 0.001, LONGEST_TIMEOUT_S, false) * 1000,
		maxRetries: number('maxRetries', 3, 0, 10),
		...(retryNotReady && {
			notReady: {
				intervalMs: number('retryNotReadyInterval', 30, 0.001, LONGEST_NOT_READY_S, false) * 1000,
				totalMs: number('retryNotReadyTotal', 600, 0.001, LONGEST_NOT_READY_S, false) * 1000,
			},
		}),
	};
}

interface NumberLimits {
	fallback: number;
	min: number;
	max: number;
	whole: boolean;
}

function readNumber(value: unknown, label: string, limits: NumberLimits): number {
	if (value === undefined || value === null || value === '') return limits.fallback;
	const number = typeof value === 'string' ? Number(value) : value;
	const fits =
		typeof number === 'number' &&
		number >= limits.min &&
		number <= limits.max &&
		(!limits.whole || Number.isInteger(number));
	if (fits) return number;
	const kind = limits.whole ? 'a whole number' : 'a number';
	throw inputError(
		'option',
		`'${label}' in 'Options' is not ${kind} from ${limits.min} to ${limits.max}`,
		`Give ${kind} from ${limits.min} to ${limits.max}, or remove the option for the default of ${limits.fallback}.`,
	);
}

function labelOf(name: string): string {
	const options = optionsField.options as INodeProperties[];
	return options.find((option) => option.name === name)?.displayName ?? name;
}
