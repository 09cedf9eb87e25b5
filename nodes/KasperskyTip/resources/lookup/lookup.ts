import type { INodeProperties } from 'n8n-workflow';
import type { TipAnswer } from '../../../../tip/values/answer';
import { inputError, TipError } from '../../../../tip/values/error';
import {
	indicatorLabel,
	readIndicator,
	type IndicatorKind,
} from '../../../../tip/lookup/indicator';
import { lookupRequest, readWholeNumber } from '../../../../tip/lookup/request';
import {
	COMMON_SECTIONS,
	readSections,
	SECTIONS,
	summarySections,
} from '../../../../tip/lookup/sections';
import { NOTHING_KNOWN, quotaOf, summarise } from '../../../../tip/lookup/summary';
import { asItem, type Action, type FieldValues } from '../operation';
import { readCollection } from '../fields';

const INPUTS: Record<IndicatorKind | 'any', { placeholder: string; description: string }> = {
	hash: {
		placeholder: 'e.g. 44d88612fea8a8f36de82e1278abb02f',
		description: 'MD5, SHA-1 or SHA-256 of the file',
	},
	ip: {
		placeholder: 'e.g. 203.0.113.7',
		description: 'IPv4 or IPv6 address. Defanged input such as 203[.]0[.]113[.]7 is accepted.',
	},
	domain: {
		placeholder: 'e.g. example.com',
		description:
			'Full domain name; international names are converted. Defanged input such as example[.]com is accepted.',
	},
	url: {
		placeholder: 'e.g. https://example.com/path',
		description:
			'Web address, at most 2,000 characters. Scheme, credentials, port, www., fragment and trailing slash are left out, as the portal keeps addresses without them. Defanged input such as hxxps://example[.]com is accepted.',
	},
	any: {
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
	description: 'What to give out for each indicator',
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
export function lookup(kind?: IndicatorKind): Action {
	const { placeholder, description } = INPUTS[kind ?? 'any'];
	return {
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
		toRequest: (values) => {
			const { indicator, asked, count } = readValues(values, kind);
			return lookupRequest(indicator, { sections: asked, count });
		},
		answerTo: (refusal) => (refusal.status === 404 ? NOTHING_KNOWN : undefined),
		stopAfter: (answer, values) => {
			const { floor } = readValues(values, kind);
			return floor === undefined ? undefined : quotaFault(answer, floor);
		},
		toItems: (answer, { values }) => {
			const { indicator, isRaw, further } = readValues(values, kind);
			const isAnswer = answer !== NOTHING_KNOWN;
			return [asItem(isRaw && isAnswer ? answer : summarise(indicator, answer, further))];
		},
	};
}

function readValues(values: FieldValues, kind: IndicatorKind | undefined) {
	const indicator = readIndicator(values.indicator, kind);
	const isRaw = readOutput(values.output) === 'raw';
	const fields = readCollection(values.additionalFields);
	const chosen = readSections(fields.sections);
	const floor = readWholeNumber(fields.stopBelowQuota, 'stopBelowQuota', 'Stop Below Quota', 1);
	const own = summarySections(indicator.kind);
	const needed = isRaw ? (chosen.length > 0 && floor !== undefined ? ['LicenseInfo'] : []) : own;
	return {
		indicator,
		isRaw,
		floor,
		count: readWholeNumber(fields.count, 'count', 'Max Records per Section', 1),
		asked: [...new Set([...needed, ...chosen])],
		further: chosen.filter((name) => !own.includes(name)),
	};
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
