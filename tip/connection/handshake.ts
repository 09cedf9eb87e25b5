import type { TLSSocket } from 'node:tls';
import { codeOf } from '../values/error';

/**
 * How long a fresh TLS 1.3 connection may wait for the server's first session ticket, in
 * milliseconds: the first of these that is at least two of its round trips. See
 * {@link settleHandshake}.
 */
export const TICKET_GRACES_MS = [100, 200, 400, 800, 1600, 2000] as const;

/** The server went away when it had seen the client certificate, and did not say why. */
export class ClosedOnUs extends Error {
	readonly code = 'TIP_CLOSED_AFTER_HANDSHAKE';
}

/**
 * In TLS 1.3 a client is connected before the server has looked at its certificate, so a refusal
 * would arrive after the request was written, or be lost in the reset that follows it, and nobody
 * could tell whether the rescan ran. A server sends its first session ticket only after it has
 * accepted the client; waiting for that (or, for servers without tickets, as long as it takes to come)
 * keeps a refused certificate a refused connection.
 *
 * @param handshakeMs how long the handshake took: one round trip, and both sides' work
 */
export function settleHandshake(
	socket: TLSSocket,
	handshakeMs: number,
	done: (alert?: Error) => void,
): void {
	if (socket.getProtocol() !== 'TLSv1.3' || socket.isSessionReused()) return done();
	let settled = false;
	const finish = (alert?: Error) => {
		if (settled) return;
		settled = true;
		clearTimeout(timer);
		socket.off('session', onSession).off('error', onError).off('close', onClose);
		// Handed on dead, undici would try again by itself, without end.
		done(alert ?? (socket.destroyed ? new ClosedOnUs() : undefined));
	};
	// Not at once: the event comes from inside OpenSSL's reading, where nothing can be written yet.
	const onSession = () => setImmediate(() => finish());
	const onError = (reason: Error) =>
		finish(/ALERT/.test(codeOf(reason)) ? reason : new ClosedOnUs());
	const onClose = () => finish(new ClosedOnUs());
	// On a busy machine the refusal may lie in the socket, unread, when the timer fires.
	const timer = setTimeout(
		() => setImmediate(() => setImmediate(() => finish())),
		graceAfter(handshakeMs),
	);
	socket.once('session', onSession).once('error', onError).once('close', onClose);
}

export function graceAfter(handshakeMs: number): number {
	return TICKET_GRACES_MS.find((grace) => grace >= 2 * handshakeMs) ?? TICKET_GRACES_MS.at(-1)!;
}
