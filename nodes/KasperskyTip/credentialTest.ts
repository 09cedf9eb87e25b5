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
	try {
		await requestChannels(this, credential.data ?? {});
		return { status: 'OK', message: 'Connection tested successfully' };
	} catch (thrown) {
		const error = thrown instanceof TipError ? thrown : undefined;
		return {
			status: 'Error',
			message: error
				? `${error.message}. ${error.advice}`
				: 'The portal could not be reached, for a reason this node does not know. Try the same certificate with curl from the machine n8n runs on.',
		};
	}
}

async function requestChannels(
	context: ICredentialTestFunctions,
	data: NonNullable<ICredentialsDecrypted['data']>,
): Promise<void> {
	const { baseUrl, username, password } = readAccount(data);
	const base = parseBaseUrl(baseUrl);
	const { tlsOptions } = readIdentity(data);
	const request = listRequest(CHANNEL_LIST_PATH);
	const authorization = basicAuthorization(username, password);

	let response: FullResponse;
	try {
		// The test context has no other helper.
		// eslint-disable-next-line @n8n/community-nodes/no-deprecated-workflow-functions
		response = (await context.helpers.request({
			method: request.method,
			uri: `${base.origin}${base.pathPrefix}${request.path}`,
			headers: { accept: 'application/json', authorization, 'user-agent': USER_AGENT },
			agentOptions: tlsOptions,
			followRedirect: false,
			followAllRedirects: false,
			simple: false,
			resolveWithFullResponse: true,
			timeout: TEST_TIMEOUT_MS,
		})) as FullResponse;
	} catch (thrown) {
		for (const reason of chainOf(thrown)) {
			const known = describeConnectionError(reason, {
				host: base.host,
				timeoutMs: TEST_TIMEOUT_MS,
				safe: true,
			});
			if (known) throw known;
		}
		throw thrown;
	}
	if (response.statusCode >= 200 && response.statusCode < 300) return;
	const { body } = response;
	throw portalError(
		{
			status: response.statusCode,
			headers: response.headers,
			body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? '')),
		},
		request,
		[password, authorization, authorization.slice('Basic '.length)],
	);
}

/** An error and what it wraps: n8n's helper hides the socket's error at different depths. */
function chainOf(thrown: unknown): unknown[] {
	const chain: unknown[] = [];
	for (let error = thrown; error instanceof Error && chain.length < 6; ) {
		chain.push(error);
		error = (error as { cause?: unknown; error?: unknown }).cause ?? (error as { error?: unknown }).error;
	}
	return chain;
}
