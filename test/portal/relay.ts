import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A piece of wire: every byte, and every end, arrives as much later. */
export async function startRelay(port: number, oneWayMs: number): Promise<Relay> {
	const relay = new Relay(port, oneWayMs);
	await relay.listen();
	return relay;
}

export class Relay {
	port = 0;
	private readonly sockets = new Set<Socket>();
	private readonly server: Server;

	constructor(to: number, oneWayMs: number) {
		this.server = createServer((client) => {
			const target = connect(to, '127.0.0.1');
			carry(client, target, oneWayMs);
			carry(target, client, oneWayMs);
			for (const socket of [client, target]) {
				this.sockets.add(socket);
				socket.setNoDelay(true).once('close', () => this.sockets.delete(socket));
			}
		});
	}

	async listen(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
	}

	async close(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

function carry(from: Socket, to: Socket, delayMs: number): void {
	const later = (action: () => void) => setTimeout(action, delayMs);
	from.on('data', (bytes) => later(() => to.destroyed || to.write(bytes)));
	from.on('error', () => undefined);
	// A reset stays one, and a close comes after what was sent before it.
	from.once('close', (isReset) => later(() => (isReset ? to.resetAndDestroy() : to.end())));
}
