import type { TipAnswer } from '../values/answer';
import { TipError } from '../values/error';
import { plainPortalText } from './portalText';

/**
 * Takes `return_data` out of `{ status, status_msg, return_data }`, in which the answers about
 * publications come (tip-api.md 7). A status other than `ok` is a refusal, although HTTP says 200.
 *
 * @throws TipError `portal`: outcome `rejected` for a refusal, `accepted` for an answer of another form
 */
export function openEnvelope(answer: unknown, httpStatus: number): TipAnswer {
	const { status, status_msg, return_data } = asRecord(answer);
	if (typeof status !== 'string') throw unreadable("no 'status'", httpStatus);
	if (status.trim().toLowerCase() !== 'ok') {
		const said = typeof status_msg === 'string' ? plainPortalText(status_msg) : '';
		const named = plainPortalText(status);
		throw new TipError({
			code: 'portal.refused',
			kind: 'portal',
			outcome: 'rejected',
			status: httpStatus,
			errorId: named,
			...(said !== '' && { portalDescription: said }),
			message: `The portal refused the request (${said === '' ? `status '${named}'` : `${named}: ${said}`})`,
			advice:
				"Check the fields against the portal's own words in brackets, and that your licence covers the reports asked for.",
		});
	}
	if (return_data === undefined || return_data === null) {
		throw unreadable("no 'return_data'", httpStatus);
	}
	return typeof return_data === 'object' && !Array.isArray(return_data)
		? (return_data as TipAnswer)
		: { data: return_data };
}

/** An answer that lacks what every source says is in it. */
export function unreadable(lack: string, status?: number): TipError {
	return new TipError({
		code: 'portal.unreadable',
		kind: 'portal',
		outcome: 'accepted',
		...(status !== undefined && { status }),
		message: `The portal answered in another form than is known: there is ${lack} in it`,
		advice:
			"Check 'Base URL' in the credential. If it is right, the portal has changed: look for a newer version of this node.",
	});
}

function asRecord(value: unknown): Record<string, unknown> {
	return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
