import type { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { keyedDigest } from '../values/digest';
import { TipError } from '../values/error';
import { Lru } from '../values/lru';
import { MOST_KEPT, readAuthorities } from './authorities';
import { certificateFault } from './faults';
import { isBlank, readMaterial } from './material';
import { pairUp } from './pair';
import { openPfx } from './pfx';

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
	/** What must not be shown: the passphrase, and the private key in each form it is held in. */
	readonly secrets: readonly string[];
	/** {@link keyedDigest} of the input: a map key that tells nothing. */
	readonly digest: string;
	readonly validFrom: Date;
	readonly validTo: Date;
}

/** More is no credential: the largest real chain takes a few kilobytes. In characters. */
const MAX_LENGTH = 1024 * 1024;
/** A certificate, its key and its chain, with room to spare. */
const MOST_FILES = 100;
const MS_PER_DAY = 86_400_000;
const NOTICE_DAYS = 30;

const loaded = new Lru<TlsIdentity>(MOST_KEPT);

/**
 * Turns what a user pasted into a checked TLS identity. Those loaded last stay in memory, and only
 * there; the dates are checked on every call.
 *
 * @throws TipError of kind `credential`, with a code that starts with `certificate.`
 */
export function loadIdentity(input: IdentityInput, now = new Date()): TlsIdentity {
	// An expression in a credential field may come to anything, a number for one.
	const certificate = String(input.certificate ?? '');
	const passphrase = String(input.passphrase ?? '') || undefined;
	const caCertificate = String(input.caCertificate ?? '');
	const parts = [certificate, passphrase ?? '', caCertificate];
	if (parts.some((part) => part.length > MAX_LENGTH)) {
		throw certificateFault('certificate.tooLarge');
	}
	const digest = keyedDigest(...parts);
	let identity = loaded.get(digest);
	// Past its dates, the text may hold a renewed certificate that has come into force since.
	if (!identity || !isValid(identity, now)) {
		try {
			identity = build(certificate, passphrase, readAuthorities(caCertificate), digest, now);
		} catch (cause) {
			if (cause instanceof TipError) throw cause;
			throw certificateFault('certificate.refused', cause);
		}
	}
	checkDates(identity, now);
	loaded.set(digest, identity);
	return identity;
}

/** Whether a certificate ends within 30 days: time to ask for the next one. */
export function endsSoon({ validTo }: Pick<TlsIdentity, 'validTo'>, now = new Date()): boolean {
	return validTo.getTime() - now.getTime() <= NOTICE_DAYS * MS_PER_DAY;
}

function build(
	text: string,
	passphrase: string | undefined,
	ca: string[] | undefined,
	digest: string,
	now: Date,
): TlsIdentity {
	if (isBlank(text)) throw certificateFault('certificate.missing');
	const material = readMaterial(text, MOST_FILES);
	const [pfx] = material.pfx;
	if (pfx !== undefined) {
		const { secureContext, leaf } = openPfx(pfx, passphrase, ca);
		const tlsOptions = { pfx, ...(passphrase && { passphrase }), ...(ca && { ca }) };
		return identityOf(leaf, tlsOptions, secureContext, digest, [
			passphrase,
			pfx.toString('base64'),
		]);
	}
	const { leaf, keyPem, chain } = pairUp(material, passphrase, now);
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
		throw certificateFault(weak ? 'certificate.weak' : 'certificate.refused', cause);
	}
	return identityOf(leaf, tlsOptions, secureContext, digest, [
		passphrase,
		keyPem,
		keyPem.replace(/-----[^-]+-----|\s/g, ''),
	]);
}

function isValid({ validFrom, validTo }: Pick<TlsIdentity, 'validFrom' | 'validTo'>, now: Date) {
	return validFrom <= now && now <= validTo;
}

function checkDates({ validFrom, validTo }: TlsIdentity, now: Date): void {
	if (now > validTo) {
		throw certificateFault('certificate.expired', undefined, { day: day(validTo) });
	}
	if (now < validFrom) {
		const facts = { day: day(validFrom), today: day(now) };
		throw certificateFault('certificate.notYetValid', undefined, facts);
	}
}

/** `2027-01-31`, in UTC. */
function day(date: Date): string {
	return Number.isNaN(date.getTime()) ? 'an unknown date' : date.toISOString().slice(0, 10);
}

function identityOf(
	leaf: X509Certificate,
	tlsOptions: TlsIdentity['tlsOptions'],
	secureContext: SecureContext,
	digest: string,
	secrets: ReadonlyArray<string | undefined>,
): TlsIdentity {
	const identity = {
		digest,
		validFrom: new Date(leaf.validFrom),
		validTo: new Date(leaf.validTo),
	};
	// Not enumerable: whoever prints or serialises an identity does not print its key.
	return Object.defineProperties(identity, {
		tlsOptions: { value: tlsOptions },
		secureContext: { value: secureContext },
		secrets: { value: secrets.filter((secret) => secret !== undefined) },
	}) as TlsIdentity;
}
