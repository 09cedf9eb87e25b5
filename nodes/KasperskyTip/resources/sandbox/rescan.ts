import type { INodeProperties } from 'n8n-workflow';
import { rescanOf } from '../rescan';

const changes: INodeProperties[] = [
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description:
			'Region or country through which the executed file reaches the internet. Case-sensitive.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a channel...',
				typeOptions: { searchListMethod: 'searchChannels', searchable: true },
			},
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'as the portal spells it, e.g. RU',
			},
		],
	},
	{
		displayName: 'Click on Links',
		name: 'click_on_links',
		type: 'boolean',
		default: true,
		description: 'Whether links in opened documents are followed',
	},
	{
		displayName: 'Command Line',
		name: 'cmd_line',
		type: 'string',
		default: '',
		placeholder: 'e.g. $sample /silent',
		description:
			'Command to run in the Sandbox; $sample stands for the path of the file there. At most 1,024 characters. Sent as it is: environment variables are not expanded on the n8n machine.',
	},
	{
		displayName: 'Decrypt HTTPS',
		name: 'decrypt_https',
		type: 'boolean',
		default: true,
		description:
			'Whether the HTTPS traffic of the file is decrypted. This may lower the detection probability.',
	},
	{
		displayName: 'Document Password',
		name: 'doc_password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description: 'Password to open a protected document',
	},
	{
		displayName: 'Execution Environment',
		name: 'exec_env',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: 'Operating system in which the file is executed. Case-sensitive.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select an environment...',
				typeOptions: { searchListMethod: 'searchExecutionEnvironments', searchable: true },
			},
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'as the portal spells it, e.g. Win10_x64',
			},
		],
	},
	{
		displayName: 'Execution Time (Seconds)',
		name: 'exec_time',
		type: 'number',
		typeOptions: { minValue: 30, maxValue: 500, numberPrecision: 0 },
		default: 100,
		description: 'How long the file runs, from 30 to 500 seconds',
	},
];

/** Runs a Sandbox task again (tip-api.md 3.1). */
export const rescan = rescanOf('sandbox', changes, {
	action: 'Rescan a sandbox task (uses paid quota)',
	description: 'Uses paid quota: execute the file of an earlier Sandbox task once more',
});
