import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../../shared/signIn/authentication';
import type { Action } from './operation';
import { shownFor, type Resource } from './fields';
import { lookup } from './lookup/lookup';
import { get } from './report/get';
import { getAll } from './report/getAll';
import { getMasterIoc, getMasterYara } from './report/getMaster';
import { deleteTask } from './sandbox/deleteTask';
import { getChannels, getEnvironments } from './sandbox/choices';
import { rescan as sandboxRescan } from './sandbox/rescan';
import { rescan as taeRescan } from './tae/rescan';

/** Everything the node can do: resource, operation, action. */
const CATALOGUE: Record<Resource, Record<string, Action>> = {
	lookup: {
		domain: lookup('domain'),
		hash: lookup('hash'),
		indicator: lookup(),
		ip: lookup('ip'),
		url: lookup('url'),
	},
	report: { get, getAll, getMasterIoc, getMasterYara },
	sandbox: { deleteTask, getChannels, getEnvironments, rescan: sandboxRescan },
	tae: { rescan: taeRescan },
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Report',
			value: 'report',
			description: 'APT and crimeware reports with their indicators and YARA rules',
		},
		{
			name: 'Sandbox',
			value: 'sandbox',
			description: 'Executes a file in an isolated system and watches what it does',
		},
		{
			name: 'Threat Attribution Engine (TAE)',
			value: 'tae',
			description: 'Compares a file with known APT samples to find who is behind it',
		},
		{
			name: 'Threat Lookup',
			value: 'lookup',
			description: 'Tells what is known of a hash, IP address, domain or web address',
		},
	],
	default: 'sandbox',
};

const operationFields: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a report',
				description: 'Get an APT or crimeware report with its PDF, indicators and YARA rules',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many reports',
				description: 'List APT and crimeware reports by date, group and tags, newest first',
			},
			{
				name: 'Get Master IOC',
				value: 'getMasterIoc',
				action: 'Get the master IOC file',
				description: 'Get one file with the indicators of all reports of a group',
			},
			{
				name: 'Get Master YARA',
				value: 'getMasterYara',
				action: 'Get the master YARA file',
				description: 'Get one file with the YARA rules of all reports of a group',
			},
		],
		default: 'getAll',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['sandbox'] } },
		options: [
			{
				name: 'Delete Task',
				value: 'deleteTask',
				action: 'Delete a sandbox task',
				description: 'Remove a Sandbox task and its results from the portal',
			},
			{
				name: 'Get Channels',
				value: 'getChannels',
				action: 'Get sandbox channels',
				description:
					'List the regions and countries through which an executed file can reach the internet',
			},
			{
				name: 'Get Execution Environments',
				value: 'getEnvironments',
				action: 'Get sandbox execution environments',
				description:
					'List the operating systems in which a file can be executed. The address is not in the public help; it is inferred.',
			},
			{
				name: 'Rescan',
				value: 'rescan',
				action: 'Rescan a sandbox task',
				description:
					'Uses quota: execute the file of an earlier Sandbox task once more, with changed settings if needed. A file from a web address is downloaded again.',
			},
		],
		default: 'rescan',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['tae'] } },
		options: [
			{
				name: 'Rescan',
				value: 'rescan',
				action: 'Rescan an attribution task',
				description:
					'Uses quota: compare the file of an earlier attribution (TAE) task once more with known APT samples. A file from a web address is downloaded again.',
			},
		],
		default: 'rescan',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['lookup'] } },
		options: [
			{
				name: 'Domain',
				value: 'domain',
				action: 'Look up a domain',
				description:
					'Get verdict, categories and what else the portal knows of a domain. Uses quota of the day.',
			},
			{
				name: 'Hash',
				value: 'hash',
				action: 'Look up a hash',
				description:
					'Get verdict, detections and what else the portal knows of a file by its MD5, SHA-1 or SHA-256. Uses quota of the day.',
			},
			{
				name: 'Indicator',
				value: 'indicator',
				action: 'Look up an indicator of any kind',
				description:
					'Get verdict and what else the portal knows of a hash, IP address, domain or web address; the kind is recognised, and defanged input is accepted. Uses quota of the day.',
			},
			{
				name: 'IP Address',
				value: 'ip',
				action: 'Look up an IP address',
				description:
					'Get verdict, threat score and what else the portal knows of an IPv4 or IPv6 address. Uses quota of the day.',
			},
			{
				name: 'Web Address',
				value: 'url',
				action: 'Look up a web address',
				description:
					'Get verdict, categories and what else the portal knows of a web address. Uses quota of the day.',
			},
		],
		default: 'indicator',
	},
];

/** The resources of the node. */
export const resources = Object.keys(CATALOGUE) as Resource[];

/** The parameters of the node, before its general options. */
export const actionFields: INodeProperties[] = [
	resourceField,
	...operationFields,
	authenticationField,
	...(Object.entries(CATALOGUE) as Array<[Resource, Record<string, Action>]>).flatMap(
		([resource, operations]) =>
			Object.entries(operations).flatMap(([operation, { fields }]) =>
				fields.map((field) => ({
					...field,
					displayOptions: {
						show: { ...shownFor(resource, operation).show, ...field.displayOptions?.show },
					},
				})),
			),
	),
];

/** The action behind a choice of resource and operation. */
export function findAction(resource: string, operation: string): Action | undefined {
	const operations: Record<string, Action> | undefined = CATALOGUE[resource as Resource];
	return operations?.[operation];
}
