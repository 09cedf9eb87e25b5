import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

import { keyedDigest } from '../values/digest';
import { TipError } from '../values/error';
import { expiredError, expirySentence, identityError, notYetValidError } from './certificateErrors';
import {
	DER_SEQUENCE,
	fromBase64,
	readPem,
	withoutNoise,
	type PemBlock,
	type PemText,
} from './pem';
import { looksLikePfx, openPfx } from './pfx';

/** What a user pasted into the credential. */
export interface IdentityInput {
	/** PEM with certificate and private key, in any order and with any chain; or a PFX in base64. */
	certificate: string;
	/** Opens an encrypted private key or the PFX; taken as it is, blanks included. */
	passphrase?: string;
	/** PEM of the authorities to trust. Replaces Node's default roots (tls.createSecureContext `ca`). */
	caCertificate?: string;
}

export interface TlsIdentity {
	/**
	 * What tls.connect and https.Agent take: `cert` and `key` (decrypted, so that no connection has
	 * to derive a key again) or `pfx` and `passphrase`; and `ca` when given. Secret.
	 */
	readonly tlsOptions: {
		cert?: string;
		key?: string;
		pfx?: Buffer;
		passphrase?: string;
		ca?: string[];
	};
	/** The same, loaded once, for every handshake of a pool. */
	readonly secureContext: SecureContext;
	/** {@link keyedDigest} of the input: a map key that tells nothing. */
	readonly digest: string;
	readonly subject: string;
	readonly issuer: string;
	readonly validFrom: Date;
	readonly validTo: Date;
}

/** More is no credential: the largest real chain takes a few kilobytes. In characters. */
const MAX_LENGTH = 1024 * 1024;
const MAX_BLOCKS = 100;
const MAX_CACHED = 20;
const MS_PER_DAY = 86_400_000;
const NOTICE_DAYS = 30;

const cache = new Map<string, TlsIdentity>();

/**
 * Turns what a user pasted into a checked TLS identity. Loaded identities stay in memory (the last
 * 20), and only there; the dates are checked on every call.
 * @throws TipError of kind `credential`, with a code that starts with `certificate.`
 */
export function loadIdentity(input: IdentityInput, now = new Date()): TlsIdentity {
	// An expression in a credential field may come to anything, a number for one.
	const certificate = String(input.certificate ?? '');
	const passphrase = String(input.passphrase ?? '') || undefined;
	const caCertificate = String(input.caCertificate ?? '');
	const parts = [certificate, passphrase ?? '', caCertificate];
	if (parts.some((part) => part.length > MAX_LENGTH)) {
		throw identityError('certificate.tooLarge');
	}
	const digest = keyedDigest(...parts);
	let identity = cache.get(digest);
	// Past its dates, the text may hold a renewed certificate that has come into force since.
	if (!identity || !isValid(identity, now)) {
		try {
			identity = build(certificate, passphrase, readAuthorities(caCertificate), digest, now);
		} catch (cause) {
			if (cause instanceof TipError) throw cause;
			throw identityError('certificate.refused', cause);
		}
	}
	checkDates(identity, now);
	cache.delete(digest);
	cache.set(digest, identity);
	for (const oldest of cache.keys()) {
		if (cache.size <= MAX_CACHED) break;
		cache.delete(oldest);
	}
	return identity;
}

/** One sentence when the certificate ends within 30 days: the date, and what to do before it. */
export function expiryNotice(identity: TlsIdentity, now = new Date()): string | undefined {
	const left = identity.validTo.getTime() - now.getTime();
	return left <= NOTICE_DAYS * MS_PER_DAY ? expirySentence(identity.validTo) : undefined;
}

function build(
	text: string,
	passphrase: string | undefined,
	ca: string[] | undefined,
	digest: string,
	now: Date,
): TlsIdentity {
	const source = readSource(text);
	if (Buffer.isBuffer(source)) {
		const { secureContext, leaf } = openPfx(source, passphrase, ca);
		const tlsOptions = { pfx: source, ...(passphrase && { passphrase }), ...(ca && { ca }) };
		return identityOf(leaf, tlsOptions, secureContext, digest);
	}
	const { leaf, keyPem, chain } = pairUp(source, passphrase, now);
	const tlsOptions = {
		cert: [leaf, ...chain].map((certificate) => certificate.toString()).join(''),
		key: keyPem,
		...(ca && { ca }),
	};
	let secureContext: SecureContext;
	try {
		secureContext = createSecureContext(tlsOptions);
	} catch (cause) {
		const weak = /TOO_(SMALL|WEAK)/.test(String((cause as { code?: unknown }).code));
		throw identityError(weak ? 'certificate.weak' : 'certificate.refused', cause);
	}
	return identityOf(leaf, tlsOptions, secureContext, digest);
}

/** The PEM blocks of a text, or the PFX in it. Base64 of a whole PEM file is read through. */
function readSource(text: string): PemText | Buffer {
	const bare = withoutNoise(text).replace(/^data:[^,]{0,100},/, '');
	if (bare === '') throw identityError('certificate.missing');
	const bytes = fromBase64(bare);
	if (bytes && looksLikePfx(bytes)) return bytes;
	const pem = readPem(bytes?.includes('BEGIN') ? bytes.toString('utf8') : text);
	// `certutil -encode` of Windows wraps any file, a PFX too, into certificate markers.
	const pfx = pem.blocks.find(({ der }) => looksLikePfx(der));
	if (pfx) return pfx.der;
	if (pem.blocks.length > MAX_BLOCKS) throw identityError('certificate.tooMany');
	if (bytes && parseCertificate(bytes)) throw identityError('certificate.noKey');
	return pem;
}

