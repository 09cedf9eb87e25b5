import { TipError, type Outcome } from '../values/error';
import type { ExchangeAnswer } from '../connection/exchange';
import type { LoginKind } from '../identity/login';
import type { TipRequest } from '../values/request';
import type { Redactor } from '../values/secret';
import { plainPortalText } from './portalText';

/** What the portal said of a refusal: two strings, `error` and `description` (tip-api.md 3.6). */
export interface PortalRefusal {
	errorId?: string;
	description?: string;
}

interface Explanation {
	code: string;
	message: string;
	advice: string;
	kind?: 'credential' | 'portal';
	retryable?: boolean;
	outcome?: Outcome;
}

/**
 * Any answer other than 2xx as an error: what happened, what to do, whether a repeat is safe.
 * Statuses and meanings: tip-api.md 2.4 and 3.6.
 *
 * @param redactor masks secrets, should the portal quote them back
 * @param now for `Retry-After` given as a date
 * @param login how the request was signed in
 */
export function portalError(
	answer: ExchangeAnswer,
	request: TipRequest,
	redactor: Redactor,
	now = Date.now(),
	login: LoginKind = 'certificate',
): TipError {
	const refusal = readRefusal(answer.body, redactor);
	const explanation = explain(answer, request, refusal, login);
	return new TipError({
		kind: explanation.kind ?? 'portal',
		code: explanation.code,
		message: explanation.message,
		advice: request.advice?.[answer.status] ?? explanation.advice,
		outcome: explanation.outcome ?? 'rejected',
		retryable: explanation.retryable ?? false,
		retryAfterMs: readRetryAfter(answer.headers['retry-after'], now),
		status: answer.status,
		errorId: refusal.errorId,
		portalDescription: refusal.description,
	});
}

function explain(
	{ status, headers }: ExchangeAnswer,
	request: TipRequest,
	refusal: PortalRefusal,
	login: LoginKind,
): Explanation {
	const said = [refusal.errorId, refusal.description].filter(Boolean).join(': ');
	const quoted = said === '' ? '' : ` (${said.replace(/\.$/, '')})`;

	if (login === 'token' && (status === 401 || status === 403)) return explainToken(status, quoted);
	switch (status) {
		case 400:
			return {
				code: 'portal.badRequest',
				message: `The portal did not accept the parameters (400)${quoted}`,
				advice: badRequestAdvice(request),
			};
		case 401:
			return {
				code: 'portal.unauthorized',
				kind: 'credential',
				message: `The portal did not accept the user name and password (401)${quoted}`,
				advice:
					"Check 'Username' and 'Password' in the credential. A new account must first accept the Terms and Conditions: sign in to the portal in a browser once.",
			};
		case 403:
			return {
				code: 'portal.forbidden',
				kind: 'credential',
				message: `The portal does not allow this account to make the request (403)${quoted}`,
				advice:
					'Sandbox and TAE need the client certificate of the account (API tokens do not work for them), an account of type FULL or API, and a licence for the service. Ask your Kaspersky Technical Account Manager which of these is missing.',
			};
		case 404:
			return explainNotFound(request, quoted);
		case 408:
			// A gateway that gave up may have handed the request on; only a safe one is sent again.
			return {
				code: 'portal.requestTimeout',
				outcome: request.safe ? 'rejected' : 'unknown',
				message: `The portal did not receive the request in time (408)${quoted}`,
				advice: request.safe
					? 'Run it again.'
					: 'It is not repeated on its own. Look the task up in the portal before you run it again.',
				retryable: request.safe,
			};
		case 413:
		case 414:
		case 431:
			return {
				code: 'portal.tooLarge',
				message: `The request is too long for the portal (${status})${quoted}`,
				advice: "Shorten the web address ('URL') or the command line.",
			};
		case 429:
			return {
				code: 'portal.tooManyRequests',
				message: `The portal is receiving too many requests (429)${quoted}`,
				advice: "Lower 'Concurrency' or set 'Requests per Minute' in 'Options', then run it again.",
				retryable: true,
			};
		case 451:
			return {
				code: 'portal.legal',
				message: `The portal does not serve this request for legal reasons (451)${quoted}`,
				advice:
					'The vendor gives no further explanation. Ask your Kaspersky Technical Account Manager; running it again does not help.',
			};
		case 503:
			return {
				code: 'portal.unavailable',
				message: `The portal is not available at the moment (503)${quoted}`,
				advice: 'Run it again later.',
				retryable: true,
			};
	}
	if (status >= 300 && status < 400) {
		return {
			code: 'portal.redirect',
			kind: 'credential',
			message: `The portal answered with a redirect (${status})${hostOf(headers.location)}, which is never followed`,
			advice:
				"Following it would hand the login to another address. Correct 'Base URL' in the credential.",
		};
	}
	if (status >= 500) {
		return {
			code: 'portal.serverFault',
			message: `The portal answered ${status}${quoted}${request.safe ? '' : '; whether it started the rescan is unknown'}`,
			advice: request.safe
				? 'Run it again later.'
				: 'It is not repeated on its own. Look the task up in the portal before you run it again.',
			outcome: request.safe ? 'rejected' : 'unknown',
			retryable: request.safe && (status === 502 || status === 504),
		};
	}
	return {
		code: 'portal.unexpected',
		message: `The portal answered ${status}, which its help does not describe${quoted}`,
		advice: 'Look the task up in the portal, and report the status with the time of the request.',
	};
}

