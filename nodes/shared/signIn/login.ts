import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { loadTrust } from '../../../tip/identity/authorities';
import { endsSoon, loadIdentity } from '../../../tip/identity/certificate';
import { credentialFault, type CredentialField } from '../../../tip/identity/faults';
import {
	certificateLogin,
	openTipLogin,
	tokenLogin,
	type PortalLogin,
} from '../../../tip/identity/login';
import { parseBaseUrl, type PortalBase } from '../../../tip/portal/baseUrl';
import { show, withoutInvisibleEnds } from '../../../tip/values/text';
import { expiryNotice } from '../messages/notices';
import {
	CREDENTIAL_NAME,
	OPENTIP_CREDENTIAL_NAME,
	TOKEN_CREDENTIAL_NAME,
	type CredentialName,
} from './authentication';

/** Where to and as whom, out of the fields of a credential. */
export interface SignIn {
	/** As it was entered, for a client to read. */
	baseUrl: string;
	portal: PortalBase;
	login: PortalLogin;
	/** What the user should know before it is too late, such as a certificate that ends soon. */
	notices: string[];
}

type Fields = ICredentialDataDecryptedObject;

/** How each type of credential is read. */
const READERS: Readonly<Record<CredentialName, (fields: Fields) => Omit<SignIn, 'portal'>>> = {
	[CREDENTIAL_NAME]: readCertificateLogin,
	[TOKEN_CREDENTIAL_NAME]: (fields) => readTokenLogin(fields, tokenLogin),
	[OPENTIP_CREDENTIAL_NAME]: (fields) => readTokenLogin(fields, openTipLogin),
};

/**
 * The one place where the fields of a credential become a login: for the nodes, the Test and requests
 * of n8n's own helper.
 *
 * @param name the type of the credential
 * @throws TipError `credential`, naming the field
 */
export function readSignIn(fields: Fields, name: CredentialName): SignIn {
	const signIn = READERS[name](fields);
	return { ...signIn, portal: parseBaseUrl(signIn.baseUrl) };
}

function readCertificateLogin(fields: Fields) {
	const baseUrl = needed(fields, 'baseUrl');
	const username = withoutInvisibleEnds(needed(fields, 'username'));
	const password = needed(fields, 'password');
	// HTTP Basic ends the name at the first colon (RFC 7617 section 2).
	if (username.includes(':')) throw credentialFault('username', 'colon');
	const identity = loadIdentity({
		certificate: textOf(fields, 'certificate'),
		passphrase: textOf(fields, 'passphrase'),
		caCertificate: textOf(fields, 'caCertificate'),
	});
	return {
		baseUrl,
		login: certificateLogin(username, password, identity),
		notices: endsSoon(identity) ? [expiryNotice(identity.validTo)] : [],
	};
}

function readTokenLogin(fields: Fields, loginOf: typeof tokenLogin) {
	const baseUrl = needed(fields, 'baseUrl');
	const token = readToken(fields);
	return {
		baseUrl,
		login: loginOf(token, loadTrust(textOf(fields, 'caCertificate'))),
		notices: [],
	};
}

/** Longer than any, in characters: servers take no longer headers. */
const TOKEN_MAX_LENGTH = 8000;
const QUOTES_AROUND = /^["'`\u2018-\u201f\u00ab\u00bb]{1,3}|["'`\u2018-\u201f\u00ab\u00bb]{1,3}$/g;

/** The token without what is copied along with it: blanks, quotes, what no one sees, the word before it. */
function readToken(fields: Fields): string {
	const text = withoutInvisibleEnds(needed(fields, 'token'));
	if (text.length > TOKEN_MAX_LENGTH) {
		throw credentialFault('token', 'tooLong', { length: text.length, max: TOKEN_MAX_LENGTH });
	}
	const unquoted = withoutInvisibleEnds(text.replace(QUOTES_AROUND, ''));
	const token = withoutInvisibleEnds(unquoted.replace(/^Bearer(?:\s|$)/i, ''));
	if (token === '') throw credentialFault('token', 'empty');
	if (!/^[!-~]+$/.test(token)) throw credentialFault('token', 'foreignCharacters');
	return token;
}

/** @throws TipError `credential` when the field holds nothing but blanks */
function needed(fields: Fields, field: CredentialField): string {
	const text = textOf(fields, field);
	if (withoutInvisibleEnds(text) === '') throw credentialFault(field, 'empty');
	return text;
}

/** A field as text, to the last blank. An expression in it may come to anything. */
function textOf(fields: Fields, field: CredentialField): string {
	const value: unknown = fields[field] ?? '';
	const isNumber = typeof value === 'number' && Number.isSafeInteger(value);
	if (typeof value !== 'string' && !isNumber) {
		throw credentialFault(field, 'notText', { found: show(value) });
	}
	const text = String(value);
	if (!text.isWellFormed()) throw credentialFault(field, 'halfCharacter');
	return text;
}
