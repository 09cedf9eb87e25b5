import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { asOneText } from '../messages';
import type { CredentialName } from './authentication';
import { readSignIn } from './login';
import { checkOwnAddress } from './ownAddress';

/**
 * A request of n8n's own helper with a login on it, for the HTTP Request node and any other call
 * that reuses a credential.
 *
 * The login goes to the portal of 'Base URL' and to nobody else: another address is refused, redirects
 * are off, and the server is verified whatever the request, n8n's settings or the environment say. Of
 * the request's own TLS options nothing is taken over for the same reason.
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
		const { portal, login } = readSignIn(credentials, name);
		checkOwnAddress(requestOptions, portal);
		const options = { ...requestOptions };
		// It would take the place of the header.
		delete options.auth;
		return {
			...options,
			headers: {
				...without(['authorization', login.header], requestOptions.headers),
				[login.header]: login.authorization,
			},
			agentOptions: verified(login.tlsOptions),
			skipSslCertificateValidation: false,
			disableFollowRedirect: true,
			maxRedirects: 0,
			sendCredentialsOnCrossOriginRedirect: false,
			// Names of the same settings in the older helper, which the HTTP Request node uses.
			...{ followRedirect: false, followAllRedirects: false },
			...('rejectUnauthorized' in requestOptions && { rejectUnauthorized: true }),
		};
	} catch (error) {
		throw error instanceof TipError ? new Error(asOneText(error)) : error;
	}
}

/**
 * TLS options of a connection that shows a login: the server has to prove who it is. Without it said,
 * NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would let anybody be the portal.
 */
export function verified<Options extends object>(tlsOptions: Options) {
	return { ...tlsOptions, rejectUnauthorized: true };
}

function without(names: string[], headers: IHttpRequestOptions['headers'] = {}) {
	return Object.fromEntries(
		Object.entries(headers).filter(([header]) => !names.includes(header.toLowerCase())),
	);
}
