import { faultsOf, type CodeFacts, type Facts, type TipError } from '../values/error';

const UNUSABLE = {
	kind: 'credential',
	outcomes: ['notSent'],
	repeated: 'no',
} as const satisfies CodeFacts;

/** What can be said about a certificate, its key and the authorities. */
export const CERTIFICATE_CODES = {
	/** A ZIP, gzip or Java key store. */
	'certificate.archive': UNUSABLE,
	'certificate.bundle': UNUSABLE,
	'certificate.ca': UNUSABLE,
	'certificate.caDamaged': UNUSABLE,
	/** Facts: `day` on which it ended. */
	'certificate.expired': UNUSABLE,
	'certificate.keyEncrypted': UNUSABLE,
	'certificate.keyLegacy': UNUSABLE,
	'certificate.keyMismatch': UNUSABLE,
	'certificate.keyOpenSsh': UNUSABLE,
	'certificate.keyUnreadable': UNUSABLE,
	'certificate.missing': UNUSABLE,
	'certificate.noCertificate': UNUSABLE,
	'certificate.noKey': UNUSABLE,
	/** Facts: `day` on which it begins, and `today` by the clock of this machine. */
	'certificate.notYetValid': UNUSABLE,
	'certificate.pfxLegacy': UNUSABLE,
	'certificate.pfxNoCertificate': UNUSABLE,
	/** A PFX without a checksum. */
	'certificate.pfxNoMac': UNUSABLE,
	'certificate.pfxNoKey': UNUSABLE,
	'certificate.pfxNoPassword': UNUSABLE,
	'certificate.pfxPassword': UNUSABLE,
	'certificate.pfxUnreadable': UNUSABLE,
	'certificate.publicKey': UNUSABLE,
	'certificate.refused': UNUSABLE,
	'certificate.request': UNUSABLE,
	'certificate.tooLarge': UNUSABLE,
	'certificate.tooMany': UNUSABLE,
	/** Facts: `rounds` of key derivation that a key or PFX demands, and `most`. */
	'certificate.tooManyRounds': UNUSABLE,
	'certificate.truncated': UNUSABLE,
	'certificate.unreadable': UNUSABLE,
	'certificate.weak': UNUSABLE,
	'certificate.wrongPassphrase': UNUSABLE,
} as const satisfies Record<string, CodeFacts>;

export type CertificateCode = keyof typeof CERTIFICATE_CODES;

/** What can be said about the other fields of a credential: one code each, the `reason` in the facts. */
export const CREDENTIAL_CODES = {
	'credential.baseUrl': UNUSABLE,
	'credential.caCertificate': UNUSABLE,
	'credential.certificate': UNUSABLE,
	'credential.passphrase': UNUSABLE,
	'credential.password': UNUSABLE,
	'credential.token': UNUSABLE,
	'credential.username': UNUSABLE,
} as const satisfies Record<string, CodeFacts>;

export type CredentialField = keyof typeof CREDENTIAL_CODES extends `credential.${infer Field}`
	? Field
	: never;

export type CredentialReason =
	| 'colon'
	| 'empty'
	| 'foreignCharacters'
	| 'halfCharacter'
	| 'hasLogin'
	| 'hasQuery'
	| 'noAddress'
	| 'notAnAddress'
	| 'notHttps'
	| 'notText'
	| 'otherAddress'
	| 'otherLogin'
	| 'tooLong';

const certificateFaultOf = faultsOf(CERTIFICATE_CODES);
const credentialFaultOf = faultsOf(CREDENTIAL_CODES);

/**
 * The error for one way a pasted certificate can fall short.
 *
 * @param cause what a TLS library threw; only the name of an OpenSSL code in it is kept
 */
export function certificateFault(code: CertificateCode, cause?: unknown, facts?: Facts): TipError {
	return certificateFaultOf(code, { detail: codeName(cause), facts });
}

/**
 * A field of the credential can't be used.
 *
 * @param facts what the sentence needs to know; nothing of the value, unless it is no secret
 */
export function credentialFault(
	field: CredentialField,
	reason: CredentialReason,
	facts: Facts = {},
): TipError {
	return credentialFaultOf(`credential.${field}`, { facts: { ...facts, reason } });
}

/** Node's name for what OpenSSL reported, such as `ERR_OSSL_BAD_DECRYPT`; nothing else is kept. */
function codeName(cause: unknown): string | undefined {
	const code = (cause as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' && /^ERR_[A-Z0-9_]{1,80}$/.test(code) ? code : undefined;
}
