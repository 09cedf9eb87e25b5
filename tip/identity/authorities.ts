import { createSecureContext, type SecureContext } from 'node:tls';
import { keyedDigest } from '../values/digest';
import { readAuthorities } from './certificate';

/** Whom to trust as a server, for a login that shows no client certificate. */
export interface ServerTrust {
	/** What tls.connect and https.Agent take. */
	readonly tlsOptions: { ca?: string[] };
	/** The same, loaded once, for every handshake of a pool. */
	readonly secureContext: SecureContext;
	/** {@link keyedDigest} of the input. */
	readonly digest: string;
}

const MAX_CACHED = 20;

const cache = new Map<string, ServerTrust>();

/**
 * The authorities a user pasted, or Node's default roots when there are none. The last 20 stay in
 * memory, so that every use of a credential shares one TLS context.
 *
 * @throws TipError `credential`, naming the field 'CA Certificate'
 */
export function loadTrust(caCertificate: string): ServerTrust {
	const digest = keyedDigest(caCertificate);
	let trust = cache.get(digest);
	if (trust === undefined) {
		const ca = readAuthorities(caCertificate);
		const tlsOptions = ca === undefined ? {} : { ca };
		trust = { tlsOptions, secureContext: createSecureContext(tlsOptions), digest };
	}
	cache.delete(digest);
	cache.set(digest, trust);
	for (const oldest of cache.keys()) {
		if (cache.size <= MAX_CACHED) break;
		cache.delete(oldest);
	}
	return trust;
}
