import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { nameReportFile } from '../../../../tip/reports/fileNames';
import { openReportFile, REPORT_FILES } from '../../../../tip/reports/files';
import { words } from '../../../../tip/reports/list';
import { isoTimesOf } from '../../../../tip/reports/summary';
import { idOf, publicationRequest } from '../../../../tip/reports/requests';
import type { TipAnswer } from '../../../../tip/values/answer';
import type { Helpers, Operation, OutputItem } from '../operation';

/** One report with its files (tip-api.md 7). */
export const get: Operation = {
	option: {
		name: 'Get',
		action: 'Get a report',
		description: 'Get an APT or crimeware report with its PDF, indicators and YARA rules',
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
		{
			displayName: 'Include',
			name: 'include_info',
			type: 'multiOptions',
			options: [
				{
					name: 'Executive Summary',
					value: 'execsum',
					description: 'Comes as execsum',
				},
				{
					name: 'Indicators (IOCs)',
					value: 'iocs',
					description: 'Come as iocs',
				},
				{
					name: 'PDF',
					value: 'pdf',
					description: 'Comes as pdf',
				},
				{
					name: 'YARA Rules',
					value: 'yara',
					description: 'Come as yara',
				},
			],
			default: ['iocs', 'pdf', 'yara'],
			description: 'Which files of the report to get, each in a binary field of this name',
		},
		{
			displayName: 'Language',
			name: 'lang',
			type: 'string',
			default: '',
			placeholder: 'e.g. en',
			description:
				'Language of the report and its summary, as the portal abbreviates it. Left empty, the portal chooses.',
		},
	],
	plan: ({ publicationId, include_info, lang }) => {
		const request = publicationRequest(publicationId, { parts: words(include_info), lang });
		return { request, about: { id: idOf(request) }, toItems: takeFiles };
	},
};

/** The report as json, its files as binary fields. */
async function takeFiles(answer: TipAnswer, helpers: Helpers): Promise<OutputItem[]> {
	const binary: IBinaryKeyData = {};
	const taken = new Set<string>();
	for (const { field, role } of REPORT_FILES) {
		const encoded = answer[field];
		if (typeof encoded !== 'string' || encoded === '') continue;
		const { head, content } = await openReportFile(encoded, field);
		const { fileName, mimeType } = nameReportFile(answer, role, head);
		binary[role] = await helpers.prepareBinaryData(content, fileName, mimeType);
		taken.add(field);
	}
	const rest = Object.entries(answer as IDataObject).filter(([field]) => !taken.has(field));
	const json = { ...Object.fromEntries(rest), ...isoTimesOf(answer) };
	return [{ json, ...(Object.keys(binary).length > 0 && { binary }) }];
}
