import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { version } from '../../../package.json';
import { TipClient } from '../../../tip/portal/client';
import type { EgressPolicy } from '../../../tip/connection/egress';
import type { TlsIdentity } from '../../../tip/identity/certificate';
import { certificateLogin, tokenLogin, type PortalLogin } from '../../../tip/identity/login';
import { readAccount, readIdentity, readTokenAccount, readTrust } from './account';
import { CREDENTIAL_NAME, TOKEN_CREDENTIAL_NAME, type CredentialName } from './authentication';

/** What portals see as `User-Agent`. */
export const USER_AGENT = `n8n-nodes-kaspersky-tip/${version}`;

/** A helper bag of any n8n context; older versions have no egress policy. */
interface Helpers {
	getSecureEgressFilter?: () => unknown;
}

export interface Connection {
	client: TipClient;
	/** Undefined for a token, which needs no client certificate. */
	identity?: TlsIdentity;
}

/**
 * A client for the portal the credential names, under the instance's egress policy.
 *
 * @param name the type of the credential
 * @throws TipError `credential` or `network`; nothing has been sent then
 */
export async function openConnection(
	credentials: ICredentialDataDecryptedObject,
	helpers: Helpers,
	name: CredentialName = CREDENTIAL_NAME,
): Promise<Connection> {
	const { baseUrl, login, identity } = readLogin(credentials, name);
	const client = new TipClient({
		baseUrl,
		login,
		userAgent: USER_AGENT,
		egress: helpers.getSecureEgressFilter?.() as EgressPolicy | undefined,
	});
	await client.open();
	return { client, identity };
}

/** @throws TipError `credential`, naming the field */
export function readLogin(
	credentials: ICredentialDataDecryptedObject,
	name: CredentialName,
): { baseUrl: string; login: PortalLogin; identity?: TlsIdentity } {
	if (name === TOKEN_CREDENTIAL_NAME) {
		const { baseUrl, token } = readTokenAccount(credentials);
		return { baseUrl, login: tokenLogin(token, readTrust(credentials)) };
	}
	const { baseUrl, username, password } = readAccount(credentials);
	const identity = readIdentity(credentials);
	return { baseUrl, login: certificateLogin(username, password, identity), identity };
}
