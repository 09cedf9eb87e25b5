import type { INodeProperties } from 'n8n-workflow';

/** Names of the portal's groups of reports, by their value in the API. */
const groups = [
	{ name: 'APT', value: 'apt', description: 'Reports on targeted attacks and their actors' },
	{ name: 'Crimeware', value: 'fin', description: 'Reports on attacks for money' },
];

/** A choice of group that may be left open. */
export const reportGroupField: INodeProperties = {
	displayName: 'Report Group',
	name: 'report_group',
	type: 'options',
	options: [{ name: 'All', value: 'all', description: 'Both groups' }, ...groups],
	default: 'all',
	description: 'Only reports of this group',
};
