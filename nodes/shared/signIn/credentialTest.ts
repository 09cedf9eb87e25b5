import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { describeConnectionError } from '../../../tip/connection/failures';
import { connectionFault } from '../../../tip/connection/faults';
import { portalError } from '../../../tip/portal/refusals';
import { Redactor } from '../../../tip/values/secret';
import { CHECK_REQUEST } from '../../../tip/lookup/request';
import { OPENTIP_CHECK_REQUEST } from '../../../tip/openTip/search';
import { choicesRequest } from '../../../tip/tasks/requests';
import { requestTarget, type TipRequest } from '../../../tip/values/request';
import { asOneText } from '../messages';
import {
	CREDENTIAL_NAME,
	OPENTIP_CREDENTIAL_NAME,
	TOKEN_CREDENTIAL_NAME,
	type CredentialName,
} from './authentication';
import { USER_AGENT } from './connection';
import { readSignIn } from './login';
import { verified } from './signRequest';

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
 */
export async function testKasperskyTipConnection(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await test(this, credential, CREDENTIAL_NAME, choicesRequest('channels'));
}

/**
 * The same for a token, which opens lookups only: the smallest of them, as the vendor's own app does
 * it (tip-api.md 6). That it counts as one lookup of the day is inferred.
 */
export async function testKasperskyTipToken(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await test(this, credential, TOKEN_CREDENTIAL_NAME, CHECK_REQUEST);
}

/**
 * The same for a token of OpenTIP, which has no question that costs nothing (opentip-api.md 2): this
 * one probably counts as a request of the day.
 */
export async function testKasperskyOpenTip(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await test(this, credential, OPENTIP_CREDENTIAL_NAME, OPENTIP_CHECK_REQUEST);
}

/**
 * Sends one request and says what came of it.
 *
 * It goes through the request helper of n8n's test context, the only way out of it that obeys the
 * instance's egress policy and proxies on every n8n version.
 */
async function test(
	context: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted,
	name: CredentialName,
	request: TipRequest,
): Promise<INodeCredentialTestResult> {
	const fault = await findFault(context, data, name, request);
	return fault === undefined
		? { status: 'OK', message: 'Connection tested successfully' }
		: { status: 'Error', message: asOneText(fault) };
}

/** Why the credential does not work, if it does not. */
async function findFault(
	context: ICredentialTestFunctions,
	data: NonNullable<ICredentialsDecrypted['data']>,
	name: CredentialName,
	request: TipRequest,
): Promise<TipError | undefined> {
	try {
		const { portal: base, login } = readSignIn(data, name);
		const { header, authorization, tlsOptions } = login;
		// The deprecated helper is the only one the test context has.
		const response = (await context.helpers
			.request({
				method: request.method,
				uri: `${base.origin}${base.pathPrefix}${requestTarget(request)}`,
				headers: {
					accept: 'application/json',
					[header]: authorization,
					'user-agent': USER_AGENT,
				},
				agentOptions: verified(tlsOptions),
				followRedirect: false,
				followAllRedirects: false,
				simple: false,
				resolveWithFullResponse: true,
				timeout: TEST_TIMEOUT_MS,
			})
			.catch((thrown: unknown) => unreached(thrown, base.host, request))) as
			FullResponse | TipError;

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
			{
				host: base.host,
				pathPrefix: base.pathPrefix,
				login: login.kind,
				redactor: new Redactor(login.secrets),
			},
		);
	} catch (thrown) {
		return thrown instanceof TipError ? thrown : unreached(thrown, 'the portal', request);
	}
}

function unreached(thrown: unknown, host: string, { safe, about }: TipRequest): TipError {
	for (const reason of chainOf(thrown)) {
		const known = describeConnectionError(reason, {
			host,
			timeoutMs: TEST_TIMEOUT_MS,
			safe,
			about,
		});
		if (known) return known;
	}
	return connectionFault('network.other', { facts: { host } });
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
