import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

import type { N8nInstall } from './install';
import { cleanEnvironment, killGroup, twice, until } from './shell';

/** A program of ours that runs in the background, with everything it starts in one process group. */
export interface Service {
	name: string;
	pid: number;
	logFile: string;
	exited: () => boolean;
	/** Asks it to end, then makes it end. */
	stop: () => Promise<void>;
	/** What a power cut would do. */
	kill: () => Promise<void>;
}

export interface N8nServer extends Service {
	url: string;
	userFolder: string;
	log: () => string;
}

const running = new Set<Service>();

/** Nothing that was started here outlives the run, however the run ends. */
export async function stopAll(): Promise<void> {
	await Promise.all([...running].reverse().map(async (service) => await service.stop()));
}

process.once('exit', () => {
	for (const service of running) killGroup(service.pid, 'SIGKILL');
});

export interface ServiceOptions {
	name: string;
	command: string;
	args: string[];
	env: Record<string, string>;
	logFile: string;
	cwd?: string;
	uid?: number;
	gid?: number;
	/** How it likes to be asked to end. */
	stopSignal?: NodeJS.Signals;
}

export function startService(options: ServiceOptions): Service {
	const { name, command, args, env, logFile, cwd, uid, gid, stopSignal = 'SIGTERM' } = options;
	const log = openSync(logFile, 'a');
	const child = spawn(command, args, {
		env,
		cwd,
		uid,
		gid,
		detached: true,
		stdio: ['ignore', log, log],
	});
	closeSync(log);
	const { pid } = child;
	if (pid === undefined) throw new Error(`${command} did not start`);
	let exited = false;
	child.once('exit', () => (exited = true));

	const ended = async (signal: NodeJS.Signals, timeoutMs: number) => {
		if (!exited) killGroup(pid, signal);
		await until(`${name} to end`, () => exited, timeoutMs, 50);
	};
	const service: Service = {
		name,
		pid,
		logFile,
		exited: () => exited,
		stop: async () => {
			await ended(stopSignal, 15_000).catch(() => undefined);
			await service.kill();
		},
		kill: async () => {
			// The leader may be gone while a child of it lingers in the group.
			killGroup(pid, 'SIGKILL');
			await ended('SIGKILL', 5_000);
			running.delete(service);
		},
	};
	running.add(service);
	return service;
}

export interface N8nOptions {
	install: N8nInstall;
	/** N8N_USER_FOLDER: the instance's settings, database and community nodes. */
	userFolder: string;
	name?: string;
	command?: 'start' | 'worker';
	args?: string[];
	env?: Record<string, string>;
	/** Its address, for one that is started again. */
	port?: number;
}

/** Starts n8n on loopback, as quiet as it can be made, and waits until it answers. */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	return await twice(`starting ${options.name ?? 'n8n'}`, async () => await startOnce(options));
}

async function startOnce(options: N8nOptions): Promise<N8nServer> {
	const { install, userFolder, name = 'n8n', command = 'start', args = [] } = options;
	const [freePort, brokerPort] = await freePorts(2);
	const { port = freePort } = options;
	const logFile = join(userFolder, `${name}.log`);
	mkdirSync(userFolder, { recursive: true });
	const env = cleanEnvironment({
		PATH: install.nodeBin + delimiter + (process.env.PATH ?? ''),
		HOME: userFolder,
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PROTOCOL: 'http',
		N8N_SECURE_COOKIE: 'false',
		N8N_ENCRYPTION_KEY: 'end-to-end-test-key',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES: install.disabledModules.join(','),
		...(command === 'worker'
			? {
					QUEUE_HEALTH_CHECK_ACTIVE: 'true',
					QUEUE_HEALTH_CHECK_PORT: String(port),
					N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
				}
			: {}),
		...options.env,
	});
	const service = startService({
		name,
		command: join(install.nodeBin, 'node'),
		args: [install.entry, command, ...args],
		cwd: userFolder,
		env,
		logFile,
	});
	const url = `http://127.0.0.1:${port}`;
	const log = () => readFileSync(logFile, 'utf8');
	try {
		await until(
			`${name} to be ready`,
			async () => {
				if (service.exited()) throw new Error(`${name} ended while starting`);
				if (!(await answers(`${url}/healthz/readiness`))) return false;
				return command === 'worker' || (await answers(`${url}/rest/settings`, true));
			},
			120_000,
		);
	} catch (error) {
		await service.kill();
		throw new Error(`${(error as Error).message}\n${log().slice(-3000)}`);
	}
	return { ...service, url, userFolder, log };
}

async function answers(url: string, json = false): Promise<boolean> {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
		if (json) await response.json();
		return response.status === 200;
	} catch {
		return false;
	}
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(
		Array.from(
			{ length: count },
			async () =>
				await new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
					const server = createServer();
					server.once('error', reject);
					server.listen(0, '127.0.0.1', () => resolve(server));
				}),
		),
	);
	const ports = servers.map((server) => {
		const address = server.address();
		return typeof address === 'object' && address !== null ? address.port : 0;
	});
	await Promise.all(
		servers.map(async (server) => await new Promise((resolve) => server.close(resolve))),
	);
	return ports;
}
