import type { IDataObject } from 'n8n-workflow';
import { extractIndicators, MAX_TEXT_LENGTH } from '../../../../tip/lookup/extract';
import { readIndicator } from '../../../../tip/lookup/indicator';
import { words } from '../../../../tip/reports/list';
import { badInput } from '../../../../tip/values/input';
import { readCollection } from '../collection';
import type { Operation } from '../operation';

/** Finds indicators in a text or an item. Nobody is asked, and nothing is used up. */
export const extract: Operation = {
	option: {
		name: 'Extract Indicators',
		action: 'Extract indicators from a text (free, asks nobody)',
		description: 'Free: find hashes, addresses and domains in a text or an item; asks nobody',
	},
	isLocal: true,
	fields: [
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			typeOptions: { rows: 3 },
			required: true,
			default: '={{ $json }}',
			description:
				'A text, or a whole item such as an alert or a mail. Indicators may be defanged. At most 200,000 characters.',
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				{
					displayName: 'Leave Out Private Addresses',
					name: 'withoutPrivate',
					type: 'boolean',
					default: true,
					description:
						'Whether to leave out private, reserved and documentation addresses and names such as .local',
				},
				{
					displayName: 'Own Domains',
					name: 'ownDomains',
					type: 'string',
					default: '',
					placeholder: 'e.g. example.com, example.org',
					description: 'Comma-separated domains to leave out, with all that is below them',
				},
			],
		},
	],
	plan: ({ text, additionalFields }) => {
		if (text === undefined || text === null || text === '') throw badInput('text', 'empty');
		const { withoutPrivate, ownDomains } = readCollection(additionalFields);
		const found = extractIndicators(text, {
			withoutPrivate: withoutPrivate === true || withoutPrivate === 'true',
			ownDomains: words(ownDomains).map((domain) => readIndicator(domain, 'domain').value),
		});
		if (found === undefined) {
			throw badInput<'tooMuchText'>('text', 'tooMuchText', { max: MAX_TEXT_LENGTH });
		}
		return {
			about: {},
			items: found.map(({ kind, value, ...rest }) => ({
				json: { indicator: value, kind, ...rest } as IDataObject,
			})),
		};
	},
};
