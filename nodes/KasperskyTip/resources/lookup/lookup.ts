import type { INodeProperties } from 'n8n-workflow';
import type { TipAnswer } from '../../../../tip/values/answer';
import { inputError, TipError } from '../../../../tip/values/error';
import {
	indicatorLabel,
	readIndicator,
	type IndicatorKind,
} from '../../../../tip/lookup/indicator';
import { lookupRequest } from '../../../../tip/lookup/request';
import {
	COMMON_SECTIONS,
	readSections,
	SECTIONS,
	summarySections,
} from '../../../../tip/lookup/sections';
import { NOTHING_KNOWN, quotaOf, summarise } from '../../../../tip/lookup/summary';
import { isUnset, readNumber } from '../../../../tip/values/number';
import { readCollection } from '../collection';
import { asItem, type Operation } from '../operation';

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
		description: 'IPv4 or IPv6 address. Defanged input such as 203[.]0[.]113[.]7 is accepted.',
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

const outputField: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'Raw', value: 'raw', description: "The portal's answer as it is" },
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Verdict, score, categories, detections and quota, the same for every kind',
		},
	],
	default: 'simplified',
	description: 'How much of the answer to return',
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
				description: 'Max number of records in each section. Without it the portal decides.',
			},
			{
				displayName: 'Sections',
				name: 'sections',
				type: 'multiOptions',
				options: optionsOf(kind === undefined ? COMMON_SECTIONS : SECTIONS[kind]),
				default: [],
				description:
					'Parts of the answer to ask for. Simplified output asks for those it is made of by itself, and gives further ones under sections. For raw output without any, the portal decides.',
			},
			{
				displayName: 'Stop Below Quota',
				name: 'stopBelowQuota',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 100,
				description:
					"Send no further lookup once an answer says that fewer requests than this are left today. Lookups already under way come to their end. Set the node's On Error to continue to keep the answers so far as items.",
			},
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
		fields: [
			{
				displayName: indicatorLabel(kind),
				name: 'indicator',
				type: 'string',
				required: true,
				default: '',
				placeholder,
				description,
			},
			outputField,
			moreFields(kind),
		],
		plan: (values) => {
			const indicator = readIndicator(values.indicator, kind);
			const isRaw = readOutput(values.output) === 'raw';
			const fields = readCollection(values.additionalFields);
			const chosen = readSections(fields.sections);
			const floor = optionalNumber(fields.stopBelowQuota, 'stopBelowQuota');
			const own = summarySections(indicator.kind);
			const forQuota = chosen.length > 0 && floor !== undefined ? ['LicenseInfo'] : [];
			const sections = [...new Set([...(isRaw ? forQuota : own), ...chosen])];
			const further = chosen.filter((name) => !own.includes(name));
			const count = optionalNumber(fields.count, 'count');
			return {
				request: lookupRequest(indicator, { sections, count }),
				about: { indicator: indicator.value, kind: indicator.kind },
				answerTo: ({ status, facts }) =>
					status === 404 && facts.isPortalsOwn === true ? NOTHING_KNOWN : undefined,
				stopAfter: (answer) => (floor === undefined ? undefined : quotaFault(answer, floor)),
				toItems: (answer) => {
					const isAnswer = answer !== NOTHING_KNOWN;
					return [asItem(isRaw && isAnswer ? answer : summarise(indicator, answer, further))];
				},
			};
		},
	};
}

function optionalNumber(value: unknown, field: string): number | undefined {
	return isUnset(value) ? undefined : readNumber(value, field, { min: 1 });
}

function readOutput(value: unknown): 'raw' | 'simplified' {
	if (value === 'raw' || value === 'simplified') return value;
	throw inputError(
		'output',
		"'Output' is neither 'simplified' nor 'raw'",
		'Choose it from the list, or have the expression give one of these two words.',
	);
}

function quotaFault(answer: TipAnswer, floor: number): TipError | undefined {
	const { left } = quotaOf(answer);
	if (left === undefined || left >= floor) return undefined;
	return new TipError({
		code: 'quota.floor',
		kind: 'input',
		outcome: 'notSent',
		message: `Not looked up: ${left} requests are left today, fewer than the ${floor} of 'Stop Below Quota'`,
		advice:
			"Run it again when the day's quota is renewed, or lower 'Stop Below Quota'. Set the node's On Error to continue to keep the answers so far as items.",
	});
}
