import type {
	CREDENTIAL_CODES,
	CredentialField,
	CredentialReason,
} from '../../../tip/identity/faults';
import type { Facts } from '../../../tip/values/error';
import type { FieldWording, Sentence, Wording, Wordings } from './sentence';

/** The label of each field in the dialog of the credential. */
const CREDENTIAL_LABELS: Readonly<Record<CredentialField, string>> = {
	baseUrl: 'Base URL',
	caCertificate: 'CA Certificate',
	certificate: 'Client Certificate',
	passphrase: 'Passphrase',
	password: 'Password',
	token: 'Token',
	username: 'Username',
};

const ADDRESS =
	"Use the portal's address, https://tip.kaspersky.com, unless you were given another.";

/** Where the value of an empty field comes from. */
const WHERE_FROM: Readonly<Partial<Record<CredentialField, string>>> = {
	baseUrl: ADDRESS,
	token:
		'Request an API token on the account page of the portal, and paste it into the credential.',
};

/** What can be wrong with a field of a credential. */
const REASONS: Readonly<Record<CredentialReason, FieldWording>> = {
	colon: (label) => [
		`'${label}' in the credential holds a colon, which HTTP sign-in can't carry in a name`,
		'Enter the name as the portal shows it, without the password.',
	],
	empty: (label) => [
		`'${label}' is empty in the credential`,
		'Open the credential and fill it in. The portal asks for name, password and certificate.',
	],
	foreignCharacters: (label) => [
		`'${label}' in the credential holds characters that no API token has`,
		'Copy the token again, as one line and without anything around it.',
	],
	halfCharacter: (label) => [
		`'${label}' in the credential holds half of a character and can't be encoded`,
		'It was probably cut in the middle of an emoji or a rare letter. Enter the whole text.',
	],
	hasLogin: (label) => [
		`'${label}' holds a user name or password`,
		"Move them to 'Username' and 'Password', and leave only the address.",
	],
	hasQuery: (label) => [
		`'${label}' has a part after '?' or '#'`,
		`Leave only the address. ${ADDRESS}`,
	],
	noAddress: (label, { portal }) => [
		`The request has no address to compare with '${label}' of the credential (${portal})`,
		'Give the whole address of the request. The login is shown to that portal only.',
	],
	notAnAddress: (label) => [`'${label}' is not a web address`, ADDRESS],
	notHttps: (label, { scheme }) => [
		`'${label}' begins with '${scheme}//', but only 'https://' is allowed`,
		`The password would travel unencrypted. ${ADDRESS}`,
	],
	notText: (label, { found }) => [
		`'${label}' in the credential is ${found}, not text`,
		'Check the expression in the field.',
	],
	otherAddress: (label, { asked, portal }) => [
		`The request goes to ${asked}, but '${label}' of the credential is ${portal}`,
		`The login is shown to that portal only. Correct the address of the request, or '${label}'.`,
	],
	otherLogin: (label, { portal }) => [
		`The address of the request holds a user name or password, in the place of the credential's own for '${label}' (${portal})`,
		'Take them out of the address: the credential signs the request.',
	],
	tooLong: (label, { length, max }) => [
		`'${label}' has ${length} characters, more than the ${max} allowed`,
		'Copy it again, without anything around it.',
	],
};

/** What can be said about the fields of a credential, but for what is in a certificate. */
export const CREDENTIAL_WORDINGS: Wordings<typeof CREDENTIAL_CODES> = {
	'credential.baseUrl': wordingOf('baseUrl'),
	'credential.caCertificate': wordingOf('caCertificate'),
	'credential.certificate': wordingOf('certificate'),
	'credential.passphrase': wordingOf('passphrase'),
	'credential.password': wordingOf('password'),
	'credential.token': wordingOf('token'),
	'credential.username': wordingOf('username'),
};

function wordingOf(field: CredentialField): Wording {
	return (facts: Facts): Sentence => {
		const reason = facts.reason as CredentialReason;
		const [message, advice] = REASONS[reason](CREDENTIAL_LABELS[field], facts);
		return [message, (reason === 'empty' && WHERE_FROM[field]) || advice];
	};
}
