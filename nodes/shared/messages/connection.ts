import type { CONNECTION_CODES } from '../../../tip/connection/faults';
import type { Sentence, Wordings } from './sentence';
import { andIsUnknown, whenUnknown } from './whenUnknown';

const NEW_CERTIFICATE =
	'Ask your Kaspersky Technical Account Manager for a current certificate, and paste it into the credential.';

/** Why the server did not take the client certificate, by the fact `why`. */
const CERTIFICATE_REFUSALS: Readonly<Record<string, Sentence>> = {
	missing: [
		'none was presented',
		"Paste the certificate and its private key into 'Client Certificate' of the credential.",
	],
	unknownAuthority: [
		'the authority that signed it is not known there',
		`It was probably issued for another service. ${NEW_CERTIFICATE}`,
	],
	expired: ['it has expired', NEW_CERTIFICATE],
	revoked: ['it has been revoked', NEW_CERTIFICATE],
	notAccepted: [
		'it is not one the portal accepts',
		`Check that it belongs to this portal and this account. ${NEW_CERTIFICATE}`,
	],
};

/** Why a proxy can't be reached, by the code of its socket. */
const PROXY_CAUSES: Readonly<Record<string, string>> = {
	ENOTFOUND: 'its name is not known to DNS',
	EAI_AGAIN: 'DNS gave no answer',
	ECONNREFUSED: 'it refused the connection',
	ECONNRESET: 'it closed the connection',
	ETIMEDOUT: 'it did not answer in time',
	TIP_NOT_HTTP: 'it answered with something that is not HTTP',
};

