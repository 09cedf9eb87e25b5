import { createSecureContext, type SecureContext } from 'node:tls';
import { keyedDigest } from '../values/digest';
import { Lru } from '../values/lru';
import { certificateFault } from './faults';
import { fromBase64, readPem, withoutNoise } from './pem';
import { certificatesIn, MOST_KEPT, parseCertificate, readTextOf } from './source';

/** Whom to trust as a server, for a login that shows no client certificate. */
export interface ServerTrust {
	/** What tls.connect and https.Agent take. */
	readonly tlsOptions: { ca?: string[] };
	/** The same, loaded once, for every handshake of a pool. */
	readonly secureContext: SecureContext;
	/** {@link keyedDigest} of the input. */
	readonly digest: string;
}

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
	const bare = withoutNoise(text);
	if (bare === '') return undefined;
	const bytes = fromBase64(bare);
	const single = bytes && parseCertificate(bytes);
	if (single) return [single.toString()];
	const pem = readPem(readTextOf(bytes, text));
	const certificates = certificatesIn(pem);
	const whole = pem.blocks.filter(({ label }) => label === 'CERTIFICATE').length;
	if (certificates.length < whole || pem.broken.length > 0) {
		throw certificateFault('certificate.caDamaged');
	}
	if (certificates.length === 0) throw certificateFault('certificate.ca');
	return certificates.map((certificate) => certificate.toString());
}
