import type { IDataObject } from 'n8n-workflow';
import { isNothingFound, NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import { readIndicator } from '../../../../tip/lookup/indicator';
import {
	ALL_RELATED_SECTIONS,
	readRelatedSection,
	relatedIn,
} from '../../../../tip/lookup/related';
import { lookupRequest } from '../../../../tip/lookup/request';
import type { OpenTipReason } from '../../../../tip/openTip/reasons';
import { badInput } from '../../../../tip/values/input';
import { isUnset, readNumber } from '../../../../tip/values/number';
import { limitField } from '../limit';
import type { Operation } from '../operation';
import { sharedLookups } from './sharing';

/** The things a section of an indicator lists, one item each (tip-api.md 6.1). */
export const getRelated: Operation = {
	option: {
		name: 'Get Related Objects',
		action: 'Get objects related to an indicator (uses quota)',
		description: 'Uses quota: list the files, addresses or names that belong to an indicator',
	},
	sharing: sharedLookups,
	fields: [
		{
			displayName: 'Indicator',
			name: 'indicator',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. hxxps://example[.]com/path',
			description: 'Hash, IP address, domain or web address; the kind is recognised',
		},
		{
			displayName: 'Section',
			name: 'section',
			type: 'options',
			options: ALL_RELATED_SECTIONS.map((name) => ({ name, value: name })),
			default: 'FilesDownloaded',
			description:
				"The list to get, by its name in the portal's API. Each kind has lists of its own.",
		},
		limitField,
	],
	plan: (values, { signIn }) => {
		if (signIn === 'openTip') throw badInput<OpenTipReason>('section', 'notInOpenTip');
		const { kind, value } = readIndicator(values.indicator);
		const section = readRelatedSection(values.section, kind);
		const count = isUnset(values.limit) ? undefined : readNumber(values.limit, 'limit', { min: 1 });
		const about = { indicator: value, kind };
		return {
			request: lookupRequest(
				{ kind, value },
				{ sections: ['Zone', section], asked: [section], count },
			),
			about,
			answerTo: (refusal) => (isNothingFound(refusal) ? NOTHING_KNOWN : undefined),
			toItems: (answer) =>
				relatedIn(answer, section)
					.slice(0, count)
					.map((related) => ({ json: { ...about, section, ...related } as IDataObject })),
		};
	},
};
