import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { summarise, type ZoneWords } from '../../../../tip/lookup/summary';
import { openTipLink } from '../../../../tip/openTip/links';
import { COMPLETE, dynamicResults, IN_PROGRESS, statusOf } from '../../../../tip/openTip/state';
import type { TipAnswer } from '../../../../tip/values/answer';
import { readOneOf } from '../../../../tip/values/text';

const OUTPUTS = ['simplified', 'raw'] as const;
export type FileOutput = (typeof OUTPUTS)[number];

export const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'Raw', value: 'raw', description: 'The answer of OpenTIP as it is' },
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Verdict, severity, text and link, as Threat Lookup gives them',
		},
	],
	default: 'simplified',
	description: 'How much of the answer to return',
};

/** @throws TipError `input.output` */
export function readOutput(value: unknown): FileOutput {
	return readOneOf(value, 'output', OUTPUTS);
}

/** As long as an analysis goes on, that nothing was found is no verdict (opentip-api.md 4.4). */
const NOT_YET: ZoneWords = { Green: { verdict: 'unknown', severity: 'low' } };

/**
 * What is known of a file, in the form of a lookup's item, and how far its analysis is.
 *
 * @param hash the one that was asked for
 * @param isFinished whether waiting would bring no more; told from the answer when left out
 */
export function fileItem(
	hash: string,
	answer: TipAnswer,
	origin: string,
	isFinished = statusOf(answer) === COMPLETE,
): IDataObject {
	const status = statusOf(answer);
	const isOpen = status === IN_PROGRESS || (!isFinished && status === null);
	const summary = summarise({ kind: 'hash', value: hash }, answer, {
		origin,
		linkOf: openTipLink,
		words: isOpen ? NOT_YET : {},
	});
	return {
		...summary,
		status,
		finished: isFinished,
		dynamic: dynamicResults(answer) ?? null,
	} as IDataObject;
}
