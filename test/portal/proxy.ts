import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { PortalCertificates } from './certificates';

export interface ProxyOptions {
	/** Demand Proxy-Authorization: Basic; 407 without. */
	auth?: { username: string; password: string };
	/** Answer every CONNECT with this status. */
	refuseWith?: number;
	/** `connect`: never answer CONNECT. `tunnel`: answer 200 and carry nothing. */
	stall?: 'connect' | 'tunnel';
	/** Cut the tunnel once so many bytes have come back from the target. */
	cutAfterBytes?: number;
	/** Where a target is really to be found: names need not exist. */
	route?: (host: string, port: number) => { host: string; port: number };
	/** Speak TLS to the client: an `https://` proxy. It asks for a client certificate, so as to know. */
	secure?: PortalCertificates;
}

/** One CONNECT as the proxy saw it. */
export interface RecordedConnect {
	/** `host:port` as the client wrote it. */
	target: string;
	headers: IncomingHttpHeaders;
	status: number;
	/** The first bytes in the tunnel: a TLS ClientHello begins with 0x16. */
	firstBytes: Buffer;
	/** The first bytes were a TLS handshake: nothing went in the clear. Undefined before any byte. */
	tls?: boolean;
	bytesUp: number;
	bytesDown: number;
	/** Subject of a client certificate shown to the proxy itself, '' for none. */
	clientSubject: string;
	open: boolean;
}

/** Starts a forward proxy on loopback that knows CONNECT only. */
export async function startProxy(options: ProxyOptions = {}): Promise<Proxy> {
	const proxy = new Proxy(options);
	await proxy.listen();
	return proxy;
}

export class Proxy {
	connects: RecordedConnect[] = [];
	/** Requests that were not CONNECT: `GET http://…` and the like. All are answered 405. */
	plainRequests: string[] = [];
	port = 0;
	private readonly server: Server;
	private readonly sockets = new Set<Socket>();

	/** `options` may be changed while it runs. */
	constructor(readonly options: ProxyOptions) {
		const { secure } = options;
		this.server = secure
			? createHttpsServer({
					cert: secure.server.certificatePem,
					key: secure.server.keyPem,
					ca: secure.caPem,
					requestCert: true,
					rejectUnauthorized: false,
				})
			: createServer();
		this.server.on('request', (request: IncomingMessage, response) => {
			this.plainRequests.push(`${request.method} ${request.url}`);
			response.writeHead(405).end();
		});
		this.server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			this.tunnel(request, socket, head),
		);
		this.server.on('connection', (socket: Socket) => this.hold(socket));
	}

	/** `http://127.0.0.1:PORT` (`https://localhost:PORT` when secure), without any password. */
	get url(): string {
		return this.options.secure ? `https://localhost:${this.port}` : `http://127.0.0.1:${this.port}`;
	}

	/** The same with user name and password, percent-encoded. */
	get urlWithAuth(): string {
		const url = new URL(this.url);
		url.username = encodeURIComponent(this.options.auth?.username ?? '');
		url.password = encodeURIComponent(this.options.auth?.password ?? '');
		return url.href.replace(/\/$/, '');
	}

	/** Connections open now, to clients and to targets. */
	get openSockets(): number {
		return this.sockets.size;
	}

	async listen(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(0, '127.0.0.1', resolve);
		});
		this.port = (this.server.address() as AddressInfo).port;
	}

	async close(): Promise<void> {
		const ends = [new Promise<void>((resolve) => this.server.close(() => resolve()))];
		for (const socket of this.sockets) {
			ends.push(new Promise<void>((resolve) => socket.once('close', () => resolve())));
			socket.destroy();
		}
		await Promise.all(ends);
	}

	private hold(socket: Socket): void {
		this.sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('close', () => this.sockets.delete(socket));
	}

	private statusFor(request: IncomingMessage): number {
		const { auth, refuseWith } = this.options;
		if (auth) {
			const expected = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
			if (request.headers['proxy-authorization'] !== `Basic ${expected}`) return 407;
		}
		return refuseWith ?? 200;
	}

	private tunnel(request: IncomingMessage, client: Socket, head: Buffer): void {
		const { stall, cutAfterBytes = Infinity, route } = this.options;
		const target = request.url ?? '';
		const record: RecordedConnect = {
			target,
			headers: request.headers,
			status: this.statusFor(request),
			firstBytes: Buffer.alloc(0),
			bytesUp: 0,
			bytesDown: 0,
			clientSubject: (client as Partial<TLSSocket>).getPeerX509Certificate?.()?.subject ?? '',
			open: true,
		};
		this.connects.push(record);
		client.on('error', () => undefined);
		client.once('close', () => (record.open = false));
		if (stall === 'connect') {
			client.resume();
			return;
		}
		if (record.status !== 200) {
			const ask = record.status === 407 ? 'Proxy-Authenticate: Basic realm="proxy"\r\n' : '';
			client.end(`HTTP/1.1 ${record.status} Refused\r\n${ask}Content-Length: 0\r\n\r\n`);
			return;
		}
		const note = (part: Buffer) => {
			if (record.bytesUp === 0 && part.length > 0) {
				record.firstBytes = part.subarray(0, 64);
				record.tls = part[0] === 0x16;
			}
			record.bytesUp += part.length;
		};
		const established = 'HTTP/1.1 200 Connection established\r\n\r\n';
		if (stall === 'tunnel') {
			client.write(established);
			note(head);
			client.on('data', note);
			return;
		}
		const colon = target.lastIndexOf(':');
		const asked = {
			host: target.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
			port: Number(target.slice(colon + 1)),
		};
		const upstream = connect(route?.(asked.host, asked.port) ?? asked);
		this.hold(upstream);
		let established200 = false;
		upstream.once('connect', () => {
			established200 = true;
			client.write(established);
			if (head.length > 0) {
				note(head);
				upstream.write(head);
			}
			client.on('data', note);
			client.pipe(upstream);
			upstream.on('data', (part: Buffer) => {
				record.bytesDown += part.length;
				if (record.bytesDown >= cutAfterBytes) client.destroy();
			});
			upstream.pipe(client);
		});
		upstream.once('error', () => {
			if (established200) {
				client.destroy();
				return;
			}
			record.status = 502;
			client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
		});
		upstream.once('close', () => {
			if (established200) client.destroy();
		});
		client.once('close', () => upstream.destroy());
	}
}
