import { faultsOf, type CodeFacts } from '../values/error';

/** Everything this room throws. The words are in the catalogue of whoever shows them. */
export const CONNECTION_CODES = {
	cancelled: { kind: 'cancelled', outcomes: ['notSent', 'unknown'], repeated: 'no' },
	'egress.blocked': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'egress.unresolved': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.answerTooLarge': { kind: 'network', outcomes: ['unknown'], repeated: 'no' },
	'network.brokenOff': { kind: 'network', outcomes: ['unknown'], repeated: 'safe' },
	'network.connect': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.connectTimeout': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.dns': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.dnsDown': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.notHttp': { kind: 'network', outcomes: ['unknown'], repeated: 'no' },
	'network.other': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'network.packed': { kind: 'network', outcomes: ['unknown'], repeated: 'no' },
	'network.refused': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.resetInHandshake': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.timeout': { kind: 'network', outcomes: ['unknown'], repeated: 'safe' },
	'network.timeoutUnsent': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.unreachable': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'network.unsent': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'proxy.authentication': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'proxy.notEncoded': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	/** Repeated when the proxy answered 500 or more. */
	'proxy.refused': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'proxy.unreachable': { kind: 'network', outcomes: ['notSent'], repeated: 'yes' },
	'proxy.unsupported': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.clientCertificate': { kind: 'credential', outcomes: ['notSent'], repeated: 'no' },
	'tls.closedAfterHandshake': { kind: 'credential', outcomes: ['notSent'], repeated: 'yes' },
	'tls.handshake': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.name': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.other': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.plainHttp': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.serverDate': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.untrusted': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'tls.version': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
} as const satisfies Record<string, CodeFacts>;

export type ConnectionCode = keyof typeof CONNECTION_CODES;

export const connectionFault = faultsOf(CONNECTION_CODES);
