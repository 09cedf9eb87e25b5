import { codeOf, TipError, type Outcome } from '../values/error';
import { ConnectFailure, ProxyRefusal } from './socket';
import { AnswerTooLarge, ExchangeFailure } from './exchange';

export interface NetworkContext {
	/** Host and port of the portal, as messages name it. */
	host: string;
	timeoutMs: number;
	/** Whether a second run of the request would change nothing. */
	safe: boolean;
}

interface Sentence {
	code: string;
	message: string;
	advice: string;
	/** Whether the same request may be sent again, and could then succeed. */
	transient?: boolean;
	kind?: 'credential' | 'network';
}

/** Whatever broke an exchange off, as the one error of this floor. */
export function networkError(failure: unknown, context: NetworkContext): TipError {
	const broken =
		failure instanceof ExchangeFailure
			? failure
			: new ExchangeFailure('failed', false, undefined, asError(failure));
	const { reason } = broken;

	if (broken.end === 'failed' && reason instanceof ConnectFailure) {
		return build(describeConnectFailure(reason, context), 'notSent', reason.reason);
	}
	const answered = broken.status !== undefined;
	if (broken.end === 'failed' && reason && !answered && isClientCertificateAlert(reason)) {
		// The handshake was refused, so nothing written after it was read.
		return build(describeTls(codeOf(reason), reason, context), 'notSent', reason);
	}
	const outcome: Outcome = broken.written ? 'unknown' : 'notSent';
	return build(describeBrokenExchange(broken, outcome, context), outcome, reason);
}

/**
 * A sentence for a TLS, socket or name resolution error, by its code. For callers that get raw
 * errors from a client other than ours, such as n8n's request helper.
 */
export function describeConnectionError(
	reason: unknown,
	context: NetworkContext,
): TipError | undefined {
	const error = asError(reason);
	if (error.name.startsWith('Ssrf')) return egressError(context.host);
	const sentence =
		describeTls(codeOf(error), error, context) ?? describeSocket(codeOf(error), context);
	return sentence && build(sentence, 'notSent', error);
}

/** The instance's own policy forbids the address (n8n's SSRF protection). */
export function egressError(host: string): TipError {
	return build(egressSentence(host), 'notSent');
}

/** Behind a proxy only the proxy resolves names, so the policy can't be held where we can't. */
export function unresolvedForProxy(host: string): TipError {
	return build(
		{
			code: 'egress.unresolved',
			message: `The SSRF protection of this n8n can't check ${host}: the name is not known to DNS here`,
			advice:
				"Check 'Base URL' in the credential. If only the proxy can resolve the name, ask the operator of n8n to make it known to the DNS of the machine n8n runs on.",
			transient: true,
		},
		'notSent',
	);
}

function egressSentence(host: string): Sentence {
	return {
		code: 'egress.blocked',
		message: `This n8n does not allow connections to ${host} (SSRF protection)`,
		advice:
			"Check 'Base URL' in the credential. If the address is right, ask the operator of n8n to add it to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.",
	};
}

function build(sentence: Sentence | undefined, outcome: Outcome, reason?: Error): TipError {
	const said = sentence!;
	return new TipError({
		kind: said.kind ?? 'network',
		code: said.code,
		message: said.message,
		advice: said.advice,
		outcome,
		retryable: said.transient === true,
		detail: reason && codeOf(reason),
	});
}

function describeBrokenExchange(
	broken: ExchangeFailure,
	outcome: Outcome,
	context: NetworkContext,
): Sentence {
	const tail =
		outcome !== 'unknown' || context.safe
			? ''
			: ' The portal may have started the rescan, and it is not repeated on its own. Look the task up in the portal before you run it again.';
	const seconds = `${context.timeoutMs / 1000} s`;

	if (broken.end === 'cancelled') {
		return {
			code: 'cancelled',
			message:
				outcome === 'unknown'
					? 'The run was stopped while the portal was working on the request'
					: 'The run was stopped before the request was sent',
			advice: outcome === 'unknown' ? tail.trim() : 'Run the workflow again to send it.',
		};
	}
	if (broken.end === 'timeout') {
		return outcome === 'unknown'
			? {
					code: 'network.timeout',
					message: `No complete answer from ${context.host} within ${seconds}; what the portal did is unknown`,
					advice: `Raise 'Timeout' in 'Options' if the portal is slow.${tail}`,
					transient: context.safe,
				}
			: {
					code: 'network.timeoutUnsent',
					message: `The request waited ${seconds} for a connection to ${context.host} and was not sent`,
					advice: "Lower 'Concurrency' or raise 'Timeout' in 'Options', then run it again.",
					transient: true,
				};
	}
	if (broken.reason instanceof AnswerTooLarge) {
		return {
			code: 'network.answerTooLarge',
			message: `The answer of ${context.host} is larger than 64 MiB and was cut off; what the portal did is unknown`,
			advice: `Check that 'Base URL' in the credential is the portal and not a download.${tail}`,
		};
	}
	if (broken.reason?.name === 'HTTPParserError') {
		return {
			code: 'network.notHttp',
			message: `${context.host} answered with something that is not HTTP; what it did is unknown`,
			advice: `Check 'Base URL' in the credential, and any gateway on the way.${tail}`,
		};
	}
	if (outcome === 'notSent') {
		return {
			code: 'network.unsent',
			message: `The connection to ${context.host} went away before the request was sent`,
			advice: 'Run it again.',
			transient: true,
		};
	}
	return {
		code: 'network.brokenOff',
		message: `${context.host} closed the connection before its answer was complete; what the portal did is unknown`,
		advice: tail.trim() || 'Run it again.',
		transient: context.safe,
	};
}

