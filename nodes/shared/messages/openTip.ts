import type { OPENTIP_CODES } from '../../../tip/openTip/faults';
import type { OpenTipReason } from '../../../tip/openTip/reasons';
import { CONNECTION_WORDINGS } from './connection';
import { PORTAL_WORDINGS } from './portal';
import type { FieldWording, Sentence, Wording, Wordings } from './sentence';

/** The words for what is thrown about files in OpenTIP. */
export const OPENTIP_WORDINGS: Wordings<typeof OPENTIP_CODES> = {
	'analysis.interrupted': (facts, error) => {
		const { sha256, last } = facts;
		const known: Readonly<Record<string, Wording>> = { ...CONNECTION_WORDINGS, ...PORTAL_WORDINGS };
		const wording = known[String(last)];
		const [cause, advice] =
			last === 'cancelled' || wording === undefined
				? CANCELLED
				: typeof wording === 'function'
					? wording(facts, error)
					: wording;
		const isCertain = error.outcome === 'accepted';
		return [
			`The file ${isCertain ? 'was' : 'may have been'} handed in, and its result was not awaited: ${cause}`,
			`${advice} Get the result later with the operation Get Result and the hash ${sha256}; the file is not handed in again on its own.`,
		];
	},
};

const CANCELLED: Sentence = ['the run ended before', 'Nothing is under way any more.'];

const ANOTHER_SIGN_IN = "choose another 'Authentication'";

/** What can be wrong with what OpenTIP is asked, or given. */
export const OPENTIP_REASONS: Readonly<Record<OpenTipReason, FieldWording>> = {
	emptyFile: (label, { found }) => [
		`The file in '${label}' (${found}) is empty, which OpenTIP does not take`,
		'Nothing was handed in. Check the node that made the file.',
	],
	fileTooLarge: (label, { found }) => [
		`The file in '${label}' (${found}) is larger than the 256 MB that OpenTIP takes`,
		'Nothing was handed in. Ask for it by its hash: Get Result, or Threat Lookup.',
	],
	ipv6NotInOpenTip: (label, { found }) => [
		`'${label}' is an IPv6 address (${found}), which OpenTIP does not look up`,
		`Leave it out, or ${ANOTHER_SIGN_IN}: the Threat Intelligence Portal looks IPv6 addresses up.`,
	],
	noFile: (label, { found, said }) => [
		`There is no file that can be read in '${label}' (${found})`,
		`Give the name of the item's binary field, such as data.${said === undefined ? '' : ` n8n says: ${said}`}`,
	],
	notForAgents: (label) => [
		'An AI agent tried to hand a file in, which is switched off',
		`A file that is handed in may become known to others. If an agent is to decide it all the same, switch '${label}' on.`,
	],
	notInOpenTip: (label) => [
		`'${label}' is not available with OpenTIP`,
		`Remove it, or ${ANOTHER_SIGN_IN}.`,
	],
};
