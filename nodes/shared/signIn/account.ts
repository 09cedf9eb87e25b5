import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { loadIdentity, type TlsIdentity } from '../../../tip/identity/certificate';
import { loadTrust, type ServerTrust } from '../../../tip/identity/authorities';

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
		throw refuse(
			name,
			`'${labels[name]}' is empty in the credential`,
			'Open the credential and fill it in. The portal asks for name, password and certificate.',
		);
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

/**
 * Where to and with which token, from the fields of the token credential.
 *
 * @throws TipError `credential`, naming the field
 */
export function readTokenAccount(credentials: ICredentialDataDecryptedObject) {
	const baseUrl = String(credentials.baseUrl ?? '');
	// The word before it is copied along easily.
	const token = String(credentials.token ?? '')
		.trim()
		.replace(/^Bearer\s+/i, '');
	if (baseUrl === '') {
		throw refuse(
			'baseUrl',
			"'Base URL' is empty in the credential",
			'Open the credential and fill it in.',
		);
	}
	if (token === '') {
		throw refuse(
			'token',
			"'Token' is empty in the credential",
			'Request an API token on the account page of the portal, and paste it into the credential.',
		);
	}
	if (!/^[!-~]+$/.test(token)) {
		throw refuse(
			'token',
			"'Token' in the credential holds characters that no API token has",
			'Copy the token again, as one line and without anything around it.',
		);
	}
	return { baseUrl, token };
}

/** @throws TipError `credential`: one sentence on what is wrong with 'CA Certificate' */
export function readTrust(credentials: ICredentialDataDecryptedObject): ServerTrust {
	return loadTrust(String(credentials.caCertificate ?? ''));
}

function refuse(field: string, message: string, advice: string): TipError {
	return new TipError({
		code: `credential.${field}`,
		kind: 'credential',
		outcome: 'notSent',
		message,
		advice,
	});
}
