import { text as textOf } from 'node:stream/consumers';
import type { IDataObject } from 'n8n-workflow';
import { readIndicator, type IndicatorKind } from '../../../../tip/lookup/indicator';
import { openReportFile } from '../../../../tip/reports/files';
import { MAX_IOC_BYTES, readOpenIoc, type OpenIocItem } from '../../../../tip/reports/openIoc';
import { idOf, publicationRequest } from '../../../../tip/reports/requests';
import { summariseReport } from '../../../../tip/reports/summary';
import type { TipAnswer } from '../../../../tip/values/answer';
import type { Helpers, Operation, OutputItem, PortalFacts } from '../operation';

const FILE = 'report_iocs';

const HASH_TYPES: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** The indicators of one report, one item each (tip-api.md 7.1). */
export const getIndicators: Operation = {
	option: {
		name: 'Get Indicators',
		action: 'Get the indicators of a report',
		description: 'Get the hashes, addresses and names in a report, one item each',
	},
	fields: [
		{
			displayName: 'Publication ID',
			name: 'publicationId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 2417',
			description: 'ID of the report, as the operation Get Many and the trigger give it',
		},
	],
	plan: ({ publicationId }) => {
		const request = publicationRequest(publicationId, { parts: ['iocs'] });
		return { request, about: { id: idOf(request) }, toItems: takeIndicators };
	},
};

async function takeIndicators(
	answer: TipAnswer,
	_helpers: Helpers,
	{ origin }: PortalFacts,
): Promise<OutputItem[]> {
	const encoded = answer[FILE];
	if (typeof encoded !== 'string' || encoded.trim() === '') return [];
	const { content } = await openReportFile(encoded, FILE, MAX_IOC_BYTES);
	const { id, name, link, actors } = summariseReport(answer, origin) as IDataObject;
	const report = { reportId: id, reportName: name, link, actors };
	const found = await readOpenIoc(await textOf(content), FILE);
	return found.map((item) => ({ json: { ...described(item), ...report } as IDataObject }));
}

/** What it is, read as a lookup reads it; what no lookup takes stays as it stands. */
function described({ search, content }: OpenIocItem) {
	const indicator = lookedUpAs(search, content);
	const kind =
		indicator?.kind ?? (/^Email\//i.test(search) && content.includes('@') ? 'email' : 'other');
	const value = indicator?.value ?? content;
	return {
		indicator: value,
		kind,
		type: search,
		...(kind === 'hash' && { hashType: HASH_TYPES[value.length] }),
	};
}

function lookedUpAs(search: string, content: string) {
	const kind: IndicatorKind | undefined = /(?:md5|sha1|sha256)sum$/i.test(search)
		? 'hash'
		: undefined;
	const mayBe =
		kind ??
		/^(?:Network|PortItem|DnsEntryItem|UrlHistoryItem|RouteEntryItem|Email)\//i.test(search);
	if (mayBe === false) return undefined;
	// A name that a report calls a host is one, whatever its ending.
	const kinds = /DNS|Host$/i.test(search) ? [undefined, 'domain' as const] : [kind];
	for (const wanted of kinds) {
		try {
			return readIndicator(content, wanted);
		} catch {
			// It is something else, and stays as it stands.
		}
	}
	return undefined;
}
