import type { IDataObject } from 'n8n-workflow';
import { analyse } from '../../../../tip/openTip/analyse';
import { UPLOAD } from '../../../../tip/openTip/file';
import type { OpenTipReason } from '../../../../tip/openTip/reasons';
import { statusOf } from '../../../../tip/openTip/state';
import { badInput } from '../../../../tip/values/input';
import { readNumber } from '../../../../tip/values/number';
import { readName } from '../../../../tip/values/text';
import { labelOf } from '../../../shared/messages/fields';
import type { Operation } from '../operation';
import { quotaUsedUp } from '../quotaUsedUp';
import { readFile } from './binary';
import { fileItem, outputField, readOutput } from './result';

const LONGEST_WAIT_S = 3600;
const LONGEST_FIELD_NAME = 200;

/**
 * Tells what OpenTIP says of a file: what it knows by the hash is the answer; else the file is handed
 * in and its result waited for (opentip-api.md 4).
 */
export const analyze: Operation = {
	option: {
		name: 'Analyze',
		action: 'Analyze a file (discloses it)',
		description:
			'Discloses the file: look it up by its hash, else hand it in and await the verdict',
	},
	fields: [
		{
			displayName:
				'Only the hash is sent when OpenTIP knows it. Otherwise the file itself is handed in: treat it as disclosed from then on. Anyone who has its hash can see the results, and whether files that come through the API are listed publicly is not documented.',
			name: 'privacyNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: labelOf('inputDataFieldName'),
			name: 'inputDataFieldName',
			type: 'string',
			required: true,
			default: 'data',
			description: 'Name of the binary field with the file, up to 256 MB',
			hint: 'The name of the input binary field containing the file',
		},
		{
			displayName: labelOf('wait'),
			name: 'wait',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: LONGEST_WAIT_S, numberPrecision: 0 },
			default: 300,
			description:
				'How long to wait for the result, in seconds. 0 gives the state at once. When the time is over, the item says how far the analysis is, and Get Result asks again.',
		},
		outputField,
		{
			displayName: labelOf('allowAgents'),
			name: 'allowAgents',
			type: 'boolean',
			noDataExpression: true,
			default: false,
			description:
				'Whether an AI agent that has this node as its tool may hand files in. Off, it is refused.',
		},
	],
	plan: (values, { isAgents }) => {
		if (isAgents && values.allowAgents !== true) {
			throw badInput<OpenTipReason>('allowAgents', 'notForAgents');
		}
		const fieldName = readName(values.inputDataFieldName, 'inputDataFieldName', LONGEST_FIELD_NAME);
		const waitS = readNumber(values.wait, 'wait', { min: 0, max: LONGEST_WAIT_S, unit: 'seconds' });
		const output = readOutput(values.output);
		const about: IDataObject = {};
		return {
			request: UPLOAD,
			about,
			stopAfterRefusal: quotaUsedUp,
			steps: async (tools) => {
				const file = await readFile(fieldName, tools);
				const { sha256 } = file;
				about.sha256 = sha256;
				const { answer, isUploaded, isFinished } = await analyse(file, waitS * 1000, {
					...tools,
					handIn: (request) => tools.sendOnce(sha256, request),
					onWait: (status, waitedMs) =>
						tools.log(
							`waiting for the result of file ${sha256}, ${Math.round(waitedMs / 1000)} s so far (${status ?? 'no state yet'})`,
						),
				});
				const json =
					output === 'raw'
						? (answer as IDataObject)
						: {
								...fileItem(sha256, answer, tools.portal.origin, isFinished),
								sha256,
								uploaded: isUploaded,
							};
				return {
					items: [{ json }],
					...(isUploaded && { handle: { sha256, status: statusOf(answer) } }),
				};
			},
		};
	},
};
