import type { INodeProperties } from 'n8n-workflow';
import type { TipAnswer } from '../../../../tip/values/answer';
import type { TipError } from '../../../../tip/values/error';
import { readIndicator, type IndicatorKind } from '../../../../tip/lookup/indicator';
import { lookupRequest } from '../../../../tip/lookup/request';
import {
	COMMON_SECTIONS,
	readSections,
	SECTIONS,
	summarySections,
} from '../../../../tip/lookup/sections';
import { isNothingFound, NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import { quotaOf } from '../../../../tip/lookup/quota';
import { isUnset, readNumber } from '../../../../tip/values/number';
import { nodeFault } from '../../../shared/faults';
import { labelOf } from '../../../shared/messages/fields';
import { readCollection } from '../collection';
import type { Operation } from '../operation';
import { planOpenTip } from './openTip';
import { outputFields, readOutput, zoneWordsField } from './output';
import { sharedLookups } from './sharing';

interface Texts {
	option: Operation['option'];
	placeholder: string;
	description: string;
}

const INPUTS: Record<IndicatorKind | 'any', Texts> = {
	hash: {
		option: {
			name: 'Hash',
			action: 'Look up a hash (uses quota)',
			description: 'Uses quota: get verdict and detections of a file by its MD5, SHA-1 or SHA-256',
		},
		placeholder: 'e.g. 44d88612fea8a8f36de82e1278abb02f',
		description: 'MD5, SHA-1 or SHA-256 of the file',
	},
	ip: {
		option: {
			name: 'IP Address',
			action: 'Look up an IP address (uses quota)',
			description: 'Uses quota: get verdict and threat score of an IPv4 or IPv6 address',
		},
		placeholder: 'e.g. 203.0.113.7',
		description:
			'IPv4 or IPv6 address (with OpenTIP IPv4 only). Defanged input such as 203[.]0[.]113[.]7 is accepted.',
	},
	domain: {
		option: {
			name: 'Domain',
			action: 'Look up a domain (uses quota)',
			description: 'Uses quota: get verdict and categories of a domain',
		},
		placeholder: 'e.g. example.com',
		description:
			'Full domain name; international names are converted. Defanged input such as example[.]com is accepted.',
	},
	url: {
		option: {
			name: 'Web Address',
			action: 'Look up a web address (uses quota)',
			description: 'Uses quota: get verdict and categories of a web address',
		},
		placeholder: 'e.g. https://example.com/path',
		description:
			'Web address, at most 2,000 characters. Scheme, credentials, port, www., fragment and trailing slash are left out, as the portal keeps addresses without them. Defanged input such as hxxps://example[.]com is accepted.',
	},
	any: {
		option: {
			name: 'Indicator',
			action: 'Look up an indicator of any kind (uses quota)',
			description: 'Uses quota: get the verdict on a hash, IP, domain or web address of any kind',
		},
		placeholder: 'e.g. hxxps://example[.]com/path',
		description:
			'Hash, IP address, domain or web address, defanged or not; the kind is recognised. With a scheme such as http:// it is a web address.',
	},
};

function optionsOf(sections: readonly string[]) {
	return [...sections].sort().map((name) => ({ name, value: name }));
}

function moreFields(kind: IndicatorKind | undefined): INodeProperties {
	return {
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Max Records per Section',
				name: 'count',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 10,
				description:
					'Max number of records in each section. Without it the portal decides. Not with OpenTIP.',
			},
			{
				displayName: 'Sections',
				name: 'sections',
				type: 'multiOptions',
				options: optionsOf(kind === undefined ? COMMON_SECTIONS : SECTIONS[kind]),
				default: [],
				description:
					'Parts of the answer to ask for. Simplified output asks for those it is made of by itself, and gives further ones under details. For raw output without any, the portal decides. Not with OpenTIP.',
			},
			{
				displayName: 'Stop Below Quota',
				name: 'stopBelowQuota',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 100,
				description:
					"Send no further lookup once an answer says that fewer requests than this are left today. Lookups already under way come to their end. Set the node's On Error to continue to keep the answers so far as items. Not with OpenTIP.",
			},
			zoneWordsField,
		],
	};
}

/**
 * Looks an indicator up (tip-api.md 6).
 *
 * @param kind what the indicator is; left out, its kind is recognised
 */
export function lookup(kind?: IndicatorKind): Operation {
	const { placeholder, description, option } = INPUTS[kind ?? 'any'];
	return {
		option,
		sharing: sharedLookups,
		fields: [
			{
				displayName: labelOf('indicator', kind),
				name: 'indicator',
				type: 'string',
				required: true,
				default: '',
				placeholder,
				description,
			},
			...outputFields,
			moreFields(kind),
		],
		plan: (values, { signIn }) => {
			if (signIn === 'openTip') return planOpenTip(values, kind);
			const indicator = readIndicator(values.indicator, kind);
			const fields = readCollection(values.additionalFields);
			const chosen = readSections(fields.sections);
			const floor = optionalNumber(fields.stopBelowQuota, 'stopBelowQuota');
			const count = optionalNumber(fields.count, 'count');
			const output = readOutput(values, fields, chosen);
			const forQuota = floor !== undefined ? ['LicenseInfo'] : [];
			const needed = output.needsSummary ? summarySections(indicator.kind) : [];
			const asked = output.needsSummary ? [...needed, ...chosen] : chosen;
			const sections = [...new Set(asked.length > 0 ? [...needed, ...forQuota, ...chosen] : [])];
			return {
				request: lookupRequest(indicator, { sections, count, asked: chosen }),
				about: { indicator: indicator.value, kind: indicator.kind },
				answerTo: (refusal) => (isNothingFound(refusal) ? NOTHING_KNOWN : undefined),
				stopAfter: (answer) => (floor === undefined ? undefined : quotaFault(answer, floor)),
				toItems: (answer, _helpers, { origin }) =>
					output.itemsOf(indicator, answer, origin).map((json) => ({ json })),
			};
		},
	};
}

function optionalNumber(value: unknown, field: string): number | undefined {
	return isUnset(value) ? undefined : readNumber(value, field, { min: 1 });
}

function quotaFault(answer: TipAnswer, floor: number): TipError | undefined {
	const { left } = quotaOf(answer);
	if (left === undefined || left >= floor) return undefined;
	return nodeFault('quota.floor', { facts: { left, floor } });
}
