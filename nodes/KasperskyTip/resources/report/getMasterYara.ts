import { masterFileRequest, readReportGroup } from '../../../../tip/reports/requests';
import { readName } from '../../../../tip/values/text';
import type { Operation } from '../operation';
import { reportGroupField } from './fields';
import { fileField, takeMasterFile } from './masterFile';

/** All YARA rules of a group of reports in one file (tip-api.md 7). */
export const getMasterYara: Operation = {
	option: {
		name: 'Get Master YARA',
		action: 'Get the master YARA file',
		description: 'Get one file with the YARA rules of all reports of a group',
	},
	fields: [{ ...reportGroupField, description: 'Reports whose content is in the file' }, fileField],
	plan: ({ report_group, binaryPropertyName }) => {
		const group = readReportGroup(report_group);
		const field = readName(binaryPropertyName, 'binaryPropertyName', 256);
		return {
			request: masterFileRequest('yara', group),
			about: { report_group: group },
			toItems: (answer, helpers) => takeMasterFile('yara', group, answer, field, helpers),
		};
	},
};
