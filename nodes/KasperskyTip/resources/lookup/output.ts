import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Finding } from '../../../../tip/handOff/finding';
import { toMisp } from '../../../../tip/handOff/misp';
import { toStix } from '../../../../tip/handOff/stix';
import { toTheHive } from '../../../../tip/handOff/theHive';
import { NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import type { Indicator } from '../../../../tip/lookup/indicator';
import {
	summarise,
	verdictOf,
	type Summary,
	type SummaryOptions,
	type ZoneWords,
} from '../../../../tip/lookup/summary';
import { SEVERITIES, zoneOf, ZONES, type Severity } from '../../../../tip/lookup/zones';
import type { TipAnswer } from '../../../../tip/values/answer';
import { badInput } from '../../../../tip/values/input';
import { isUnset } from '../../../../tip/values/number';
import { readName, readOneOf, show } from '../../../../tip/values/text';

const OUTPUTS = ['simplified', 'selected', 'raw', 'stix', 'misp', 'theHive'] as const;
type Output = (typeof OUTPUTS)[number];

/** What 'Selected Fields' can be chosen from: the fields of Simplified, those under details too. */
const FIELDS = [
	'apt',
	'aptReports',
	'categories',
	'country',
	'detections',
	'fileSize',
	'fileType',
	'firstSeen',
	'hashType',
	'hits',
	'known',
	'lastSeen',
	'link',
	'md5',
	'quotaLeft',
	'quotaUsed',
	'score',
	'severity',
	'sha1',
	'sha256',
	'status',
	'text',
	'threatScore',
	'verdict',
	'zone',
] as const;

export const outputFields: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{
				name: 'MISP Attributes',
				value: 'misp',
				description: 'One item for each attribute, ready for a MISP event',
			},
			{ name: 'Raw', value: 'raw', description: "The portal's answer as it is" },
			{
				name: 'Selected Fields',
				value: 'selected',
				description: 'The indicator and the fields you choose, all at the top',
			},
			{
				name: 'Simplified',
				value: 'simplified',
				description: 'Verdict, severity, text and link, the same for every kind',
			},
			{
				name: 'STIX 2.1 Bundle',
				value: 'stix',
				description: 'Indicator and observable, with the same IDs every time',
			},
			{
				name: 'TheHive Observable',
				value: 'theHive',
				description: 'As TheHive 5 takes it, with verdict and categories as tags',
			},
		],
		default: 'simplified',
		description: 'How much of the answer to return, or in which format to hand it on',
	},
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'multiOptions',
		options: FIELDS.map((name) => ({ name, value: name })),
		default: ['verdict', 'severity', 'link'],
		description: 'Fields to return, besides the indicator and its kind',
		displayOptions: { show: { output: ['selected'] } },
	},
];

/** The user's own words for the zones. */
export const zoneWordsField: INodeProperties = {
	displayName: 'Verdict Words',
	name: 'zoneWords',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Zone',
	default: {},
	description: 'Your own verdict and severity for a zone. Zones that you leave out keep theirs.',
	options: [
		{
			displayName: 'Zone',
			name: 'zone',
			values: [
				{
					displayName: 'Severity',
					name: 'severity',
					type: 'options',
					options: SEVERITIES.map((value) => ({
						name: `${value[0]!.toUpperCase()}${value.slice(1)}`,
						value,
					})),
					default: 'high',
				},
				{
					displayName: 'Verdict',
					name: 'verdict',
					type: 'string',
					default: '',
					placeholder: 'e.g. block',
				},
				{
					displayName: 'Zone',
					name: 'name',
					type: 'options',
					options: ZONES.map(({ zone }) => ({ name: zone, value: zone })),
					default: 'Red',
				},
			],
		},
	],
};

export interface LookupOutput {
	/** Whether it is made of the summary, and so of the sections a summary needs. */
	needsSummary: boolean;
	itemsOf(indicator: Indicator, answer: TipAnswer, origin: string): IDataObject[];
}

/**
 * What the answer becomes, from the values of the item.
 *
 * @param further sections the user asked for
 * @param linkOf see {@link SummaryOptions}
 * @throws TipError `input`
 */
export function readOutput(
	values: Record<string, unknown>,
	fields: Record<string, unknown>,
	further: readonly string[],
	linkOf?: SummaryOptions['linkOf'],
): LookupOutput {
	const output = readOneOf(values.output, 'output', OUTPUTS);
	const words = readZoneWords(fields.zoneWords);
	const chosen = output === 'selected' ? readFields(values.fields) : [];
	return {
		needsSummary: output !== 'raw',
		itemsOf: (indicator, answer, origin) => {
			// Of what the portal does not know there is nothing raw to hand on.
			if (output === 'raw' && answer !== NOTHING_KNOWN) return [answer as IDataObject];
			const summary = summarise(indicator, answer, { origin, linkOf, further, words });
			return format(output, summary, answer, chosen) as IDataObject[];
		},
	};
}

function format(
	output: Output,
	summary: Summary,
	answer: TipAnswer,
	chosen: readonly string[],
): unknown[] {
	switch (output) {
		case 'selected':
			return [selected(summary, chosen)];
		case 'stix':
			return [toStix(findingOf(summary, answer), new Date())];
		case 'misp':
			return toMisp(findingOf(summary, answer));
		case 'theHive':
			return [toTheHive(findingOf(summary, answer))];
		default:
			return [summary];
	}
}

function selected({ details, ...top }: Summary, chosen: readonly string[]): IDataObject {
	const all: Record<string, unknown> = { ...details, ...top };
	const { indicator, kind } = top;
	const picked = chosen.map((name) => [name, all[name] ?? null]);
	return { indicator, kind, ...(Object.fromEntries(picked) as IDataObject) };
}

function findingOf(summary: Summary, answer: TipAnswer): Finding {
	const { indicator, kind, firstSeen, lastSeen, link, text, details } = summary;
	const { md5, sha1, sha256 } = details as Record<string, string | undefined>;
	return {
		kind,
		value: indicator,
		// Other systems know these words and not the user's own.
		verdict: verdictOf(answer),
		hashes: { md5, sha1, sha256 },
		categories: details.categories,
		firstSeen: firstSeen ?? undefined,
		lastSeen: lastSeen ?? undefined,
		link,
		text,
	};
}

function readFields(value: unknown): string[] {
	const names: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
	return names.map((name) => readOneOf(readName(name, 'fields', 100), 'fields', FIELDS));
}

function readZoneWords(value: unknown): ZoneWords {
	const rows = ((value ?? {}) as { zone?: unknown }).zone;
	const words: Record<string, { verdict?: string; severity?: Severity }> = {};
	for (const row of Array.isArray(rows) ? (rows as Array<Record<string, unknown>>) : []) {
		const name = readName(row.name, 'zoneWords', 20);
		const meaning = zoneOf(name);
		if (meaning === undefined) {
			const allowed = ZONES.map(({ zone }) => zone);
			throw badInput('zoneWords', 'notOneOf', { found: show(name), allowed });
		}
		const severity = SEVERITIES.find((one) => one === row.severity);
		words[meaning.zone] = {
			...(!isUnset(row.verdict) && { verdict: readName(row.verdict, 'zoneWords', 100) }),
			...(severity && { severity }),
		};
	}
	return words;
}
