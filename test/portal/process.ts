import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { PortalCredential } from './portal';

export interface PortalProcessOptions {
	latencyMs?: number;
	pathPrefix?: string;
	keepAliveTimeoutMs?: number;
	/** How many requests to remember (default 0). */
	record?: number;
	/** Where to write its files; default a directory that goes with the process. */
	out?: string;
}

export interface PortalStats {
	received: number;
	/** Of the recorded ones. */
	rescans: number;
	connections: number;
	handshakes: number;
	openSockets: number;
	peakInFlight: number;
	rssBytes: number;
	cpuMs: number;
}

/** The paths the process wrote; see `writeFiles` in `cli.ts`. */
export type PortalFiles = Record<
	'ca' | 'client' | 'clientCertificate' | 'clientKey' | 'password' | 'credential',
	string
>;

export interface PortalProcess {
	baseUrl: string;
	port: number;
	pid: number;
	username: string;
	files: PortalFiles;
	credential: PortalCredential;
	stats(): Promise<PortalStats>;
	/** Sets the counters to zero and answers with what they are then. */
	reset(): Promise<PortalStats>;
	close(): Promise<void>;
	child: ChildProcess;
}

/** Starts the stand-in portal in a process of its own, so that it takes no time from the client. */
export async function startPortalProcess(
	options: PortalProcessOptions = {},
): Promise<PortalProcess> {
	const flags = Object.entries({
		'latency-ms': options.latencyMs,
		'path-prefix': options.pathPrefix,
		'keep-alive-timeout-ms': options.keepAliveTimeoutMs,
		record: options.record,
		out: options.out,
	}).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
	const child = spawn(
		process.execPath,
		['--require', require.resolve('tsx/cjs'), join(__dirname, 'cli.ts'), ...flags],
		{ stdio: ['pipe', 'pipe', 'pipe'] },
	);
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	let complaint = '';
	child.stderr.on('data', (part: Buffer) => (complaint += part.toString()));
	const waiting: Array<{ resolve(line: string): void; reject(error: Error): void }> = [];
	createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
	void exited.then(() => {
		for (const { reject } of waiting.splice(0)) {
			reject(new Error(`The stand-in portal ended: ${complaint}`));
		}
	});
	const nextLine = async <T>(command?: string): Promise<T> => {
		const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
		if (command) child.stdin.write(`${command}\n`);
		return JSON.parse(await line) as T;
	};
	const first = await nextLine<Omit<PortalProcess, 'credential' | 'stats' | 'close' | 'child'>>();
	return {
		...first,
		credential: JSON.parse(readFileSync(first.files.credential, 'utf8')) as PortalCredential,
		stats: () => nextLine<PortalStats>('stats'),
		reset: () => nextLine<PortalStats>('reset'),
		close: async () => {
			child.stdin.end();
			await exited;
		},
		child,
	};
}
