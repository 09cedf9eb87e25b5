import type { NODE_CODES } from '../faults';
import type { FieldWording, Wordings } from './sentence';

const LOOK_UP = 'Look the task up in the portal before you run it again.';

/** What can go wrong on n8n's side. */
export const NODE_WORDINGS: Wordings<typeof NODE_CODES> = {
	'credential.unavailable': ({ said }) => [
		`The node has no credential it can use (${said})`,
		'Choose a credential in the node. If one is chosen, open it and save it again: it may have been deleted, belong to another project, or be encrypted with another key.',
	],
	'node.defect': ({ said }, { outcome }) =>
		outcome === 'unknown'
			? [
					`The node lost track of the request (${said}); what the portal did is unknown`,
					`The portal may have started the rescan. ${LOOK_UP}`,
				]
			: [
					`The request could not be prepared (${said}), and was not sent`,
					'Check the fields of the node. If they are right, report it with this text.',
				],
	'node.notStarted': ({ said }) => [
		`The node could not start: ${said}`,
		'Check the fields and the options of the node, then run it again.',
	],
	'quota.floor': ({ left, floor }) => [
		`Not looked up: ${left} requests are left today, fewer than the ${floor} of 'Stop Below Quota'`,
		"Run it again when the day's quota is renewed, or lower 'Stop Below Quota'. Set the node's On Error to continue to keep the answers so far as items.",
	],
	'quota.usedUp': [
		'Not sent: OpenTIP said before that the quota or the request limit of the token is used up (403)',
		"Run it again when the quota of the day is renewed, or use another token. Set the node's On Error to continue to keep the answers so far as items.",
	],
	'node.output': ({ said }) => [
		`The portal did what was asked, but its answer could not be stored (${said})`,
		'Check the fields that name where the output goes, and the disk space of n8n.',
	],
};

/** What keeps a field or a choice from being used before its value is looked at. */
export const NODE_REASONS: Readonly<Record<'expression' | 'noOperation', FieldWording>> = {
	expression: (label, { said }) => [
		`'${label}' can't be read: ${said}`,
		`Check the expression in '${label}'.`,
	],
	noOperation: (_label, { found, resource }) => [
		`There is no operation ${found} for ${resource}`,
		"Choose 'Resource' and 'Operation' from their lists.",
	],
};