/** A token is refused for reasons of its own (tip-api.md 2.1, 2.2 and 2.4). */
function explainToken(status: 401 | 403, quoted: string): Explanation {
	return status === 401
		? {
				code: 'portal.unauthorized',
				kind: 'credential',
				message: `The portal did not accept the API token (401)${quoted}`,
				advice:
					"Check 'Token' in the credential. A token is valid for a year at most, and requesting a new one ends the one before. A new account must first accept the Terms and Conditions: sign in to the portal in a browser once.",
			}
		: {
				code: 'portal.forbidden',
				kind: 'credential',
				message: `The portal does not allow this API token to make the request (403)${quoted}`,
				advice:
					"A token opens Threat Lookup only, when the organisation allows tokens and has a licence for it. Ask your Kaspersky Technical Account Manager, or use the client certificate ('Authentication').",
			};
}

/** "Specified task failed or hung. Run the query again later" (tip-api.md 3.6). */
function explainNotFound({ taskId, method }: TipRequest, quoted: string): Explanation {
	if (taskId === undefined) {
		return {
			code: 'portal.notFound',
			message: `The portal has nothing at this address (404)${quoted}`,
			advice: "Check 'Base URL' in the credential.",
		};
	}
	if (method === 'DELETE') {
		return {
			code: 'portal.taskNotFound',
			message: `The portal can't delete task '${taskId}' (404): it failed, hung, or is not known${quoted}`,
			advice: "Check 'Task ID' and 'Task Source'. The task may be gone already.",
		};
	}
	return {
		code: 'portal.notReady',
		message: `The portal can't run task '${taskId}' again (404): it failed, hung, or is not known${quoted}`,
		advice:
			"Wait and run it again later; if it stays so, check 'Task ID', 'Task Source', and that the task is one of this engine.",
		retryable: true,
	};
}

function badRequestAdvice(request: TipRequest): string {
	const advice =
		"Correct the field the portal names. Values of 'Channel' and 'Execution Environment' are case-sensitive: pick them from the list.";
	const isDownload = request.method === 'PUT' && request.path.includes('/file_from_url/');
	if (!isDownload || request.query.some(([name]) => name === 'url')) return advice;
	return `${advice} No 'URL' was sent: the vendor's help page calls it required, although its own example leaves it out. If the portal asks for it, add 'URL'.`;
}

function readRefusal(body: Buffer, redactor: Redactor): PortalRefusal {
	const text = body
		.subarray(0, 64 * 1024)
		.toString('utf8')
		.trim();
	if (text === '') return {};
	try {
		const parsed: unknown = JSON.parse(text);
		if (parsed !== null && typeof parsed === 'object') {
			const { error, description } = parsed as Record<string, unknown>;
			return {
				...(typeof error === 'string' && { errorId: clean(error, redactor) }),
				...(typeof description === 'string' && { description: clean(description, redactor) }),
			};
		}
	} catch {
		// Not JSON: a gateway's own page, perhaps.
	}
	// Markup says nothing to a reader of a message.
	return /^\s*</.test(text) ? {} : { description: clean(text, redactor) };
}

function clean(text: string, redactor: Redactor): string {
	return plainPortalText(redactor.text(text));
}

/** `Retry-After` as seconds or as a date (RFC 9110 10.2.3), in milliseconds from now. */
function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
	const value = Array.isArray(header) ? header[0] : header;
	if (value === undefined) return undefined;
	if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function hostOf(location: string | string[] | undefined): string {
	const value = Array.isArray(location) ? location[0] : location;
	if (value === undefined || !URL.canParse(value)) return '';
	return ` to ${new URL(value).host}`;
}
