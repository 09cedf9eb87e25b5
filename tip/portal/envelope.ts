import type { TipAnswer } from '../values/answer';
import type { Facts, TipError } from '../values/error';
import { TextMask } from '../values/masking';
import { portalFault } from './faults';
import { shownPortalText } from './portalText';

/**
 * Takes `return_data` out of `{ status, status_msg, return_data }`, in which the answers about
 * publications come (tip-api.md 7). A status other than `ok` is a refusal, although HTTP says 200.
 *
 * @param facts what a sentence about the request is made with
 * @param mask for the words of a refusal, which are shown
 * @throws TipError `portal`: outcome `rejected` for a refusal, `accepted` for an answer of another form
 */
export function openEnvelope(
	answer: unknown,
	httpStatus: number,
	facts: Facts = {},
	mask = new TextMask([]),
): TipAnswer {
	const { status, status_msg, return_data } = asRecord(answer);
	if (typeof status !== 'string') throw unreadable("no 'status'", httpStatus, facts);
	if (status.trim().toLowerCase() !== 'ok') {
		const said = typeof status_msg === 'string' ? shownPortalText(status_msg, mask) : '';
		throw portalFault('portal.refused', {
			status: httpStatus,
			errorId: shownPortalText(status, mask),
			...(said !== '' && { portalDescription: said }),
			facts,
		});
	}
	if (return_data === undefined || return_data === null) {
		throw unreadable("no 'return_data'", httpStatus, facts);
	}
	return typeof return_data === 'object' && !Array.isArray(return_data)
		? (return_data as TipAnswer)
		: { data: return_data };
}

/**
 * An answer that lacks what every source says is in it.
 *
 * @param lack such as `no 'status'`
 */
export function unreadable(lack: string, status?: number, facts: Facts = {}): TipError {
	return portalFault('portal.unreadable', {
		...(status !== undefined && { status }),
		facts: { found: 'object', ...facts, lack },
	});
}

function asRecord(value: unknown): Record<string, unknown> {
	return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
