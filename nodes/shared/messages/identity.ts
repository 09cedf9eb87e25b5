import type { CERTIFICATE_CODES } from '../../../tip/identity/faults';
import type { Wordings } from './sentence';

const FROM_PFX =
	"Convert the PFX with `openssl pkcs12 -in client.pfx -out client.pem -nodes` and paste the whole of client.pem into 'Client Certificate', or paste the PFX itself as base64 text and put its password into 'Passphrase'.";
const PASTE_AGAIN =
	'Copy the whole file again, from the first "-----BEGIN" line to the last "-----END" line.';
const NEW_CERTIFICATE =
	"Ask your Kaspersky Technical Account Manager for a new certificate, then replace 'Client Certificate' and 'Passphrase' in the credential; user name and password stay the same.";
const EXACT_PASSPHRASE = 'It is used exactly as entered: blanks, upper and lower case count.';

/** The way out for a PFX that the library refuses and the program does not. */
const convertWith = (command: string) =>
	`Convert it with \`${command}\`, which asks for the PFX password and for a new passphrase. Paste the whole of client.pem into 'Client Certificate' and put the new passphrase into 'Passphrase'.`;

/** What can be said about a pasted certificate, its key and the authorities. */
export const CERTIFICATE_WORDINGS: Wordings<typeof CERTIFICATE_CODES> = {
	'certificate.missing': ["'Client Certificate' is empty", FROM_PFX],
	'certificate.tooLarge': [
		"'Client Certificate', 'Passphrase' or 'CA Certificate' is longer than 1 MiB",
		'Paste only the certificate, its private key and its chain; together they take a few kilobytes.',
	],
	'certificate.tooMany': [
		"'Client Certificate' holds more than 100 blocks",
		"Paste only the certificate, its private key and its chain. Trusted authorities go into 'CA Certificate'.",
	],
	'certificate.tooManyRounds': ({ rounds, most }) => [
		`The key or PFX in 'Client Certificate' demands ${rounds} rounds of key derivation, more than the ${most} allowed`,
		'Opening it would hold up all of n8n. Protect it anew with the usual number: a key with `openssl pkcs8 -topk8 -in old.pem -out new.pem`, a PFX with `openssl pkcs12 -in client.pfx -out client.pem`, and paste the result.',
	],
	'certificate.unreadable': [
		"'Client Certificate' holds neither PEM text nor a PFX in base64",
		`A PEM starts with "-----BEGIN". For a PFX, paste what \`openssl base64 -A -in client.pfx\` prints, and put its password into 'Passphrase'.`,
	],
	'certificate.truncated': ["'Client Certificate' is incomplete or damaged", PASTE_AGAIN],
	'certificate.noCertificate': [
		"'Client Certificate' holds a private key, but no certificate",
		`Paste the certificate together with its private key. ${FROM_PFX}`,
	],
	'certificate.noKey': [
		"'Client Certificate' holds a certificate, but no private key",
		`Paste the private key together with its certificate. ${FROM_PFX}`,
	],
	'certificate.publicKey': [
		"'Client Certificate' holds a public key, but no private key",
		`A public key cannot sign you in. ${FROM_PFX}`,
	],
	'certificate.request': [
		"'Client Certificate' holds a certificate request (CSR), but no certificate",
		'Paste the certificate that was issued for the request, together with its private key.',
	],
	'certificate.bundle': [
		"'Client Certificate' holds a certificate bundle (PKCS #7, .p7b), which never contains a private key",
		FROM_PFX,
	],
	'certificate.archive': [
		"'Client Certificate' holds an archive (ZIP, gzip) or a Java key store",
		`Unpack an archive and paste the file that is in it. Convert a Java key store with \`keytool -importkeystore -srckeystore client.jks -destkeystore client.pfx -deststoretype PKCS12\`. ${FROM_PFX}`,
	],
	'certificate.keyEncrypted': [
		"The private key in 'Client Certificate' is encrypted, and 'Passphrase' is empty",
		"Put the passphrase of the private key into 'Passphrase'.",
	],
	'certificate.wrongPassphrase': [
		"The private key in 'Client Certificate' does not open with this 'Passphrase'",
		`Check 'Passphrase'. ${EXACT_PASSPHRASE}`,
	],
	'certificate.keyLegacy': [
		"The private key in 'Client Certificate' is encrypted with an old cipher that OpenSSL 3 refuses",
		'Encrypt it anew with `openssl pkcs8 -topk8 -provider legacy -provider default -in old.pem -out new.pem` and paste new.pem instead of the old key.',
	],
	'certificate.keyOpenSsh': [
		"The private key in 'Client Certificate' is in OpenSSH format",
		`TLS needs the key in PKCS #8 form. ${FROM_PFX}`,
	],
	'certificate.keyUnreadable': [
		"The private key in 'Client Certificate' cannot be read",
		`${PASTE_AGAIN} If it stays so: ${FROM_PFX}`,
	],
	'certificate.keyMismatch': [
		"The private key in 'Client Certificate' belongs to another certificate",
		`Paste the certificate and the private key that were issued together. ${FROM_PFX}`,
	],
	'certificate.weak': [
		"The certificate in 'Client Certificate' has a key or signature that is too weak for current TLS",
		NEW_CERTIFICATE,
	],
	'certificate.refused': [
		"The certificate and private key in 'Client Certificate' cannot be used for TLS",
		FROM_PFX,
	],
	'certificate.pfxLegacy': [
		"The PFX in 'Client Certificate' is protected with an old cipher that OpenSSL 3 refuses",
		convertWith('openssl pkcs12 -legacy -in client.pfx -out client.pem'),
	],
	'certificate.pfxNoPassword': [
		"The PFX in 'Client Certificate' is protected by a password, and 'Passphrase' is empty",
		"Put the password that came with the PFX into 'Passphrase'.",
	],
	'certificate.pfxPassword': [
		"The PFX in 'Client Certificate' does not open with this 'Passphrase'",
		`Put the password that came with the PFX into 'Passphrase'. ${EXACT_PASSPHRASE}`,
	],
	'certificate.pfxNoMac': [
		"The PFX in 'Client Certificate' has no checksum (MAC), and OpenSSL does not open it without",
		convertWith('openssl pkcs12 -in client.pfx -out client.pem'),
	],
	'certificate.pfxNoKey': [
		"The PFX in 'Client Certificate' holds no private key",
		'Export it again together with its private key; in Windows choose "Yes, export the private key".',
	],
	'certificate.pfxNoCertificate': [
		"The PFX in 'Client Certificate' holds no certificate for its private key",
		'Export it again with the certificate and its private key together.',
	],
	'certificate.pfxUnreadable': [
		"The PFX in 'Client Certificate' is incomplete or damaged",
		'Run `openssl base64 -A -in client.pfx` again and paste all it prints.',
	],
	'certificate.ca': [
		"'CA Certificate' holds no readable certificate",
		`Paste the certificate of the authority that signed the server certificate, as PEM text with its "-----BEGIN CERTIFICATE-----" line, or leave 'CA Certificate' empty.`,
	],
	'certificate.caDamaged': [
		"A certificate in 'CA Certificate' is incomplete or damaged",
		`${PASTE_AGAIN} Or leave 'CA Certificate' empty.`,
	],
	'certificate.expired': ({ day }) => [
		`The certificate in 'Client Certificate' expired on ${day}`,
		NEW_CERTIFICATE,
	],
	'certificate.notYetValid': ({ day, today }) => [
		`The certificate in 'Client Certificate' is not valid before ${day}`,
		`Check the clock of the machine that runs n8n: it says ${today}. If the clock is right, wait for that day.`,
	],
};
