import type { INodeProperties } from 'n8n-workflow';
import { badInput } from '../../../tip/values/input';
import { show } from '../../../tip/values/text';
import type { TaskSource } from '../../../tip/tasks/requests';

export const taskIdField: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47',
	description: 'ID of the task to run again, as the portal gave it when the task was created',
};

export const taskSourceField: INodeProperties = {
	displayName: 'Task Source',
	name: 'taskSource',
	type: 'options',
	options: [
		{
			name: 'File From URL',
			value: 'fileFromUrl',
			description: 'The portal downloaded the file from a web address',
		},
		{
			name: 'Uploaded File',
			value: 'file',
			description: 'The file was uploaded to the portal',
		},
	],
	default: 'fileFromUrl',
	description: 'Where the file of the task came from',
};

/** Parameters that a rescan takes on both engines, by their name in the API. */
export const commonRescanFields = {
	file_ext: {
		displayName: 'File Extension',
		name: 'file_ext',
		type: 'string',
		default: '',
		placeholder: 'e.g. docx',
		description:
			'Extension to add to the name of the file, without the dot. At most 10 characters.',
		displayOptions: { show: { '/taskSource': ['fileFromUrl'] } },
	},
	file_name: {
		displayName: 'File Name',
		name: 'file_name',
		type: 'string',
		default: '',
		placeholder: 'e.g. invoice',
		description:
			'Name for the file while it runs, or for the file inside the archive. Without an extension, so that the portal finds out the type. At most 240 characters.',
		displayOptions: { show: { '/taskSource': ['file'] } },
	},
	processing_type: {
		displayName: 'Processing Type',
		name: 'processing_type',
		type: 'options',
		options: [
			{ name: 'Execute Only', value: 'exec-only', description: 'Execute the file as it is' },
			{
				name: 'Unzip and Execute',
				value: 'unzip-and-exec',
				description: 'Unpack the file as an archive first',
			},
		],
		default: 'unzip-and-exec',
		description: 'How the file is handled before it is executed',
	},
	unzip_password: {
		displayName: 'Unzip Password',
		name: 'unzip_password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			"Password of the archive. The portal uses it only when the task's processing type is Unzip and Execute.",
		// An earlier task may be of that type already, so only an explicit "execute only" hides it.
		displayOptions: { hide: { processing_type: ['exec-only'] } },
	},
	url: {
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://files.example.com/sample.exe',
		description:
			'Web address to download the file from. Without it the portal takes the address of the earlier run.',
		displayOptions: { show: { '/taskSource': ['fileFromUrl'] } },
	},
} satisfies Record<string, INodeProperties>;

/** The collection that holds whatever the user wants to change for this run. */
export function changesField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Changes for This Run',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Change',
		default: {},
		description: 'What you leave out stays as it was in the earlier run',
		// Not localeCompare: its first use loads all of ICU's collation, a third of what loading takes.
		options: [...options].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}

/**
 * The path segment for a choice of source.
 *
 * @throws TipError `input` when an expression gives another word
 */
export function readTaskSource(value: unknown): TaskSource {
	if (value === 'fileFromUrl' || value === 'file_from_url') return 'file_from_url';
	if (value === 'file') return 'file';
	throw badInput('taskSource', 'notOneOf', {
		found: show(value),
		allowed: ['fileFromUrl', 'file'],
	});
}
