/**
 * What both the node and the trigger are for. n8n's list of nodes merges the two, and shows the words
 * of either.
 */
export const DESCRIPTION =
	'Look up indicators, rescan Sandbox and TAE tasks, get APT reports, or start when one appears';
