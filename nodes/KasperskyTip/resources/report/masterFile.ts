import type { INodeProperties } from 'n8n-workflow';
import { nameMasterFile } from '../../../../tip/reports/fileNames';
import { openMasterFile } from '../../../../tip/reports/files';
import type { MasterFile } from '../../../../tip/reports/requests';
import type { TipAnswer } from '../../../../tip/values/answer';
import type { Helpers, OutputItem } from '../operation';

/** Where a master file is put. */
export const fileField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
};

/**
 * A master file as the one item it becomes, unpacked on its way to where n8n keeps files.
 *
 * @param field the binary field to put it in
 * @throws TipError `portal` when it can't be read
 */
export async function takeMasterFile(
	file: MasterFile,
	group: string,
	answer: TipAnswer,
	field: string,
	helpers: Helpers,
): Promise<OutputItem[]> {
	const name = `master_${file}`;
	const { head, content } = await openMasterFile(answer[name], name);
	const { fileName, mimeType } = nameMasterFile(file === 'ioc' ? 'iocs' : 'yara', group, head);
	const data = await helpers.prepareBinaryData(content, fileName, mimeType);
	const json = { report_group: group, fileName, mimeType, fileSize: data.fileSize };
	return [{ json, binary: { [field]: data } }];
}
