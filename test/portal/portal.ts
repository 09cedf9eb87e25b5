import { createHash } from 'node:crypto';
import {
	createServer as createHttpServer,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';

import { Accounts } from './account';
import { assumed } from './assumed';
import { sharedCertificates, type PortalCertificates } from './certificates';
import { Clock } from './clock';
import {
	answerOf,
	Connection,
	deliver,
	flatten,
	nameOf,
	playAfterTls,
	playBeforeTls,
	send,
	type ConnectionFault,
	type ConnectionInfo,
	type Delivery,
	type Step,
} from './faults';
import { LookupBook } from './lookup';
import { openTipRefusal, OpenTipBook } from './openTip';
import { PublicationBook } from './publications';
import type { RecordedRequest, RequestMatch } from './records';
import {
	findRoute,
	parseQuery,
	refusal,
	type Answer,
	type Lists,
	type RouteContext,
} from './routes';
import { Scripts } from './scripts';
import { TaskBook } from './tasks';

const DEFAULT_USER = 'analyst@example.org';
/** A password that breaks careless Basic code: colons, a letter outside ASCII, a plus, a percent. */
const DEFAULT_PASSWORD = 'tip:pass:wörd+%7';

export interface PortalOptions {
	/** Wait before every answer. */
	latencyMs?: number;
	/** Name to password. The first is the one in `portal.credential`. */
	users?: Record<string, string>;
	/** Path under which the API lives, such as `/gateway/tip`. */
	pathPrefix?: string;
	/** Default: one set for the whole process. */
	certificates?: PortalCertificates;
	/** Keep requests: all (default), none, or only the last N. */
	record?: boolean | number;
	/**
	 * `true` (default): no TLS without a certificate of the portal's authority. `'http'`: TLS goes
	 * through, HTTP answers 403. `false`: not asked for.
	 */
	requireClientCertificate?: boolean | 'http';
	host?: string;
	port?: number;
	keepAliveTimeoutMs?: number;
	/** Laid over the server's TLS options: another certificate, an old version. */
	tls?: TlsOptions;
}

/** Plain values for the fields of the n8n credential. */
export interface PortalCredential {
	[field: string]: string;
	baseUrl: string;
	username: string;
	password: string;
	certificate: string;
	passphrase: string;
	caCertificate: string;
}

type FaultChooser = (connection: ConnectionInfo) => ConnectionFault | undefined;

/** Starts a stand-in portal and resolves when it listens. */
export async function startPortal(options: PortalOptions = {}): Promise<Portal> {
	const portal = new Portal(options, options.certificates ?? (await sharedCertificates()));
	await portal.listen();
	return portal;
}

export class Portal {
	/** Every request in the order of arrival, as far as `record` keeps them. */
	requests: RecordedRequest[] = [];
	/** Requests received, recorded or not. */
	received = 0;
	/** Requests that have arrived and whose answer has not ended, and the most there ever were. */
	inFlight = 0;
	peakInFlight = 0;
	/** TCP connections accepted. */
	connections = 0;
	/** TLS handshakes completed. */
	handshakes = 0;
	/** Codes of handshakes that failed, the last hundred. */
	tlsErrors: string[] = [];
	/** The tasks the portal knows. */
	tasks = new TaskBook();
	/** What Threat Lookup knows, and the quota of the day. */
	lookups = new LookupBook();
	/** What OpenTIP knows. */
	openTip = new OpenTipBook();
	/** The reports the portal has. */
	publications = new PublicationBook();
	/** What the two list endpoints answer: any JSON. */
	lists: Lists;
	/** Wait before every answer. May be changed at any time. */
	latencyMs: number;
	/** Whether Sandbox and TAE take an API token, as current portals are inferred to (tip-api.md 2.1). */
	tokenOpensTasks = false;

	port = 0;
	readonly username: string;
	readonly password: string;

	private readonly clock = new Clock();
	private readonly scripts = new Scripts();
	private readonly open = new Map<string, Connection>();
	private readonly bySocket = new WeakMap<Socket, Connection>();
	private readonly accounts: Accounts;
	private readonly prefix: string;
	private readonly keep: number;
	private readonly routeContext: RouteContext;
	private chooseFault: FaultChooser | undefined;
	private chooseStep: ((request: RecordedRequest) => Step | undefined) | undefined;
	private lastSocketId = 0;
	private lastRequest = 0;
	private lastTask = 0;

	private readonly tcp = createTcpServer((socket) => this.accept(socket));
	private readonly tls;
	private readonly http;

	constructor(
		private readonly options: PortalOptions,
		readonly certificates: PortalCertificates,
	) {
		const users = options.users ?? { [DEFAULT_USER]: DEFAULT_PASSWORD };
		this.username = Object.keys(users)[0] ?? DEFAULT_USER;
		this.password = users[this.username] ?? DEFAULT_PASSWORD;
		this.accounts = new Accounts(users);
		this.prefix = (options.pathPrefix ?? '').replace(/\/+$/, '');
		this.latencyMs = options.latencyMs ?? 0;
		this.lists = { channels: assumed.channels, execEnv: assumed.execEnv };
		const { record = true } = options;
		this.keep = record === true ? Infinity : Number(record);
		this.routeContext = {
			lists: this.lists,
			publications: () => this.publications,
			lookups: () => this.lookups,
			openTip: () => this.openTip,
			statusOfTask: (taskId) => this.tasks.statusOf(taskId),
			nextTaskId: () => assumed.newTaskId(++this.lastTask),
			deleteTask: (taskId) => void this.tasks.set(taskId, 404),
		};

		this.http = createHttpServer((request, response) => this.receive(request, response));
		this.http.keepAliveTimeout = options.keepAliveTimeoutMs ?? assumed.keepAliveTimeoutMs;
		const demand = options.requireClientCertificate ?? true;
		this.tls = createTlsServer(
			{
				cert: certificates.server.certificatePem,
				key: certificates.server.keyPem,
				ca: certificates.caPem,
				requestCert: demand !== false,
				rejectUnauthorized: demand === true,
				ALPNProtocols: ['http/1.1'],
				...options.tls,
			},
			(socket) => this.greet(socket),
		);
		this.tls.on('tlsClientError', (error: NodeJS.ErrnoException) => {
			this.tlsErrors.push(error.code ?? error.message);
			if (this.tlsErrors.length > 100) this.tlsErrors.shift();
		});
	}

	/** `https://localhost:PORT`, with the prefix if there is one. */
	get baseUrl(): string {
		return `https://localhost:${this.port}${this.prefix}`;
	}

	/** Values for the n8n credential's fields. */
	get credential(): PortalCredential {
		return {
			baseUrl: this.baseUrl,
			username: this.username,
			password: this.password,
			certificate: this.certificates.client.combinedPem,
			passphrase: '',
			caCertificate: this.certificates.caPem,
		};
	}

	/** Values for the fields of the n8n credential that holds a token. */
	get tokenCredential(): { [field: string]: string; baseUrl: string; token: string } {
		return { baseUrl: this.baseUrl, token: assumed.token, caCertificate: this.certificates.caPem };
	}

	/** Values for the fields of the n8n credential for OpenTIP. */
	get openTipCredential(): { [field: string]: string; baseUrl: string; token: string } {
		const { token } = assumed.openTip;
		return { baseUrl: this.baseUrl, token, caCertificate: this.certificates.caPem };
	}

	/** Connections open now. */
	get openSockets(): number {
		return this.open.size;
	}

	/** The PUTs that arrived whole at a rescan path, refused ones included. */
	rescans(): RecordedRequest[] {
		return this.requests.filter(
			(request) =>
				request.method === 'PUT' &&
				request.complete &&
				/\/tasks\/file(_from_url)?\//.test(request.path),
		);
	}

	/** The requests that hand in a file, whatever became of them. */
	uploads(): RecordedRequest[] {
		return this.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/scan/file'),
		);
	}

	/**
	 * Scripts the answers to requests that match: a task id, a pattern on the raw path, or a function
	 * of the request. Each takes the next step; the last may `repeat`. Then things are as usual.
	 */
	script(match: RequestMatch, ...steps: Step[]): void {
		this.scripts.add(match, steps);
	}

	/** Asks a function for a step at every request no script matches. For seeded random runs. */
	onRequest(choose: ((request: RecordedRequest) => Step | undefined) | undefined): void {
		this.chooseStep = choose;
	}

	/**
	 * Makes new connections go wrong: all of them, the next `times`, or those a function chooses.
	 * `undefined` ends it.
	 */
	onConnection(
		fault: ConnectionFault | FaultChooser | undefined,
		{ times = Infinity }: { times?: number } = {},
	): void {
		if (fault === undefined) {
			this.chooseFault = undefined;
			return;
		}
		let left = times;
		this.chooseFault = (connection) => {
			if (left <= 0) return undefined;
			const chosen = typeof fault === 'function' ? fault(connection) : fault;
			if (chosen !== undefined) left--;
			return chosen;
		};
	}

	/** Ends every open connection, idle ones included, with FIN or RST. */
	dropConnections(how: 'close' | 'reset'): void {
		for (const connection of this.open.values()) connection[how]();
	}

	/** Forgets requests (`requests` is a new array then), counters, scripts, faults, tasks and changed lists. Connections stay. */
	reset(): void {
		this.requests = [];
		this.tlsErrors = [];
		this.received = this.connections = this.handshakes = 0;
		this.peakInFlight = this.inFlight;
		this.scripts.clear();
		this.chooseFault = this.chooseStep = undefined;
		this.tasks = new TaskBook();
		this.publications = new PublicationBook();
		this.lookups = new LookupBook();
		this.openTip = new OpenTipBook();
		this.lists.channels = assumed.channels;
		this.lists.execEnv = assumed.execEnv;
		this.latencyMs = this.options.latencyMs ?? 0;
		this.tokenOpensTasks = false;
	}

	/** Listens; `startPortal` has done it. */
	async listen(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.tcp.once('error', reject);
			this.tcp.listen(this.options.port ?? 0, this.options.host ?? '127.0.0.1', resolve);
		});
		this.port = (this.tcp.address() as AddressInfo).port;
	}

	/** Ends all connections, timers and the listener. */
	async close(): Promise<void> {
		this.clock.stop();
		const ends = [new Promise<void>((resolve) => this.tcp.close(() => resolve()))];
		for (const { raw } of this.open.values()) {
			ends.push(new Promise<void>((resolve) => raw.once('close', () => resolve())));
			raw.destroy();
		}
		await Promise.all(ends);
	}

	private accept(raw: Socket): void {
		this.connections++;
		const id = ++this.lastSocketId;
		const connection = new Connection(id, raw, this.chooseFault?.({ id }));
		const key = addressOf(raw);
		this.open.set(key, connection);
		raw.on('error', () => undefined);
		raw.once('close', () => {
			if (this.open.get(key) === connection) this.open.delete(key);
		});
		raw.setNoDelay(true);
		if (playBeforeTls(connection)) this.tls.emit('connection', raw);
	}

	private greet(socket: TLSSocket): void {
		const connection = this.open.get(addressOf(socket));
		if (!connection) {
			socket.destroy();
			return;
		}
		this.handshakes++;
		connection.tls = socket;
		connection.authorized = socket.authorized;
		connection.clientSubject = socket.getPeerX509Certificate()?.subject ?? '';
		this.bySocket.set(socket, connection);
		socket.on('error', () => undefined);
		if (playAfterTls(connection, this.clock)) this.http.emit('connection', socket);
	}

	private receive(incoming: IncomingMessage, response: ServerResponse): void {
		const connection = this.bySocket.get(incoming.socket);
		if (!connection) return;
		this.received++;
		this.peakInFlight = Math.max(this.peakInFlight, ++this.inFlight);
		response.once('close', () => this.inFlight--);
		const { method = '', url = '', headers, rawHeaders } = incoming;
		const mark = url.indexOf('?');
		const path = mark < 0 ? url : url.slice(0, mark);
		const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
		const pairs = parseQuery(rawQuery);
		const noBody =
			headers['transfer-encoding'] === undefined &&
			(headers['content-length'] === undefined || headers['content-length'] === '0');
		const request: RecordedRequest = {
			number: ++this.lastRequest,
			method,
			path,
			rawQuery,
			query: Object.fromEntries(pairs ?? []),
			headers,
			rawHeaders,
			bodyBytes: 0,
			bodySha256: undefined,
			complete: noBody,
			clientSubject: connection.clientSubject,
			authorized: connection.authorized,
			socketId: connection.id,
			engine: undefined,
			taskId: undefined,
			status: undefined,
			accepted: undefined,
			newTaskId: undefined,
			fault: undefined,
			handedOverAt: undefined,
			aborted: false,
		};
		if (this.keep > 0) {
			this.requests.push(request);
			if (this.requests.length > this.keep) this.requests.shift();
		}
		const delivery = { request, response, connection, clock: this.clock };
		const answer = () => this.answer(delivery, pairs);
		if (noBody) {
			answer();
			return;
		}
		incoming.on('error', () => undefined);
		const early = this.scripts.nextEarly(request);
		if (early) {
			const wanted = answerOf(early, openTipRefusal(500));
			request.fault = nameOf(early);
			this.decide(request, wanted);
			deliver(delivery, early, wanted);
		}
		const hash = createHash('sha256');
		incoming.on('data', (part: Buffer) => {
			request.bodyBytes += part.length;
			hash.update(part);
		});
		incoming.on('end', () => {
			request.complete = true;
			request.bodySha256 = hash.digest('hex');
			if (!early) answer();
		});
	}

	private answer(delivery: Delivery, pairs: Array<[string, string]> | undefined): void {
		const { request } = delivery;
		const normal = this.normalAnswer(request, pairs);
		const step = this.scripts.next(request) ?? this.chooseStep?.(request);
		let action: () => void;
		let delay = this.latencyMs;
		if (step) {
			const flat = flatten(step);
			const wanted = answerOf(flat, normal);
			request.fault = nameOf(flat);
			if (wanted.status < 200 || wanted.status >= 300) request.newTaskId = undefined;
			this.decide(request, wanted);
			delay += flat.delayMs ?? 0;
			const play = () => deliver(delivery, flat, wanted);
			action = flat.until ? () => void flat.until?.then(play, play) : play;
		} else {
			this.decide(request, normal);
			action = () => send(delivery, normal);
		}
		if (delay > 0) this.clock.after(delay, action);
		else action();
	}

	/** Whether a rescan's quota is spent is settled here, before the answer meets its fate. */
	private decide(request: RecordedRequest, { status }: Answer): void {
		const isAccepted = status >= 200 && status < 300;
		if (request.taskId !== undefined) request.accepted = isAccepted;
		if (request.path.endsWith('/scan/file')) {
			request.accepted = isAccepted;
			if (isAccepted && request.bodySha256 !== undefined) this.openTip.submit(request.bodySha256);
		}
	}

	private normalAnswer(
		request: RecordedRequest,
		pairs: Array<[string, string]> | undefined,
	): Answer {
		const { prefix } = this;
		const found = request.path.startsWith(prefix)
			? findRoute(request.method, request.path.slice(prefix.length))
			: { status: 404 as const };
		if ('route' in found) {
			request.engine = found.route.engine;
			request.taskId = found.taskId;
		} else {
			request.engine = found.engine;
		}
		if ('route' in found && found.route.takesApiKey) {
			const refused = this.accounts.checkApiKey(request);
			return refused ?? found.route.answer({ request, pairs, context: this.routeContext });
		}
		const takesToken =
			'route' in found && (found.route.takesToken === true || this.tokenOpensTasks);
		const refused = this.accounts.check(request, takesToken);
		const isToken = takesToken && /^bearer /i.test(request.headers.authorization ?? '');
		if (this.options.requireClientCertificate === 'http' && !request.authorized && !isToken) {
			return refusal(403, assumed.certificateRequired);
		}
		if (refused) return refused;
		if (!('route' in found)) return refusal(found.status, `${request.path} is not known.`);
		return found.route.answer({ request, pairs, context: this.routeContext });
	}
}

/** What both faces of one connection, TCP and TLS, have in common. */
const addressOf = (socket: Socket) => `${socket.remoteAddress}|${socket.remotePort}`;
