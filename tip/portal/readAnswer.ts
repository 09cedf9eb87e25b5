import { TipError } from '../values/error';
import type { ExchangeAnswer } from '../connection/exchange';
import type { TipAnswer } from '../values/answer';
import type { TipRequest } from '../values/request';
import type { Redactor } from '../values/secret';
import { openEnvelope } from './envelope';

/** Longest piece of an unreadable answer shown in a message, in characters. */
const EXCERPT_LENGTH = 120;

/**
 * Reads the body of a 2xx answer. Its shape is unknown (tip-api.md 3.6), so it is passed through: an
 * object as it is, anything else under `data`, an empty body as `{ success, task_id }`. Only what
 * comes in an envelope is taken out of it.
 *
 * @param redactor masks secrets, should the portal quote them back
 * @throws TipError `portal`, outcome `accepted`, when the body claims to be JSON and is not; `rejected`
 * when the envelope holds a refusal
 */
export function readAnswer(
	answer: ExchangeAnswer,
	request: TipRequest,
	redactor: Redactor,
): TipAnswer {
	const text = answer.body.toString('utf8').replace(/^\uFEFF/, '');
	if (text.trim() === '' && request.enveloped !== true) {
		return {
			success: true,
			...(request.taskId !== undefined && { task_id: request.taskId }),
		};
	}
	const value = redactor.deep(parse(text, answer, request, redactor));
	if (request.enveloped === true) return openEnvelope(value, answer.status);
	return value !== null && typeof value === 'object' && !Array.isArray(value)
		? (value as TipAnswer)
		: { data: value };
}

function parse(
	text: string,
	answer: ExchangeAnswer,
	request: TipRequest,
	redactor: Redactor,
): unknown {
	try {
		return JSON.parse(text);
	} catch {
		const claimsJson =
			/\bjson\b/i.test(String(answer.headers['content-type'] ?? '')) || /^\s*[[{]/.test(text);
		if (!claimsJson) return text;
	}
	const excerpt = redactor
		.text(text)
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.slice(0, EXCERPT_LENGTH);
	throw new TipError({
		code: 'portal.unreadable',
		kind: 'portal',
		status: answer.status,
		outcome: 'accepted',
		message: `The portal accepted the request (${answer.status}), but its answer can't be read as JSON`,
		advice: `${request.safe ? 'Run it again.' : 'The rescan was accepted; do not send it again.'} The answer begins: ${excerpt}`,
	});
}