/** The words for what the connection room throws. */
export const CONNECTION_WORDINGS: Wordings<typeof CONNECTION_CODES> = {
	cancelled: (facts, { outcome }) => {
		if (facts.isRun === true) return ['The run was canceled', 'Nothing is under way any more.'];
		return outcome === 'unknown'
			? ['The run was canceled while the portal was working on the request', whenUnknown(facts)]
			: ['The run was canceled before the request was sent', 'Run the workflow again to send it.'];
	},

	'egress.blocked': ({ host }) => [
		`This n8n does not allow connections to ${host} (SSRF protection)`,
		"Check 'Base URL' in the credential. If the address is right, ask the operator of n8n to add it to N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES.",
	],
	'egress.unresolved': ({ host }) => [
		`The SSRF protection of this n8n can't check ${host}: the name is not known to DNS here`,
		"Check 'Base URL' in the credential. If only the proxy can resolve the name, ask the operator of n8n to make it known to the DNS of the machine n8n runs on.",
	],

	'network.answerTooLarge': (facts) => [
		`The answer of ${facts.host} is larger than ${facts.maxMiB ?? 64} MiB and was cut off${andIsUnknown(facts)}`,
		`Check that 'Base URL' in the credential is the portal and not a download. ${whenUnknown(facts)}`,
	],
	'network.brokenOff': (facts) => [
		`${facts.host} closed the connection before its answer was complete${andIsUnknown(facts)}`,
		whenUnknown(facts),
	],
	'network.connect': ({ host }) => [
		`No connection to ${host} could be made`,
		"Check 'Base URL' in the credential and the network between n8n and the portal.",
	],
	'network.connectTimeout': ({ host }) => [
		`${host} did not answer the attempt to connect in time`,
		'Check firewalls on the way, and whether this machine needs a proxy (HTTPS_PROXY).',
	],
	'network.dns': ({ host }) => [
		`The name ${host} is not known to DNS`,
		"Check the spelling of 'Base URL' in the credential, and the DNS of the machine n8n runs on.",
	],
	'network.dnsDown': ({ host }) => [
		`DNS gave no answer for ${host}`,
		'Check the DNS of the machine n8n runs on, and try again.',
	],
	'network.notHttp': (facts) => [
		`${facts.host} answered with something that is not HTTP${andIsUnknown(facts)}`,
		`Check 'Base URL' in the credential, and any gateway on the way. ${whenUnknown(facts)}`,
	],
	'network.other': ({ host }) => [
		`${host} could not be reached`,
		'Try the same certificate with curl from the machine n8n runs on.',
	],
	'network.packed': (facts) => [
		`${facts.host} answered ${facts.status} with data that can't be unpacked${andIsUnknown(facts)}`,
		`A gateway on the way packs the portal's answers in a way that was not asked for, or damages them: tell the network team. ${whenUnknown(facts)}`,
	],
	'network.refused': ({ host }) => [
		`${host} refused the connection`,
		"Check the port in 'Base URL' of the credential, and any firewall on the way.",
	],
	'network.resetInHandshake': ({ host }) => [
		`${host} closed the connection during the TLS handshake`,
		'Usual causes are a client certificate that the portal does not accept (issued for another service, revoked), and a firewall or TLS-inspecting device on the way.',
	],
	'network.timeout': (facts) => [
		`No complete answer from ${facts.host} within ${facts.seconds} s${andIsUnknown(facts)}`,
		`Raise 'Timeout' in 'Options' if the portal is slow. ${whenUnknown(facts)}`,
	],
	'network.timeoutUnsent': ({ host, waitSeconds }) => [
		`The request waited ${waitSeconds} s for a free connection to ${host} and was not sent`,
		"Others use all of them: lower 'Concurrency' in the workflows that run at the same time, then run it again.",
	],
	'network.unreachable': ({ host }) => [
		`There is no way through the network to ${host}`,
		'Check the network of the machine n8n runs on, and whether it needs a proxy (HTTPS_PROXY).',
	],
	'network.unsent': ({ host }) => [
		`The connection to ${host} went away before the request was sent`,
		'Run it again.',
	],

	'proxy.authentication': [
		'The proxy asks for a user name and password (407)',
		'Put them into the HTTPS_PROXY setting of n8n: http://user:password@proxy:port, percent-encoded.',
	],
	'proxy.notEncoded': [
		"The user name or password in the proxy setting of n8n holds a character that can't stand there as it is",
		"Percent-encode it in HTTPS_PROXY: '#' as %23, '/' as %2F, '?' as %3F, '@' as %40, and a backslash as %5C.",
	],
	'proxy.refused': ({ host, status }) => [
		`The proxy refused to connect to ${host} (it answered ${status})`,
		`Ask for ${host} to be allowed on the proxy, or add it to NO_PROXY if it can be reached directly.`,
	],
	'proxy.unreachable': (_facts, { detail = '' }) => [
		`The proxy set in the environment of n8n can't be reached (${proxyCause(detail)})`,
		'Check HTTPS_PROXY and that the proxy runs.',
	],
	'proxy.unsupported': [
		'The proxy set in the environment of n8n is not an HTTP proxy',
		"Set HTTPS_PROXY to an address that begins with 'http://' or 'https://', or add the portal's host to NO_PROXY.",
	],

	'tls.clientCertificate': ({ host, why }) => {
		const [about, advice] = CERTIFICATE_REFUSALS[String(why)]!;
		return [`${host} refused the client certificate: ${about}`, advice];
	},
	'tls.closedAfterHandshake': ({ host }) => [
		`${host} closed the connection after it had seen the client certificate`,
		`It probably does not accept this certificate: issued for another service, revoked, or out of date. ${NEW_CERTIFICATE}`,
	],
	'tls.handshake': ({ host }) => [
		`${host} broke off the TLS handshake`,
		'The usual cause is a client certificate that the portal does not accept, or a device on the way that inspects TLS. Try the same certificate with curl from the machine n8n runs on.',
	],
	'tls.name': ({ host, names }) => [
		`The server certificate at ${host} was issued for another name${names === undefined ? '' : ` (${names})`}`,
		"Use the name the certificate was issued for in 'Base URL' of the credential, and check that no device on the way answers in the portal's place.",
	],
	'tls.other': ({ host }, { detail }) => [
		`The TLS handshake with ${host} did not complete`,
		`Try the same certificate with curl from the machine n8n runs on. The technical reason was ${detail}.`,
	],
	'tls.plainHttp': ({ host }) => [
		`${host} does not speak TLS on this port`,
		"Check the port in 'Base URL' of the credential; the portal uses 443.",
	],
	'tls.serverDate': ({ host, issuer }, { detail }) => [
		`The server certificate of ${host} is ${detail === 'CERT_NOT_YET_VALID' ? 'not valid yet' : 'expired'}${signedBy(issuer)}`,
		'Check the clock of the machine n8n runs on; if it is right, tell the network team.',
	],
	'tls.untrusted': ({ host, issuer, isSwitchIgnored }) => [
		`The server certificate of ${host} is not trusted${signedBy(issuer)}`,
		`If your network inspects TLS, paste the certificate of that authority (PEM) into 'CA Certificate' of the credential. If 'CA Certificate' is filled in already, only the authorities in it are trusted.${isSwitchIgnored === true ? ' NODE_TLS_REJECT_UNAUTHORIZED=0, which is set for this n8n, does not count here.' : ''}`,
	],
	'tls.version': ({ host }) => [
		`${host} and n8n have no TLS version in common`,
		'Look for a proxy or gateway on the way that speaks an old TLS version.',
	],
};

function proxyCause(code: string): string {
	if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'its certificate is not trusted';
	return PROXY_CAUSES[code] ?? 'no connection could be made';
}

function signedBy(issuer: unknown): string {
	return issuer === undefined ? '' : `: it was signed by '${String(issuer)}'`;
}
