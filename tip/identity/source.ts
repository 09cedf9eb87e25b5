import { X509Certificate } from 'node:crypto';
import { certificateFault } from './faults';
import { DER_SEQUENCE, fromBase64, readPem, withoutNoise, type PemText } from './pem';
import { looksLikePfx } from './pfx';

/** Identities and authorities kept in memory, each. */
export const MOST_KEPT = 20;

const MAX_BLOCKS = 100;

/** The PEM blocks of a text, or the PFX in it. Base64 of a whole PEM file is read through. */
export function readSource(text: string): PemText | Buffer {
	const bare = withoutNoise(text).replace(/^data:[^,]{0,100},/, '');
	if (bare === '') throw certificateFault('certificate.missing');
	const bytes = fromBase64(bare);
	if (bytes && looksLikePfx(bytes)) return bytes;
	const pem = readPem(readTextOf(bytes, text));
	// `certutil -encode` of Windows wraps any file, a PFX too, into certificate markers.
	const pfx = pem.blocks.find(({ der }) => looksLikePfx(der));
	if (pfx) return pfx.der;
	if (pem.blocks.length > MAX_BLOCKS) throw certificateFault('certificate.tooMany');
	if (bytes && parseCertificate(bytes)) throw certificateFault('certificate.noKey');
	return pem;
}

/** The text that was in base64, when it is a PEM; else the text itself. */
export function readTextOf(bytes: Buffer | undefined, text: string): string {
	return bytes?.includes('BEGIN') ? bytes.toString('utf8') : text;
}

export function certificatesIn(pem: PemText): X509Certificate[] {
	return pem.blocks
		.filter(({ label }) => label === 'CERTIFICATE')
		.map(({ der }) => parseCertificate(der))
		.filter((certificate) => certificate !== undefined);
}

export function parseCertificate(der: Buffer): X509Certificate | undefined {
	try {
		// It would read PEM as well, and then the first certificate only.
		return der[0] === DER_SEQUENCE ? new X509Certificate(der) : undefined;
	} catch {
		return undefined;
	}
}
