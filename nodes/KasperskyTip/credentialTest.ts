import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { basicAuthorization } from '../../tip/authorization';
import { parseBaseUrl } from '../../tip/client';
import { TipError } from '../../tip/errors';
import { describeConnectionError } from '../../tip/networkErrors';
import { portalError } from '../../tip/portalErrors';
import { CHANNEL_LIST_PATH, listRequest } from '../../tip/requests';
import { readAccount, readIdentity } from './account';
import { USER_AGENT } from './connection';

const TEST_TIMEOUT_MS = 20_000;

/** The part of a legacy full response that is read here. */
interface FullResponse {
	statusCode: number;
	headers: Record<string, string>;
	body: unknown;
}

/**
 * What the Test button of the credential does: asks the portal for its list of channels, which costs
 * nothing, and answers in our own sentences.
 *
 * It goes through the request helper of n8n's test context, the only way out of it that obeys the
 * instance's egress policy and proxies on every n8n version.
 */
export async function testKasperskyTipConnection(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const fault = await findFault(this, credential.data ?? {});
	return fault === undefined
		? { status: 'OK', message: 'Connection tested successfully' }
		: { status: 'Error', message: `${fault.message}. ${fault.advice}` };
}

/** Why the credential does not work, if it does not. */
async function findFault(
	context: ICredentialTestFunctions,
	data: NonNullable<ICredentialsDecrypted['data']>,
): Promise<TipError | undefined> {
	try {
		const { baseUrl, username, password } = readAccount(data);
		const base = parseBaseUrl(baseUrl);
		const { tlsOptions } = readIdentity(data);
		const request = listRequest(CHANNEL_LIST_PATH);
		const authorization = basicAuthorization(username, password);
		// The deprecated helper is the only one the test context has.
		const response = (await context.helpers
			.request({
				method: request.method,
				uri: `${base.origin}${base.pathPrefix}${request.path}`,
				headers: { accept: 'application/json', authorization, 'user-agent': USER_AGENT },
				agentOptions: tlsOptions,
				followRedirect: false,
				followAllRedirects: false,
				simple: false,
				resolveWithFullResponse: true,
				timeout: TEST_TIMEOUT_MS,
			})
			.catch((thrown: unknown) => connectionFault(thrown, base.host))) as FullResponse | TipError;

		if (response instanceof TipError) return response;
		if (response.statusCode >= 200 && response.statusCode < 300) return undefined;
		const { body } = response;
		return portalError(
			{
				status: response.statusCode,
				headers: response.headers,
				body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
			},
			request,
			[password, authorization, authorization.slice('Basic '.length)],
		);
	} catch (thrown) {
		return thrown instanceof TipError ? thrown : connectionFault(thrown, 'the portal');
	}
}

function connectionFault(thrown: unknown, host: string): TipError {
	for (const reason of chainOf(thrown)) {
		const known = describeConnectionError(reason, {
			host,
			timeoutMs: TEST_TIMEOUT_MS,
			safe: true,
		});
		if (known) return known;
	}
	return new TipError({
		code: 'network.other',
		kind: 'network',
		outcome: 'notSent',
		message: `${host} could not be reached`,
		advice: 'Try the same certificate with curl from the machine n8n runs on.',
	});
}

/** An error and what it wraps: n8n's helper hides the socket's error at different depths. */
function chainOf(thrown: unknown): unknown[] {
	const chain: unknown[] = [];
	for (let error = thrown; error instanceof Error && chain.length < 6;) {
		chain.push(error);
		error =
			(error as { cause?: unknown; error?: unknown }).cause ?? (error as { error?: unknown }).error;
	}
	return chain;
}
