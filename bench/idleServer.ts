/** A portal that closes idle connections, behind a wire that is slow in both directions. */
import { createServer } from 'node:https';
import { connect, createServer as createRelay, type AddressInfo, type Socket } from 'node:net';
import { serveParent } from './child';
import { seeded } from './measure';

export interface IdleServerTask {
	ca: string;
	cert: string;
	key: string;
	/** From one end of the wire to the other. */
	wireMs: number;
	closes:
		| { afterMs: number; hint: boolean }
		/** Any moment up to then, without a word before. */
		| { randomlyWithinMs: number };
}

serveParent<IdleServerTask>(({ wireMs, closes, ...tls }, ready) => {
	const random = seeded(11);
	const server = createServer(
		{ ...tls, requestCert: true, rejectUnauthorized: true },
		(_request, response) => {
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end('{}');
			if ('afterMs' in closes) return;
			const { socket } = response;
			const end = setTimeout(() => socket?.destroy(), random() * closes.randomlyWithinMs);
			// As with any server, only an idle connection is closed.
			socket?.once('data', () => clearTimeout(end));
		},
	);
	server.keepAliveTimeout = 'afterMs' in closes ? closes.afterMs : 0;
	// Newer Nodes close a second later than they announce; many servers do not.
	Object.assign(server, { keepAliveTimeoutBuffer: 0 });
	if ('afterMs' in closes && !closes.hint) {
		// Node announces its own timeout; many servers do not.
		server.prependListener('request', (_request, response) => {
			response.setHeader('connection', 'keep-alive');
		});
	}
	server.listen(0, '127.0.0.1', () => {
		const { port } = server.address() as AddressInfo;
		const relay = createRelay({ allowHalfOpen: true }, (near) => {
			const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
			carry(near, far);
			carry(far, near);
		});
		relay.listen(0, '127.0.0.1', () => ready({ port: (relay.address() as AddressInfo).port }));
	});

	function carry(from: Socket, to: Socket): void {
		const later = (deliver: () => void) => setTimeout(deliver, wireMs);
		from.setNoDelay(true);
		from.on('data', (part: Buffer) => later(() => to.write(part)));
		from.on('end', () => later(() => to.end()));
		from.on('error', () => later(() => to.destroy()));
		from.on('close', () => later(() => to.destroy()));
	}
});
