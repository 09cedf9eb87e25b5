import { createSecureContext, type SecureContext } from 'node:tls';
import { keyedDigest } from '../values/digest';
import { Lru } from '../values/lru';
import { certificateFault } from './faults';
import { isBlank, readMaterial } from './material';

/** Whom to trust as a server, for a login that shows no client certificate. */
export interface ServerTrust {
	/** What tls.connect and https.Agent take. */
	readonly tlsOptions: { ca?: string[] };
	/** The same, loaded once, for every handshake of a pool. */
	readonly secureContext: SecureContext;
	/** {@link keyedDigest} of the input. */
	readonly digest: string;
}

/** Identities and authorities kept in memory, each. */
export const MOST_KEPT = 20;

const loaded = new Lru<ServerTrust>(MOST_KEPT);

/**
 * The authorities a user pasted, or Node's default roots when there are none. Those loaded last stay
 * in memory, so that every use of a credential shares one TLS context.
 *
 * @throws TipError `credential`, naming the field 'CA Certificate'
 */
export function loadTrust(caCertificate: string): ServerTrust {
	const digest = keyedDigest(caCertificate);
	const known = loaded.get(digest);
	if (known !== undefined) return known;
	const ca = readAuthorities(caCertificate);
	const tlsOptions = ca === undefined ? {} : { ca };
	const trust = { tlsOptions, secureContext: createSecureContext(tlsOptions), digest };
	loaded.set(digest, trust);
	return trust;
}

/** The authorities in a pasted text; undefined when it is empty, for Node's default roots. */
export function readAuthorities(text: string): string[] | undefined {
	if (isBlank(text)) return undefined;
	const { certificates, broken } = readMaterial(text);
	if (broken.length > 0) throw certificateFault('certificate.caDamaged');
	if (certificates.length === 0) throw certificateFault('certificate.ca');
	return certificates.map((certificate) => certificate.toString());
}
