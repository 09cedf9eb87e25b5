import { X509Certificate } from 'node:crypto';
import { childrenOf, numberOf, objectIdOf, readElement, TAG, type Element } from './asn1';

/** What a file is, by what is in it and not by what it is called. */
export type Contents =
	/** PKCS #7 or CMS: certificates, and never a key (RFC 5652 5.1). */
	| 'bundle'
	| 'certificate'
	/** DSA, in the form of OpenSSL. */
	| 'dsaKey'
	/** PKCS #8, encrypted (RFC 5958 3). */
	| 'encryptedKey'
	/** PKCS #8 (RFC 5958 2). */
	| 'key'
	| 'pfx'
	| 'publicKey'
	/** PKCS #10 (RFC 2986 4). */
	| 'request'
	/** PKCS #1 (RFC 8017 A.1.2). */
	| 'rsaKey'
	/** SEC 1 (RFC 5915 3). */
	| 'ecKey';

/** Under which label OpenSSL reads a key. */
export const KEY_LABELS = {
	dsaKey: 'DSA PRIVATE KEY',
	ecKey: 'EC PRIVATE KEY',
	encryptedKey: 'ENCRYPTED PRIVATE KEY',
	key: 'PRIVATE KEY',
	rsaKey: 'RSA PRIVATE KEY',
} as const satisfies Partial<Record<Contents, string>>;

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const PFX_VERSION = 3;

/** What bytes in DER are; undefined when they are none of it. */
export function contentsOf(der: Buffer): Contents | undefined {
	const element = readElement(der);
	if (element?.tag !== TAG.sequence) return looksLikePfx(der) ? 'pfx' : undefined;
	const children = childrenOf(element);
	const tags = children.map(({ tag }) => tag);
	const [first, second, third] = tags;
	if (first === TAG.integer) return withVersion(numberOf(children[0]!), tags);
	if (first === TAG.objectId) {
		return objectIdOf(children[0]!) === SIGNED_DATA ? 'bundle' : undefined;
	}
	if (first !== TAG.sequence) return undefined;
	if (second === TAG.octetString) return 'encryptedKey';
	if (second === TAG.bitString) return 'publicKey';
	if (second !== TAG.sequence || third !== TAG.bitString) return undefined;
	if (parseCertificate(der)) return 'certificate';
	const [version, subject, key] = childrenOf(children[0]!);
	const isRequest = version?.tag === TAG.integer && numberOf(version) === 0;
	return isRequest && subject?.tag === TAG.sequence && key?.tag === TAG.sequence
		? 'request'
		: undefined;
}

/** Private keys and PFX begin with a version, an RSA public key with its modulus. */
function withVersion(version: number, [, second, third, ...rest]: number[]): Contents | undefined {
	if (version === PFX_VERSION && second === TAG.sequence) return 'pfx';
	if (version > 1) return second === TAG.integer && third === undefined ? 'publicKey' : undefined;
	if (second === TAG.sequence && third === TAG.octetString) return 'key';
	if (second === TAG.octetString) return 'ecKey';
	const areIntegers = [second, third, ...rest.slice(0, 3)].every((tag) => tag === TAG.integer);
	if (!areIntegers || rest.length < 3) return undefined;
	return rest.length >= 6 ? 'rsaKey' : 'dsaKey';
}

/**
 * Whether bytes begin as a PFX does: SEQUENCE { INTEGER 3 … (RFC 7292 section 4), with a definite
 * length or, as some older tools write it, an indefinite one. It may be cut short.
 */
export function looksLikePfx(der: Buffer): boolean {
	if (der[0] !== TAG.sequence) return false;
	const lengthByte = der[1] ?? 0;
	const at = lengthByte > 0x80 ? 2 + (lengthByte & 0x7f) : 2;
	return der[at] === TAG.integer && der[at + 1] === 1 && der[at + 2] === PFX_VERSION;
}

export function parseCertificate(der: Buffer): X509Certificate | undefined {
	try {
		// It would read PEM as well, and then the first certificate only.
		return der[0] === TAG.sequence ? new X509Certificate(der) : undefined;
	} catch {
		return undefined;
	}
}

/** The certificates in a PKCS #7 bundle, as Windows and its authorities hand out chains. */
export function certificatesInBundle(der: Buffer): X509Certificate[] {
	const content = child(readElement(der), TAG.first);
	const signedData = child(content, TAG.sequence);
	const certificates = child(signedData, TAG.first);
	if (certificates === undefined) return [];
	return childrenOf(certificates)
		.map(({ bytes }) => parseCertificate(bytes))
		.filter((certificate) => certificate !== undefined);
}

function child(element: Element | undefined, tag: number): Element | undefined {
	return element && childrenOf(element).find((one) => one.tag === tag);
}
