import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { version } from '../../package.json';
import { TipClient } from '../../tip/client';
import type { EgressPolicy } from '../../tip/egress';
import type { TlsIdentity } from '../../tip/identity';
import { certificateLogin } from '../../tip/login';
import { readAccount, readIdentity } from './account';

export const CREDENTIAL_NAME = 'kasperskyTipApi';

/** What portals see as `User-Agent`. */
export const USER_AGENT = `n8n-nodes-kaspersky-tip/${version}`;

/** A helper bag of any n8n context; older versions have no egress policy. */
interface Helpers {
	getSecureEgressFilter?: () => unknown;
}

export interface Connection {
	client: TipClient;
	identity: TlsIdentity;
}

/**
 * A client for the portal the credential names, under the instance's egress policy.
 *
 * @throws TipError `credential` or `network`; nothing has been sent then
 */
export async function openConnection(
	credentials: ICredentialDataDecryptedObject,
	helpers: Helpers,
): Promise<Connection> {
	const { baseUrl, username, password } = readAccount(credentials);
	const identity = readIdentity(credentials);
	const client = new TipClient({
		baseUrl,
		login: certificateLogin(username, password, identity),
		userAgent: USER_AGENT,
		egress: helpers.getSecureEgressFilter?.() as EgressPolicy | undefined,
	});
	await client.open();
	return { client, identity };
}
