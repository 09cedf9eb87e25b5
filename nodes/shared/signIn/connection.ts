import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { version } from '../../../package.json';
import { TipClient } from '../../../tip/portal/client';
import type { EgressPolicy } from '../../../tip/connection/egress';
import { CREDENTIAL_NAME, type CredentialName } from './authentication';
import { readSignIn } from './login';

/** What portals see as `User-Agent`. */
export const USER_AGENT = `n8n-nodes-kaspersky-tip/${version}`;

/** A helper bag of any n8n context; older versions have no egress policy. */
interface Helpers {
	getSecureEgressFilter?: () => unknown;
}

export interface Connection {
	client: TipClient;
	/** What the user should know although all is well, such as a certificate that ends soon. */
	notices: string[];
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
	const { baseUrl, login, notices } = readSignIn(credentials, name);
	const client = new TipClient({
		baseUrl,
		login,
		userAgent: USER_AGENT,
		egress: helpers.getSecureEgressFilter?.() as EgressPolicy | undefined,
	});
	await client.open();
	return { client, notices };
}