function describeConnectFailure(failure: ConnectFailure, context: NetworkContext): Sentence {
	const { reason } = failure;
	if (reason.name.startsWith('Ssrf')) return egressSentence(context.host);
	if (reason instanceof ProxyRefusal) {
		return reason.status === 407
			? {
					code: 'proxy.authentication',
					message: 'The proxy asks for a user name and password (407)',
					advice:
						'Put them into the HTTPS_PROXY setting of n8n: http://user:password@proxy:port, percent-encoded.',
				}
			: {
					code: 'proxy.refused',
					message: `The proxy refused to connect to ${context.host} (it answered ${reason.status})`,
					advice: `Ask for ${context.host} to be allowed on the proxy, or add it to NO_PROXY if it can be reached directly.`,
					transient: reason.status >= 500,
				};
	}
	if (failure.party === 'proxy') {
		return {
			code: 'proxy.unreachable',
			message: `The proxy set in the environment of n8n can't be reached (${plainCause(reason)})`,
			advice: 'Check HTTPS_PROXY and that the proxy runs.',
			transient: true,
		};
	}
	return (
		describeTls(codeOf(reason), reason, context, failure.issuer) ??
		describeSocket(codeOf(reason), context) ?? {
			code: 'network.connect',
			message: `No connection to ${context.host} could be made`,
			advice: "Check 'Base URL' in the credential and the network between n8n and the portal.",
			transient: true,
		}
	);
}

const CERTIFICATE_SOURCE =
	'Ask your Kaspersky Technical Account Manager for a current certificate, and paste it into the credential.';

function describeTls(
	code: string,
	reason: Error,
	{ host }: NetworkContext,
	issuer?: string,
): Sentence | undefined {
	const refusal = (about: string, advice: string): Sentence => ({
		code: 'tls.clientCertificate',
		kind: 'credential',
		message: `${host} refused the client certificate: ${about}`,
		advice,
	});
	if (/ALERT_CERTIFICATE_REQUIRED/.test(code)) {
		return refusal(
			'none was presented',
			"Paste the certificate and its private key into 'Client Certificate' of the credential.",
		);
	}
	if (/ALERT_UNKNOWN_CA/.test(code)) {
		return refusal(
			'the authority that signed it is not known there',
			`It was probably issued for another service. ${CERTIFICATE_SOURCE}`,
		);
	}
	if (/ALERT_CERTIFICATE_EXPIRED/.test(code)) return refusal('it has expired', CERTIFICATE_SOURCE);
	if (/ALERT_CERTIFICATE_REVOKED/.test(code)) {
		return refusal('it has been revoked', CERTIFICATE_SOURCE);
	}
	if (
		/ALERT_(BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/.test(code)
	) {
		return refusal(
			'it is not one the portal accepts',
			`Check that it belongs to this portal and this account. ${CERTIFICATE_SOURCE}`,
		);
	}
	if (/ALERT_HANDSHAKE_FAILURE|ALERT_DECRYPT_ERROR|ALERT_INTERNAL_ERROR/.test(code)) {
		return {
			code: 'tls.handshake',
			message: `${host} broke off the TLS handshake`,
			advice:
				'The usual cause is a client certificate that the portal does not accept, or a device on the way that inspects TLS. Try the same certificate with curl from the machine n8n runs on.',
		};
	}
	if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code)) {
		return {
			code: 'tls.version',
			message: `${host} and n8n have no TLS version in common`,
			advice: 'Look for a proxy or gateway on the way that speaks an old TLS version.',
		};
	}
	if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)) {
		return {
			code: 'tls.plainHttp',
			message: `${host} does not speak TLS on this port`,
			advice: "Check the port in 'Base URL' of the credential; the portal uses 443.",
		};
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
		return {
			code: 'tls.serverDate',
			message: `The server certificate of ${host} is ${code === 'CERT_HAS_EXPIRED' ? 'expired' : 'not valid yet'}${signedBy(issuer)}`,
			advice: 'Check the clock of the machine n8n runs on; if it is right, tell the network team.',
		};
	}
	if (
		/SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|CERT_CHAIN_TOO_LONG|CERT_SIGNATURE_FAILURE|INVALID_CA/.test(
			code,
		)
	) {
		return {
			code: 'tls.untrusted',
			message: `The server certificate of ${host} is not trusted${signedBy(issuer)}`,
			advice:
				"If your network inspects TLS, paste the certificate of that authority (PEM) into 'CA Certificate' of the credential. If 'CA Certificate' is filled in already, only the authorities in it are trusted.",
		};
	}
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return {
			code: 'tls.name',
			message: `The server certificate at ${host} was issued for another name${issuedFor(reason)}`,
			advice:
				"Use the name the certificate was issued for in 'Base URL' of the credential, and check that no device on the way answers in the portal's place.",
		};
	}
	return /^ERR_SSL_|^ERR_OSSL_|^EPROTO/.test(code)
		? {
				code: 'tls.other',
				message: `The TLS handshake with ${host} did not complete`,
				advice: `Try the same certificate with curl from the machine n8n runs on. The technical reason was ${code}.`,
				transient: false,
			}
		: undefined;

	function signedBy(name: string | undefined): string {
		return name === undefined ? '' : `: it was signed by '${name}'`;
	}
}

