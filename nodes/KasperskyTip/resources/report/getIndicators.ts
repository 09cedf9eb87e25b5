import type { IDataObject } from 'n8n-workflow';
import { openReportFile } from '../../../../tip/reports/files';
import { MAX_IOC_BYTES, readOpenIoc } from '../../../../tip/reports/openIoc';
import { idOf, publicationRequest } from '../../../../tip/reports/requests';
import { summariseReport } from '../../../../tip/reports/summary';
import type { TipAnswer } from '../../../../tip/values/answer';
import type { Helpers, Operation, OutputItem, PortalFacts } from '../operation';
import { described } from './described';

const FILE = 'report_iocs';

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
	const found = new Map<string, OutputItem>();
	for await (const { search, content: value } of readOpenIoc(content, FILE)) {
		const key = `${search}\n${value}`;
		if (found.has(key)) continue;
		found.set(key, { json: { ...described(search, value), ...report } as IDataObject });
	}
	return [...found.values()];
}
