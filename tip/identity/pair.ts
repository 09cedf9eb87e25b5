import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { TipError } from '../values/error';
import { certificateFault } from './faults';
import type { Material } from './material';
import type { PemBlock } from './pem';
import { checkRounds } from './rounds';

export interface Pair {
	leaf: X509Certificate;
	/** The private key, decrypted. Secret. */
	keyPem: string;
	/** The issuers of the leaf, nearest first. */
	chain: X509Certificate[];
}

/**
 * Finds the certificate and the private key that belong together, and the chain above them.
 *
 * @throws TipError `certificate.…`
 */
export function pairUp(material: Material, passphrase: string | undefined, now: Date): Pair {
	const { certificates, keys } = material;
	if (certificates.length === 0) throw withoutCertificate(material);
	if (keys.length === 0) throw withoutKey(material);

	let reason: TipError | undefined;
	for (const block of keys) {
		let key: KeyObject;
		try {
			key = openKey(block, passphrase);
		} catch (cause) {
			if (!(cause instanceof TipError)) throw cause;
			reason ??= cause;
			continue;
		}
		const leaf = certificates
			.filter((certificate) => certificate.checkPrivateKey(key))
			.sort((a, b) => rank(b, now) - rank(a, now))[0];
		if (leaf === undefined) continue;
		const keyPem = isEncrypted(block) ? decrypted(key) : block.pem;
		return { leaf, keyPem, chain: chainAbove(leaf, certificates) };
	}
	throw reason ?? certificateFault('certificate.keyMismatch');
}

function isEncrypted({ label, headers }: PemBlock): boolean {
	return label === 'ENCRYPTED PRIVATE KEY' || headers['DEK-Info'] !== undefined;
}

function openKey(block: PemBlock, passphrase: string | undefined): KeyObject {
	checkRounds(block.der);
	try {
		return createPrivateKey({ key: block.pem, passphrase: passphrase ?? '' });
	} catch (cause) {
		throw keyFault(block, passphrase, (cause as { code?: unknown }).code, cause);
	}
}

function decrypted(key: KeyObject): string {
	return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyFault(
	block: PemBlock,
	passphrase: string | undefined,
	code: unknown,
	cause: unknown,
): TipError {
	if (block.label === 'OPENSSH PRIVATE KEY')
		return certificateFault('certificate.keyOpenSsh', cause);
	if (!isEncrypted(block)) return certificateFault('certificate.keyUnreadable', cause);
	if (passphrase === undefined) return certificateFault('certificate.keyEncrypted', cause);
	// The cipher itself is not there. (ERR_OSSL_UNSUPPORTED is another thing: one wrong passphrase
	// in some 256 decrypts to bytes that pass the padding check and then are no key.)
	if (code === 'ERR_OSSL_EVP_UNSUPPORTED') return certificateFault('certificate.keyLegacy', cause);
	return certificateFault('certificate.wrongPassphrase', cause);
}

/** Of certificates for the same key, one that is valid now, then the one that ends last. */
function rank({ validFrom, validTo }: X509Certificate, now: Date): number {
	const isValid = new Date(validFrom) <= now && now <= new Date(validTo);
	return new Date(validTo).getTime() + (isValid ? Number.MAX_SAFE_INTEGER / 2 : 0);
}

/** The issuers of a certificate, nearest first; a self-signed root is not sent (RFC 8446 4.4.2). */
function chainAbove(leaf: X509Certificate, certificates: X509Certificate[]): X509Certificate[] {
	const rest = new Set(certificates);
	const chain: X509Certificate[] = [];
	for (let below: X509Certificate | undefined = leaf; below;) {
		const child: X509Certificate = below;
		rest.delete(child);
		below = [...rest].find(
			(other) =>
				child.checkIssued(other) && !other.checkIssued(other) && child.verify(other.publicKey),
		);
		if (below) chain.push(below);
	}
	return chain;
}

function withoutCertificate({ broken, keys, others }: Material): TipError {
	if (broken.includes('CERTIFICATE')) return certificateFault('certificate.truncated');
	if (others.has('request')) return certificateFault('certificate.request');
	if (others.has('bundle')) return certificateFault('certificate.bundle');
	if (keys.length > 0) return certificateFault('certificate.noCertificate');
	if (others.has('publicKey')) return certificateFault('certificate.publicKey');
	if (broken.length > 0) return certificateFault('certificate.truncated');
	return certificateFault(others.has('archive') ? 'certificate.archive' : 'certificate.unreadable');
}

function withoutKey({ broken, others }: Material): TipError {
	if (broken.some((label) => label === '' || label.endsWith('PRIVATE KEY'))) {
		return certificateFault('certificate.truncated');
	}
	if (others.has('publicKey')) return certificateFault('certificate.publicKey');
	return certificateFault(others.has('bundle') ? 'certificate.bundle' : 'certificate.noKey');
}
