/** The label under which n8n shows a field or option, by the name in the code `input.<name>`. */
export const LABELS: Readonly<Record<string, string>> = {
	publicationId: 'Publication ID',
	taskId: 'Task ID',
	taskSource: 'Task Source',
};

/** What helps with a field, whatever is wrong with it. */
export const FIELD_ADVICE: Readonly<Record<string, string>> = {
	publicationId: "Take it from 'id' of Get Many or of the trigger, or copy it from the portal.",
	taskId: 'Copy the ID from the answer that created the task, or from the portal.',
};
