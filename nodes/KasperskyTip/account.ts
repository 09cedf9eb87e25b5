import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { TipError } from '../../tip/errors';
import { loadIdentity, type TlsIdentity } from '../../tip/identity';

/**
 * Where to and as whom, from the credential's fields.
 *
 * @throws TipError `credential`, naming the empty field
 */
export function readAccount(credentials: ICredentialDataDecryptedObject) {
	const text = (name: string) => String(credentials[name] ?? '');
	const account = {
		baseUrl: text('baseUrl'),
		username: text('username'),
		password: text('password'),
	};
	const labels = { baseUrl: 'Base URL', username: 'Username', password: 'Password' };
	for (const name of ['baseUrl', 'username', 'password'] as const) {
		if (account[name] !== '') continue;
		throw new TipError({
			code: `credential.${name}`,
			kind: 'credential',
			outcome: 'notSent',
			message: `'${labels[name]}' is empty in the credential`,
			advice:
				'Open the credential and fill it in. The portal asks for name, password and certificate.',
		});
	}
	return account;
}

/** @throws TipError `credential`: one sentence on what is wrong with the certificate */
export function readIdentity(credentials: ICredentialDataDecryptedObject): TlsIdentity {
	return loadIdentity({
		certificate: String(credentials.certificate ?? ''),
		passphrase: String(credentials.passphrase ?? ''),
		caCertificate: String(credentials.caCertificate ?? ''),
	});
}
