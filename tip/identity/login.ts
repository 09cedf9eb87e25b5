import type { SecureContext } from 'node:tls';
import { basicAuthorization } from './authorization';
import type { TlsIdentity } from './certificate';

/** The ways to sign in; what a refusal means depends on it. */
export type LoginKind = 'certificate' | 'token' | 'openTip';

/** Who is asking: what goes into the header, and what is shown in the TLS handshake. */
export interface PortalLogin {
	readonly kind: LoginKind;
	/** The header that says who is asking. */
	readonly header: 'authorization' | 'x-api-key';
	/** Its ready value. Secret. */
	readonly authorization: string;
	readonly secureContext: SecureContext;
	/** The same as what tls.connect and https.Agent take, for who makes a context of its own. Secret. */
	readonly tlsOptions: TlsIdentity['tlsOptions'];
	/** Tells logins apart in memory and says nothing else. */
	readonly tlsDigest: string;
	/** What must not be shown, should the portal quote it back. */
	readonly secrets: readonly string[];
}

/** Whom to trust, for a login that shows no certificate of its own. */
type Trust = Pick<TlsIdentity, 'secureContext' | 'tlsOptions' | 'digest'>;

/** User name, password and client certificate: opens every service of the portal (tip-api.md 2.1). */
export function certificateLogin(
	username: string,
	password: string,
	identity: TlsIdentity,
): PortalLogin {
	const authorization = basicAuthorization(username, password);
	return {
		kind: 'certificate',
		header: 'authorization',
		authorization,
		secureContext: identity.secureContext,
		tlsOptions: identity.tlsOptions,
		tlsDigest: identity.digest,
		secrets: [password, authorization, authorization.slice('Basic '.length), ...identity.secrets],
	};
}

/** An API token: opens Threat Lookup, and Sandbox and TAE where the portal allows it (tip-api.md 2.1). */
export function tokenLogin(token: string, trust: Trust): PortalLogin {
	return {
		kind: 'token',
		header: 'authorization',
		authorization: `Bearer ${token}`,
		...trustOf(trust),
		secrets: [token],
	};
}

/** A token of OpenTIP, the portal's free side: no `Authorization` at all (opentip-api.md 2). */
export function openTipLogin(token: string, trust: Trust): PortalLogin {
	return {
		kind: 'openTip',
		header: 'x-api-key',
		authorization: token,
		...trustOf(trust),
		secrets: [token],
	};
}

function trustOf({ secureContext, tlsOptions, digest }: Trust) {
	return { secureContext, tlsOptions, tlsDigest: digest };
}
