import type { X509Certificate } from 'node:crypto';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

import { certificateFault } from './faults';
import { checkRounds } from './rounds';

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
	checkRounds(pfx);
	let secureContext: SecureContext;
	try {
		secureContext = createSecureContext({ pfx, passphrase, ca });
	} catch (cause) {
		throw pfxFault(cause, passphrase);
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
function pfxFault(cause: unknown, passphrase: string | undefined) {
	const { code, message } = cause as { code?: string; message?: string };
	const reason = `${code ?? ''} ${message ?? ''}`.toLowerCase();
	if (reason.includes('mac verify failure') || reason.includes('bad decrypt')) {
		return certificateFault(
			passphrase === undefined ? 'certificate.pfxNoPassword' : 'certificate.pfxPassword',
			cause,
		);
	}
	// It is optional (RFC 7292 section 4), but the library does not open a PFX without.
	if (reason.includes('mac absent')) return certificateFault('certificate.pfxNoMac', cause);
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
