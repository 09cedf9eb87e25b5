import type { ExchangeAnswer } from '../connection/exchange';
import type { LoginKind } from '../identity/login';
import type { Facts, TipError } from '../values/error';
import type { TipRequest } from '../values/request';
import type { AnswerMask, TextMask } from '../values/masking';
import { parseUrl } from '../values/url';
import { portalFault, type PortalCode } from './faults';
import {
	authorOf,
	isObjectOrNothing,
	readRefusal,
	type Author,
	type PortalRefusal,
} from './portalText';
import { LONGEST_RETRY_AFTER_MS } from './retry';
import { readRetryAfter } from './retryAfter';

/** What an answer is read with: whose it is, and what must not be shown of it. */
export interface Circumstances {
	/** Host of the portal, with the port when it is not 443. */
	host: string;
	/** Path in 'Base URL', in front of the API's own; empty when there is none. */
	pathPrefix?: string;
	/** How the request was signed in. */
	login: LoginKind;
	/** For what is shown of the portal's words, should it quote the request back. */
	mask: TextMask;
	/** For the answer that is handed on. */
	answerMask: AnswerMask;
	/** For `Retry-After` given as a date, in milliseconds since 1970. */
	now?: number;
}

/**
 * Any answer other than 2xx as an error: what it means for the request, and whether a repeat is safe.
 * Statuses and meanings: tip-api.md 2.4 and 3.6.
 *
 * A request that changes something counts as refused only by an answer that can't come from one who
 * handed it on: see {@link meaningOf}.
 */
export function portalError(
	{ status, headers, body }: ExchangeAnswer,
	request: TipRequest,
	{ host, pathPrefix = '', login, mask, now = Date.now() }: Circumstances,
): TipError {
	const refusal = readRefusal(body, mask);
	const author = authorOf(body);
	const retryAfterMs = readRetryAfter(headers['retry-after'], now);
	const { code, mayBeDone = false, retryable } = meaningOf(status, request, author, login);
	return portalFault(code, {
		outcome: mayBeDone && !request.safe ? 'unknown' : 'rejected',
		...(retryable !== undefined && { retryable }),
		status,
		retryAfterMs,
		errorId: refusal.errorId,
		portalDescription: refusal.description,
		facts: {
			about: request.about,
			safe: request.safe,
			taskId: request.taskId,
			host,
			basePath: pathPrefix,
			login,
			status,
			isPortalsOwn: login === 'openTip' ? isObjectOrNothing(body) : author !== 'other',
			redirectsTo: status >= 300 && status < 400 ? hostOf(headers.location) : undefined,
			...(status === 400 && hintsFor(request, refusal)),
			...(retryAfterMs !== undefined &&
				retryAfterMs > LONGEST_RETRY_AFTER_MS && {
					waitMinutes: Math.ceil(retryAfterMs / 60_000),
				}),
			mayBeDone,
		},
	});
}

interface Meaning {
	code: PortalCode;
	/** Whether the portal, or who stands before it, may send this although the request was done. */
	mayBeDone?: boolean;
	retryable?: boolean;
}

const BY_STATUS: Readonly<Record<number, PortalCode>> = {
	400: 'portal.badRequest',
	401: 'portal.unauthorized',
	403: 'portal.forbidden',
	413: 'portal.tooLarge',
	414: 'portal.tooLarge',
	429: 'portal.tooManyRequests',
	431: 'portal.tooLarge',
	451: 'portal.legal',
};

/**
 * - 403 of OpenTIP is about the quota and not about a permission (opentip-api.md 6).
 * - 408: a gateway that gave up may have handed the request on.
 * - 503: gateways and caches send it too, after they have handed the request on, and `Retry-After`
 *   with it. Only in the portal's own words is it a refusal.
 * - 307 and 308 ask for the same request to be sent elsewhere, so whoever sends them has not done it.
 *   303 means "done, see there"; 302 and 301 are what older servers send in its place (RFC 9110
 *   15.4.3 keeps that), and the others are no answers to a request that changes something.
 */
function meaningOf(
	status: number,
	{ safe, method, taskId }: TipRequest,
	author: Author,
	login: LoginKind,
): Meaning {
	if (status === 403 && login === 'openTip') return { code: 'portal.quotaUsedUp' };
	const known = BY_STATUS[status];
	if (known !== undefined) return { code: known };
	if (status >= 300 && status < 400) {
		return { code: 'portal.redirect', mayBeDone: status !== 307 && status !== 308 };
	}
	if (status === 404) {
		// A page of a gateway, or of a wrong address, says nothing of the task.
		if (taskId === undefined || author === 'other') return { code: 'portal.notFound' };
		return { code: method === 'DELETE' ? 'portal.taskNotFound' : 'portal.notReady' };
	}
	if (status === 408) return { code: 'portal.requestTimeout', mayBeDone: true, retryable: safe };
	if (status === 503 && (safe || author === 'portal')) {
		return { code: 'portal.unavailable', mayBeDone: author !== 'portal' };
	}
	if (status >= 500) {
		const retryable = safe && (status === 502 || status === 504);
		return { code: 'portal.serverFault', mayBeDone: true, retryable };
	}
	return { code: 'portal.unexpected' };
}

/** What may help with a 400, by what was sent and what the portal said of it. */
function hintsFor({ about, path, query }: TipRequest, refusal: PortalRefusal): Facts {
	const sent = query.map(([name]) => name);
	const isDownload = about === 'rescan' && path.includes('/file_from_url/');
	return {
		hasListValues: sent.includes('channel') || sent.includes('exec_env'),
		lacksUrl: isDownload && !sent.includes('url') && !namesAnother(refusal, sent),
	};
}

/**
 * Whether the portal names a parameter that is not `url`: one that was sent, or any word with an
 * underscore, as nearly all of its parameters are.
 */
function namesAnother({ errorId = '', description = '' }: PortalRefusal, sent: string[]): boolean {
	const words = `${errorId} ${description}`.split(/[^\w]+/);
	if (words.includes('url')) return false;
	if (errorId !== '' && !errorId.startsWith('invalid-param')) return true;
	return words.some((word) => sent.includes(word) || /^[a-z]+_[a-z_]+$/.test(word));
}

function hostOf(location: string | string[] | undefined): string | undefined {
	const value = Array.isArray(location) ? location[0] : location;
	return value === undefined ? undefined : parseUrl(value)?.host;
}
