import { codeOf, type Facts, type TipError } from '../values/error';
import { connectionFault, type ConnectionCode } from './faults';

/** The server's alerts about the client certificate, by what each means. */
const CLIENT_CERTIFICATE_ALERTS: ReadonlyArray<readonly [alert: RegExp, why: string]> = [
	[/ALERT_CERTIFICATE_REQUIRED/, 'missing'],
	[/ALERT_UNKNOWN_CA/, 'unknownAuthority'],
	[/ALERT_CERTIFICATE_EXPIRED/, 'expired'],
	[/ALERT_CERTIFICATE_REVOKED/, 'revoked'],
	[
		/ALERT_(BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/,
		'notAccepted',
	],
];

/** OpenSSL's and Node's codes of a handshake that came to nothing; the first that fits counts. */
const TLS_REASONS: ReadonlyArray<readonly [code: RegExp, meaning: ConnectionCode]> = [
	[/ALERT_HANDSHAKE_FAILURE|ALERT_DECRYPT_ERROR|ALERT_INTERNAL_ERROR/, 'tls.handshake'],
	[/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'tls.version'],
	[/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, 'tls.plainHttp'],
	[/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'tls.serverDate'],
	[
		/SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|CERT_CHAIN_TOO_LONG|CERT_SIGNATURE_FAILURE|INVALID_CA/,
		'tls.untrusted',
	],
	[/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'tls.name'],
	[/^ERR_SSL_|^ERR_OSSL_|^EPROTO/, 'tls.other'],
];

/**
 * Codes of sockets and of name resolution. n8n's own request helper gives some that Node's sockets
 * do not (`ESOCKETTIMEDOUT`, `ECONNABORTED`).
 */
const SOCKET_REASONS: Readonly<Record<string, ConnectionCode>> = {
	ENOTFOUND: 'network.dns',
	EAI_AGAIN: 'network.dnsDown',
	ECONNREFUSED: 'network.refused',
	EHOSTUNREACH: 'network.unreachable',
	ENETUNREACH: 'network.unreachable',
	EADDRNOTAVAIL: 'network.unreachable',
	ETIMEDOUT: 'network.connectTimeout',
	ESOCKETTIMEDOUT: 'network.connectTimeout',
	ECONNABORTED: 'network.connectTimeout',
	TIP_CLOSED_AFTER_HANDSHAKE: 'tls.closedAfterHandshake',
	ECONNRESET: 'network.resetInHandshake',
	EPIPE: 'network.resetInHandshake',
};

/**
 * What a reason for which no connection came up means, by its code.
 *
 * @param issuer who signed the server certificate, when one was shown
 */
export function faultOfReason(reason: Error, facts: Facts, issuer?: string): TipError | undefined {
	const detail = codeOf(reason);
	const why = CLIENT_CERTIFICATE_ALERTS.find(([alert]) => alert.test(detail))?.[1];
	if (why !== undefined) {
		return connectionFault('tls.clientCertificate', { detail, facts: { ...facts, why } });
	}
	const code = TLS_REASONS.find(([pattern]) => pattern.test(detail))?.[1] ?? SOCKET_REASONS[detail];
	if (code === undefined) return undefined;
	const names = code === 'tls.name' ? namesIn(reason) : undefined;
	const isSwitchIgnored = process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0' || undefined;
	return connectionFault(code, { detail, facts: { ...facts, issuer, names, isSwitchIgnored } });
}

/** Whether the server says in an alert that it does not take the client certificate. */
export function isClientCertificateAlert(reason: Error): boolean {
	return CLIENT_CERTIFICATE_ALERTS.some(([alert]) => alert.test(codeOf(reason)));
}

/** The names in the certificate, which Node hands along with a name mismatch. */
function namesIn(reason: Error): string | undefined {
	const names = (reason as { cert?: { subjectaltname?: string } }).cert?.subjectaltname;
	return names?.replaceAll('DNS:', '').slice(0, 80);
}
