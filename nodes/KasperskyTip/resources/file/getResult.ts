import { isNothingFound, NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import { readIndicator } from '../../../../tip/lookup/indicator';
import { resultRequest } from '../../../../tip/openTip/file';
import { labelOf } from '../../../shared/messages/fields';
import type { Operation } from '../operation';
import { quotaUsedUp } from '../quotaUsedUp';
import { fileItem, outputField, readOutput } from './result';

/** Asks what came of a file that was handed in (opentip-api.md 4.2). */
export const getResult: Operation = {
	option: {
		name: 'Get Result',
		action: 'Get the result for a file (uses quota)',
		description: 'Uses quota: get verdict and state of a file that was handed in, by its hash',
	},
	fields: [
		{
			displayName: labelOf('indicator', 'hash'),
			name: 'indicator',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 44d88612fea8a8f36de82e1278abb02f',
			description: 'MD5, SHA-1 or SHA-256 of the file',
		},
		outputField,
	],
	plan: (values) => {
		const { kind, value } = readIndicator(values.indicator, 'hash');
		const output = readOutput(values.output);
		return {
			request: resultRequest(value),
			about: { indicator: value, kind },
			answerTo: (refusal) => (isNothingFound(refusal) ? NOTHING_KNOWN : undefined),
			stopAfterRefusal: quotaUsedUp,
			toItems: (answer, _helpers, { origin }) => [
				// Of what OpenTIP does not know there is nothing raw to hand on.
				output === 'raw' && answer !== NOTHING_KNOWN
					? { json: answer as ReturnType<typeof fileItem> }
					: { json: fileItem(value, answer, origin) },
			],
		};
	},
};
