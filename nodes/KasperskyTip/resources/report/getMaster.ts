import { nameMasterFile } from '../../../../tip/reports/fileNames';
import { openMasterFile } from '../../../../tip/reports/files';
import { masterFileRequest, readReportGroup } from '../../../../tip/reports/requests';
import { readName } from '../../../../tip/values/text';
import type { Operation } from '../operation';
import { reportGroupField } from './fields';

/** All indicators of a group of reports in one file (tip-api.md 7). */
export const getMasterIoc = masterOf('ioc', 'iocs', 'Master IOC', 'indicators');

/** All YARA rules of a group of reports in one file (tip-api.md 7). */
export const getMasterYara = masterOf('yara', 'yara', 'Master YARA', 'YARA rules');

function masterOf(
	file: 'ioc' | 'yara',
	role: 'iocs' | 'yara',
	label: string,
	what: string,
): Operation {
	return {
		option: {
			name: `Get ${label}`,
			action: `Get the ${label.replace('Master', 'master')} file`,
			description: `Get one file with the ${what} of all reports of a group`,
		},
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
		plan: ({ report_group, binaryPropertyName }) => {
			const group = readReportGroup(report_group);
			const field = readName(binaryPropertyName, 'binaryPropertyName', 256);
			return {
				request: masterFileRequest(file, group),
				about: { report_group: group },
				toItems: async (answer, helpers) => {
					const name = `master_${file}`;
					const { head, content } = await openMasterFile(answer[name], name);
					const { fileName, mimeType } = nameMasterFile(role, group, head);
					const data = await helpers.prepareBinaryData(content, fileName, mimeType);
					const json = { report_group: group, fileName, mimeType, fileSize: data.fileSize };
					return [{ json, binary: { [field]: data } }];
				},
			};
		},
	};
}
