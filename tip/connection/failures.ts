import { codeOf, type Facts, type Outcome, type TipError } from '../values/error';
import type { Topic } from '../values/request';
import { AnswerTooLarge, PackedAnswer } from './decode';
import { ExchangeFailure, MAX_WAIT_MS } from './exchange';
import { connectionFault, type ConnectionCode } from './faults';
import { faultOfReason, isClientCertificateAlert } from './reasons';
import { ConnectFailure } from './socket';
import { ProxyRefusal } from './tunnel';

export interface NetworkContext {
	/** Host and port of the portal, as messages name it. */
	host: string;
	timeoutMs: number;
	/** Largest answer taken, in bytes. */
	maxBytes?: number;
	/** Whether a second run of the request would change nothing. */
	safe: boolean;
	about: Topic;
}

/** Whatever broke an exchange off, as the one error of this room. */
export function networkError(failure: unknown, context: NetworkContext): TipError {
	const broken =
		failure instanceof ExchangeFailure
			? failure
			: new ExchangeFailure('failed', false, undefined, asError(failure));
	const { reason } = broken;
	if (broken.end !== 'failed' || reason === undefined) return brokenExchange(broken, context);

	if (reason instanceof ConnectFailure) return connectFault(reason, context);
	if (broken.status === undefined && isClientCertificateAlert(reason)) {
		// The handshake was refused, so nothing written after it was read.
		return faultOfReason(reason, factsOf(context))!;
	}
	return brokenExchange(broken, context);
}

/**
 * What a TLS, socket or name resolution error means, by its code. For callers that get raw errors
 * from a client other than ours, such as n8n's request helper.
 */
export function describeConnectionError(
	reason: unknown,
	context: NetworkContext,
): TipError | undefined {
	const error = asError(reason);
	if (error.name.startsWith('Ssrf')) return egressError(context.host);
	return faultOfReason(error, factsOf(context));
}

/** The instance's own policy forbids the address (n8n's SSRF protection). */
export function egressError(host: string): TipError {
	return connectionFault('egress.blocked', { facts: { host } });
}

/** Behind a proxy only the proxy resolves names, so the policy can't be held where we can't. */
export function unresolvedForProxy(host: string): TipError {
	return connectionFault('egress.unresolved', { facts: { host } });
}

function brokenExchange(broken: ExchangeFailure, context: NetworkContext): TipError {
	const outcome: Outcome = broken.written ? 'unknown' : 'notSent';
	const code = codeOfEnd(broken);
	const isRepeatedWhenSafe = code === 'network.timeout' || code === 'network.brokenOff';
	return connectionFault(code, {
		outcome,
		facts: { ...factsOf(context), status: broken.status },
		...(isRepeatedWhenSafe && { retryable: context.safe }),
		...(broken.reason &&
			!(broken.reason instanceof AnswerTooLarge) && { detail: codeOf(broken.reason) }),
	});
}

function codeOfEnd({ end, written, reason }: ExchangeFailure): ConnectionCode {
	if (end === 'cancelled') return 'cancelled';
	if (end === 'waited') return 'network.timeoutUnsent';
	if (end === 'timeout') return 'network.timeout';
	if (reason instanceof AnswerTooLarge) return 'network.answerTooLarge';
	if (reason instanceof PackedAnswer) return 'network.packed';
	if (reason?.name === 'HTTPParserError') return 'network.notHttp';
	return written ? 'network.brokenOff' : 'network.unsent';
}

function connectFault(failure: ConnectFailure, context: NetworkContext): TipError {
	const { reason, party, issuer } = failure;
	const detail = codeOf(reason);
	const facts = factsOf(context);
	if (reason.name.startsWith('Ssrf')) return egressError(context.host);
	if (reason instanceof ProxyRefusal) {
		const { status } = reason;
		return status === 407
			? connectionFault('proxy.authentication')
			: connectionFault('proxy.refused', {
					facts: { ...facts, status },
					retryable: status >= 500,
				});
	}
	if (party === 'proxy') return connectionFault('proxy.unreachable', { detail, facts });
	return (
		faultOfReason(reason, facts, issuer) ?? connectionFault('network.connect', { detail, facts })
	);
}

function factsOf({ host, timeoutMs, maxBytes, safe, about }: NetworkContext): Facts {
	return {
		host,
		safe,
		about,
		seconds: timeoutMs / 1000,
		waitSeconds: MAX_WAIT_MS / 1000,
		...(maxBytes !== undefined && { maxMiB: maxBytes / 1024 / 1024 }),
	};
}

function asError(value: unknown): Error {
	return value instanceof Error ? value : new Error(String(value));
}
