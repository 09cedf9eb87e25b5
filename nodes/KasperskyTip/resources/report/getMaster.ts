import { nameMasterFile, openMasterFile } from '../../../../tip/reports/files';
import { masterFileRequest } from '../../../../tip/reports/requests';
import type { Action } from '../operation';
import { reportGroupField } from './fields';

/** All indicators of a group of reports in one file (tip-api.md 7). */
export const getMasterIoc = masterOf('ioc', 'iocs', 'Master IOC');

/** All YARA rules of a group of reports in one file (tip-api.md 7). */
export const getMasterYara = masterOf('yara', 'yara', 'Master YARA');

function masterOf(file: 'ioc' | 'yara', role: 'iocs' | 'yara', label: string): Action {
	return {
		fields: [
			{ ...reportGroupField, description: 'Reports whose content is in the file' },
			{
				displayName: 'Put Output File in Field',
				name: 'binaryPropertyName',
				type: 'string',
				required: true,
				default: 'data',
				hint: 'The name of the output binary field to put the file in',
			},
		],
		toRequest: ({ report_group }) => masterFileRequest(file, report_group),
		toItems: async (answer, { values, helpers }) => {
			const encoded = answer[`master_${file}`];
			const { head, content } = await openMasterFile(encoded, `The ${label} file`);
			const group = String(values.report_group);
			const { fileName, mimeType } = nameMasterFile(role, group, head);
			const data = await helpers.prepareBinaryData(content, fileName, mimeType);
			const field = String(values.binaryPropertyName || 'data');
			return [
				{
					json: { report_group: group, fileName, mimeType, fileSize: data.fileSize },
					binary: { [field]: data },
				},
			];
		},
	};
}
