import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { asOneText } from '../messages';
import type { CredentialName } from './authentication';
import { readSignIn } from './login';

/**
 * A request of n8n's own helper with a login on it, for the HTTP Request node and any other call
 * that reuses a credential. Redirects are off, since they would hand the login to another address.
 *
 * A new object is returned: n8n shows the one it passed in to the user.
 *
 * @param name the type of the credential
 * @throws Error with one sentence on what to fix; n8n shows it as it is
 */
export function signRequest(
	requestOptions: IHttpRequestOptions,
	credentials: ICredentialDataDecryptedObject,
	name: CredentialName,
): IHttpRequestOptions {
	try {
		const { header, authorization, tlsOptions } = readSignIn(credentials, name).login;
		return {
			...requestOptions,
			headers: { ...requestOptions.headers, [header]: authorization },
			agentOptions: { ...requestOptions.agentOptions, ...tlsOptions },
			disableFollowRedirect: true,
			maxRedirects: 0,
			sendCredentialsOnCrossOriginRedirect: false,
			// Names of the same settings in the older helper, which the HTTP Request node uses.
			...{ followRedirect: false, followAllRedirects: false },
		};
	} catch (error) {
		throw error instanceof TipError ? new Error(asOneText(error)) : error;
	}
}
