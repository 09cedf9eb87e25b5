import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { describeConnectionError } from '../../../tip/connection/failures';
import { connectionFault } from '../../../tip/connection/faults';
import { readAnswer } from '../../../tip/portal/readAnswer';
import { portalError, type Circumstances } from '../../../tip/portal/refusals';
import { AnswerMask, TextMask } from '../../../tip/values/masking';
import { CHECK_REQUEST } from '../../../tip/lookup/request';
import { OPENTIP_CHECK_REQUEST } from '../../../tip/openTip/search';
import { readChoices } from '../../../tip/tasks/choices';
import { choicesRequest } from '../../../tip/tasks/requests';
import { requestTarget, type TipRequest } from '../../../tip/values/request';
import { asOneText } from '../messages';
import { SIGNED_IN, signedInWithoutSandbox, SWITCH_IGNORED } from '../messages/notices';
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
	body?: unknown;
}

/** What the Sandbox lists for everybody who may use it: asking costs nothing. */
const CHANNELS: TipRequest = { ...choicesRequest('channels'), isAnswer: isChannelList };

/** How an account without a licence for the Sandbox may be told so. */
const NO_SANDBOX: readonly unknown[] = [403, 404, 405];

/**
 * What the Test button of the credential does: asks the portal for its list of channels, which costs
 * nothing, and answers in our own sentences. Where that is refused, it asks what an account that may
 * look up indicators can ask; that this counts as one lookup of the day is inferred (tip-api.md 6).
 */
export async function testKasperskyTipConnection(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const fault = await findFault(this, credential, CREDENTIAL_NAME, CHANNELS);
	if (fault === undefined || !NO_SANDBOX.includes(fault.status)) return resultOf(fault);
	const isLookup =
		(await findFault(this, credential, CREDENTIAL_NAME, CHECK_REQUEST)) === undefined;
	return isLookup ? resultOf(undefined, signedInWithoutSandbox(fault.status)) : resultOf(fault);
}

/**
 * The same for a token, which opens lookups only: the smallest of them, as the vendor's own app does
 * it (tip-api.md 6). That it counts as one lookup of the day is inferred.
 */
export async function testKasperskyTipToken(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return resultOf(await findFault(this, credential, TOKEN_CREDENTIAL_NAME, CHECK_REQUEST));
}

/**
 * The same for a token of OpenTIP, which has no question that costs nothing (opentip-api.md 2): this
 * one probably counts as a request of the day.
 */
export async function testKasperskyOpenTip(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return resultOf(
		await findFault(this, credential, OPENTIP_CREDENTIAL_NAME, OPENTIP_CHECK_REQUEST),
	);
}

function resultOf(fault: TipError | undefined, success = SIGNED_IN): INodeCredentialTestResult {
	if (fault !== undefined) return { status: 'Error', message: asOneText(fault) };
	const isSwitchedOff = process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0';
	return { status: 'OK', message: isSwitchedOff ? `${success}. ${SWITCH_IGNORED}` : success };
}

/**
 * Sends one request and says why the credential does not work, if it does not. Only the portal's own
 * answer counts, read as the nodes read it.
 *
 * It goes through the request helper of n8n's test context, the only way out of it that obeys the
 * instance's egress policy and proxies on every n8n version.
 */
async function findFault(
	context: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted,
	name: CredentialName,
	request: TipRequest,
): Promise<TipError | undefined> {
	try {
		const { portal, login } = readSignIn(data, name);
		const { header, authorization, tlsOptions } = login;
		// The deprecated helper is the only one the test context has.
		const response = (await context.helpers
			.request({
				method: request.method,
				uri: `${portal.origin}${portal.pathPrefix}${requestTarget(request)}`,
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
			.catch((thrown: unknown) => {
				throw unreached(thrown, portal.host, request);
			})) as FullResponse;

		const answer = {
			status: response.statusCode,
			headers: response.headers,
			body: bytesOf(response.body),
		};
		const around: Circumstances = {
			host: portal.host,
			pathPrefix: portal.pathPrefix,
			login: login.kind,
			mask: new TextMask(login.secrets),
			answerMask: new AnswerMask(login.secrets),
		};
		if (answer.status < 200 || answer.status >= 300) return portalError(answer, request, around);
		await readAnswer(answer, request, around);
		return undefined;
	} catch (thrown) {
		return thrown instanceof TipError ? thrown : unreached(thrown, 'the portal', request);
	}
}

/** The older helper hands out a text, nothing for an empty one, and a value where it read JSON itself. */
function bytesOf(body: unknown): Buffer {
	if (body === undefined || body === null) return Buffer.alloc(0);
	return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function isChannelList(value: unknown): boolean {
	try {
		readChoices(value, 'channels');
		return true;
	} catch {
		return false;
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
