import type { LoginKind } from '../../../tip/identity/login';
import type { Sentence } from './sentence';

const TERMS =
	'A new account must first accept the Terms and Conditions: sign in to the portal in a browser once.';

/** A 401, by the way to sign in. */
const WORDS: Readonly<Record<LoginKind, Sentence>> = {
	certificate: [
		'The portal did not accept the user name and password (401)',
		`Check 'Username' and 'Password' in the credential. ${TERMS}`,
	],
	token: [
		'The portal did not accept the API token (401)',
		`Check 'Token' in the credential. A token is valid for a year at most, and requesting a new one ends the one before. ${TERMS}`,
	],
	openTip: [
		'OpenTIP did not accept the API token (401)',
		"Check 'Token' in the credential: it may be mistyped, revoked, or more than a year old. Sign in at https://opentip.kaspersky.com/token to see it. A token of the Threat Intelligence Portal does not open OpenTIP.",
	],
};

export const UNAUTHORIZED: Readonly<Record<string, Sentence>> = WORDS;
