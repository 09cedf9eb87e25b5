/** The label under which n8n shows a field or option, by the name in the code `input.<name>`. */
export const LABELS: Readonly<Record<string, string>> = {
	channel: 'Channel',
	click_on_links: 'Click on Links',
	cmd_line: 'Command Line',
	count: 'Max Records per Section',
	date_end: 'Before',
	date_start: 'After',
	decrypt_https: 'Decrypt HTTPS',
	doc_password: 'Document Password',
	exec_env: 'Execution Environment',
	exec_time: 'Execution Time (Seconds)',
	binaryPropertyName: 'Put Output File in Field',
	fields: 'Fields',
	file_ext: 'File Extension',
	include_info: 'Include',
	lang: 'Language',
	limit: 'Limit',
	lookBack: 'Look Back (Days)',
	indicator: 'Indicator',
	operation: 'Operation',
	options: 'Options',
	file_name: 'File Name',
	output: 'Output',
	processing_type: 'Processing Type',
	inputDataFieldName: 'Input Data Field Name',
	allowAgents: 'Let AI Agents Hand In Files',
	wait: 'Wait (Seconds)',
	publicationId: 'Publication ID',
	report_group: 'Report Group',
	reset_similarity_thresholds: 'Reset Similarity Thresholds',
	sections: 'Sections',
	section: 'Section',
	since: 'Detected Since',
	stopBelowQuota: 'Stop Below Quota',
	taskId: 'Task ID',
	taskSource: 'Task Source',
	text: 'Text',
	types: 'Types',
	unpack: 'Unpack',
	unzip_password: 'Unzip Password',
	url: 'URL',
	cache: 'Cache (Minutes)',
	concurrency: 'Concurrency',
	giveUpRefused: 'Give Up When Refused For (Seconds)',
	maxRetries: 'Max Retries',
	requestsPerMinute: 'Requests per Minute',
	retryNotReadyInterval: 'Retry Until Ready: Interval (Seconds)',
	retryNotReadyTotal: 'Retry Until Ready: Total Time (Seconds)',
	timeout: 'Timeout (Seconds)',
	zoneWords: 'Verdict Words',
};

const REMOVE_OPTION = "It is one of 'Options': remove it for its default.";
const KEEPS_PREVIOUS = "Or remove the field to keep the task's previous value.";

/** What helps with a field, whatever is wrong with it. */
export const FIELD_ADVICE: Readonly<Record<string, string>> = {
	cache: REMOVE_OPTION,
	concurrency: REMOVE_OPTION,
	giveUpRefused: REMOVE_OPTION,
	maxRetries: REMOVE_OPTION,
	requestsPerMinute: REMOVE_OPTION,
	retryNotReadyInterval: REMOVE_OPTION,
	retryNotReadyTotal: REMOVE_OPTION,
	timeout: REMOVE_OPTION,
	channel: KEEPS_PREVIOUS,
	click_on_links: KEEPS_PREVIOUS,
	cmd_line: KEEPS_PREVIOUS,
	decrypt_https: KEEPS_PREVIOUS,
	doc_password: KEEPS_PREVIOUS,
	exec_env: KEEPS_PREVIOUS,
	exec_time: KEEPS_PREVIOUS,
	file_ext: KEEPS_PREVIOUS,
	file_name: KEEPS_PREVIOUS,
	processing_type: KEEPS_PREVIOUS,
	publicationId: "Take it from 'id' of Get Many or of the trigger, or copy it from the portal.",
	reset_similarity_thresholds: KEEPS_PREVIOUS,
	limit: "Or use 'Return All'.",
	taskId: 'Copy the ID from the answer that created the task, or from the portal.',
	unpack: KEEPS_PREVIOUS,
	url: KEEPS_PREVIOUS,
};

/** Where a field has another label for each kind of value: every kind has an operation of its own. */
const LABELS_BY_KIND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	indicator: { domain: 'Domain', hash: 'Hash', ip: 'IP Address', url: 'Web Address' },
};

/**
 * The label of a field in the node or the credential; its own name where it has none.
 *
 * @param kind of the value, where the field has another label for each
 */
export function labelOf(field: string, kind?: unknown): string {
	return LABELS_BY_KIND[field]?.[String(kind)] ?? LABELS[field] ?? field;
}