interface Pair {
	leaf: X509Certificate;
	/** The private key, decrypted. */
	keyPem: string;
	chain: X509Certificate[];
}

/** Finds the certificate and the private key that belong together, and the chain above them. */
function pairUp(pem: PemText, passphrase: string | undefined, now: Date): Pair {
	const certificates = certificatesIn(pem);
	const keys = pem.blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
	if (certificates.length === 0) throw noCertificateError(pem, keys.length > 0);
	if (keys.length === 0) throw noKeyError(pem);

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
	throw reason ?? identityError('certificate.keyMismatch');
}

function certificatesIn(pem: PemText): X509Certificate[] {
	return pem.blocks
		.filter(({ label }) => label === 'CERTIFICATE')
		.map(({ der }) => parseCertificate(der))
		.filter((certificate) => certificate !== undefined);
}

function parseCertificate(der: Buffer): X509Certificate | undefined {
	try {
		// It would read PEM as well, and then the first certificate only.
		return der[0] === DER_SEQUENCE ? new X509Certificate(der) : undefined;
	} catch {
		return undefined;
	}
}

function isEncrypted({ label, headers }: PemBlock): boolean {
	return label === 'ENCRYPTED PRIVATE KEY' || headers['DEK-Info'] !== undefined;
}

function openKey(block: PemBlock, passphrase: string | undefined): KeyObject {
	try {
		return createPrivateKey({ key: block.pem, passphrase: passphrase ?? '' });
	} catch (cause) {
		throw keyError(block, passphrase, (cause as { code?: unknown }).code, cause);
	}
}

function decrypted(key: KeyObject): string {
	return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function keyError(
	block: PemBlock,
	passphrase: string | undefined,
	code: unknown,
	cause: unknown,
): TipError {
	if (block.label === 'OPENSSH PRIVATE KEY') return identityError('certificate.keyOpenSsh', cause);
	if (!isEncrypted(block)) return identityError('certificate.keyUnreadable', cause);
	if (passphrase === undefined) return identityError('certificate.keyEncrypted', cause);
	// The cipher itself is not there. (ERR_OSSL_UNSUPPORTED is another thing: one wrong passphrase
	// in some 256 decrypts to bytes that pass the padding check and then are no key.)
	if (code === 'ERR_OSSL_EVP_UNSUPPORTED') return identityError('certificate.keyLegacy', cause);
	return identityError('certificate.wrongPassphrase', cause);
}

/** Of certificates for the same key, one that is valid now, then the one that ends last. */
function rank(certificate: X509Certificate, now: Date): number {
	const validFrom = new Date(certificate.validFrom);
	const validTo = new Date(certificate.validTo);
	return (
		validTo.getTime() + (isValid({ validFrom, validTo }, now) ? Number.MAX_SAFE_INTEGER / 2 : 0)
	);
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

function noCertificateError(pem: PemText, hasKey: boolean): TipError {
	const labels = pem.blocks.map(({ label }) => label);
	if (labels.includes('CERTIFICATE') || pem.broken.includes('CERTIFICATE')) {
		return identityError('certificate.truncated');
	}
	if (labels.includes('CERTIFICATE REQUEST')) return identityError('certificate.request');
	if (labels.includes('PKCS7')) return identityError('certificate.bundle');
	if (hasKey) return identityError('certificate.noCertificate');
	if (labels.some((label) => label.endsWith('PUBLIC KEY'))) {
		return identityError('certificate.publicKey');
	}
	return identityError(pem.broken.length > 0 ? 'certificate.truncated' : 'certificate.unreadable');
}

function noKeyError(pem: PemText): TipError {
	if (pem.broken.some((label) => label.endsWith('PRIVATE KEY'))) {
		return identityError('certificate.truncated');
	}
	const publicKey = pem.blocks.some(({ label }) => label.endsWith('PUBLIC KEY'));
	return identityError(publicKey ? 'certificate.publicKey' : 'certificate.noKey');
}

/** The authorities in a pasted text; undefined when it is empty, for Node's default roots. */
export function readAuthorities(text: string): string[] | undefined {
	const bare = withoutNoise(text);
	if (bare === '') return undefined;
	const bytes = fromBase64(bare);
	const single = bytes && parseCertificate(bytes);
	if (single) return [single.toString()];
	const pem = readPem(bytes?.includes('BEGIN') ? bytes.toString('utf8') : text);
	const certificates = certificatesIn(pem);
	const whole = pem.blocks.filter(({ label }) => label === 'CERTIFICATE').length;
	if (certificates.length < whole || pem.broken.length > 0) {
		throw identityError('certificate.caDamaged');
	}
	if (certificates.length === 0) throw identityError('certificate.ca');
	return certificates.map((certificate) => certificate.toString());
}

function isValid({ validFrom, validTo }: Pick<TlsIdentity, 'validFrom' | 'validTo'>, now: Date) {
	return validFrom <= now && now <= validTo;
}

function checkDates({ validFrom, validTo }: TlsIdentity, now: Date): void {
	if (now > validTo) throw expiredError(validTo);
	if (now < validFrom) throw notYetValidError(validFrom, now);
}

function identityOf(
	leaf: X509Certificate,
	tlsOptions: TlsIdentity['tlsOptions'],
	secureContext: SecureContext,
	digest: string,
): TlsIdentity {
	const identity = {
		digest,
		subject: leaf.subject.replaceAll('\n', ', '),
		issuer: leaf.issuer.replaceAll('\n', ', '),
		validFrom: new Date(leaf.validFrom),
		validTo: new Date(leaf.validTo),
	};
	// Not enumerable: whoever prints or serialises an identity does not print its key.
	return Object.defineProperties(identity, {
		tlsOptions: { value: tlsOptions },
		secureContext: { value: secureContext },
	}) as TlsIdentity;
}
