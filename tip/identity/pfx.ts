import type { X509Certificate } from 'node:crypto';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

import { certificateFault } from './faults';
import { DER_SEQUENCE } from './pem';

/**
 * Whether bytes begin as a PFX does: SEQUENCE { INTEGER 3 … (RFC 7292 section 4), with a definite
 * length or, as some older tools write it, an indefinite one.
 */
export function looksLikePfx(der: Buffer): boolean {
	if (der[0] !== DER_SEQUENCE) return false;
	const lengthByte = der[1] ?? 0;
	const at = lengthByte > 0x80 ? 2 + (lengthByte & 0x7f) : 2;
	return der[at] === 0x02 && der[at + 1] === 0x01 && der[at + 2] === 0x03;
}

/**
 * Opens a PFX. Certificates of authorities inside it are sent along as the chain; Node.js also
 * trusts them as issuers of the server certificate, next to `ca` or the default roots.
 * @throws TipError `certificate.pfx…`, `certificate.weak`
 */
export function openPfx(
	pfx: Buffer,
	passphrase: string | undefined,
	ca: string[] | undefined,
): { secureContext: SecureContext; leaf: X509Certificate } {
	let secureContext: SecureContext;
	try {
		secureContext = createSecureContext({ pfx, passphrase, ca });
	} catch (cause) {
		throw pfxError(cause, passphrase);
	}
	const leaf = leafOf(secureContext);
	if (!leaf) throw certificateFault('certificate.pfxNoCertificate');
	return { secureContext, leaf };
}

/** A socket that is never connected knows which certificate it would present. */
function leafOf(secureContext: SecureContext): X509Certificate | undefined {
	const socket = new TLSSocket(undefined as never, { secureContext });
	socket.on('error', () => {});
	try {
		return socket.getX509Certificate();
	} finally {
		socket.destroy();
	}
}

/** Node.js gives most PFX failures no code, only the reason text of OpenSSL. */
function pfxError(cause: unknown, passphrase: string | undefined) {
	const { code, message } = cause as { code?: string; message?: string };
	const reason = `${code ?? ''} ${message ?? ''}`.toLowerCase();
	if (reason.includes('mac verify failure') || reason.includes('bad decrypt')) {
		return certificateFault(
			passphrase === undefined ? 'certificate.pfxNoPassword' : 'certificate.pfxPassword',
			cause,
		);
	}
	if (reason.includes('unsupported')) return certificateFault('certificate.pfxLegacy', cause);
	if (reason.includes('unable to load private key')) {
		return certificateFault('certificate.pfxNoKey', cause);
	}
	if (reason.includes('unable to load certificate')) {
		return certificateFault('certificate.pfxNoCertificate', cause);
	}
	if (/too[ _](small|weak)/.test(reason)) return certificateFault('certificate.weak', cause);
	return certificateFault('certificate.pfxUnreadable', cause);
}