function describeSocket(code: string, { host }: NetworkContext): Sentence | undefined {
	switch (code) {
		case 'ENOTFOUND':
			return {
				code: 'network.dns',
				message: `The name ${host} is not known to DNS`,
				advice:
					"Check the spelling of 'Base URL' in the credential, and the DNS of the machine n8n runs on.",
				transient: true,
			};
		case 'EAI_AGAIN':
			return {
				code: 'network.dnsDown',
				message: `DNS gave no answer for ${host}`,
				advice: 'Check the DNS of the machine n8n runs on, and try again.',
				transient: true,
			};
		case 'ECONNREFUSED':
			return {
				code: 'network.refused',
				message: `${host} refused the connection`,
				advice: "Check the port in 'Base URL' of the credential, and any firewall on the way.",
				transient: true,
			};
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'EADDRNOTAVAIL':
			return {
				code: 'network.unreachable',
				message: `There is no way through the network to ${host}`,
				advice:
					'Check the network of the machine n8n runs on, and whether it needs a proxy (HTTPS_PROXY).',
				transient: true,
			};
		case 'UND_ERR_CONNECT_TIMEOUT':
		case 'ETIMEDOUT':
		case 'ESOCKETTIMEDOUT':
		case 'ECONNABORTED':
			return {
				code: 'network.connectTimeout',
				message: `${host} did not answer the attempt to connect in time`,
				advice: 'Check firewalls on the way, and whether this machine needs a proxy (HTTPS_PROXY).',
				transient: true,
			};
		case 'TIP_CLOSED_AFTER_HANDSHAKE':
			return {
				code: 'tls.closedAfterHandshake',
				kind: 'credential',
				message: `${host} closed the connection after it had seen the client certificate`,
				advice: `It probably does not accept this certificate: issued for another service, revoked, or out of date. ${CERTIFICATE_SOURCE}`,
				transient: true,
			};
		case 'ECONNRESET':
		case 'EPIPE':
			return {
				code: 'network.resetInHandshake',
				message: `${host} closed the connection during the TLS handshake`,
				advice:
					'Usual causes are a client certificate that the portal does not accept (issued for another service, revoked), and a firewall or TLS-inspecting device on the way.',
				transient: true,
			};
		default:
			return undefined;
	}
}

function isClientCertificateAlert(reason: Error): boolean {
	return /ALERT_(CERTIFICATE_REQUIRED|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/.test(
		codeOf(reason),
	);
}

/** The names in the certificate, which Node hands along with a name mismatch. */
function issuedFor(reason: Error): string {
	const names = (reason as { cert?: { subjectaltname?: string } }).cert?.subjectaltname;
	return names === undefined ? '' : ` (${names.replaceAll('DNS:', '').slice(0, 80)})`;
}

function plainCause(reason: Error): string {
	const causes: Record<string, string> = {
		ENOTFOUND: 'its name is not known to DNS',
		EAI_AGAIN: 'DNS gave no answer',
		ECONNREFUSED: 'it refused the connection',
		ECONNRESET: 'it closed the connection',
		UND_ERR_SOCKET: 'it closed the connection',
		UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
		UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
		ETIMEDOUT: 'it did not answer in time',
	};
	return causes[codeOf(reason)] ?? 'no connection could be made';
}

function asError(value: unknown): Error {
	return value instanceof Error ? value : new Error(String(value));
}
