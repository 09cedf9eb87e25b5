import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installFromDebian, isInstalled } from './debian';
import type { N8nInstall } from './install';
import { installPackage } from './package';
import { freePorts, startN8n, startService, type N8nServer } from './server';
import { cleanEnvironment, run, until } from './shell';

export interface Queue {
	main: N8nServer;
	workers: N8nServer[];
	/** Ends the main process and starts it anew; `main` is then the new one. */
	restartMain: () => Promise<void>;
	/** Runs one SQL statement and returns its rows, columns split at `|`. */
	sql: (statement: string) => Promise<string[][]>;
	/** Runs one Redis command. */
	redis: (...command: string[]) => Promise<string>;
	/** Everything of it, PostgreSQL and Redis too, and their data. */
	stop: () => Promise<void>;
}

export interface QueueOptions {
	install: N8nInstall;
	/** The tarball to install on every process. */
	tarball?: string;
	folder: string;
	workers?: number;
	/** Executions one worker runs at a time. */
	concurrency?: number;
	env?: Record<string, string>;
}

/** n8n's queue mode as an operator would set it up: PostgreSQL, Redis, one main, some workers. */
export async function startQueue(options: QueueOptions): Promise<Queue> {
	const { install, tarball, folder, concurrency = 10 } = options;
	const [postgres, redis] = await Promise.all([startPostgres(folder), startRedis(folder)]);
	const env = {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'postgres',
		...options.env,
	};
	const start = async (name: string, command: 'start' | 'worker', args: string[] = []) => {
		const userFolder = join(folder, name);
		mkdirSync(userFolder, { recursive: true });
		if (tarball !== undefined) await installPackage(tarball, userFolder);
		return await startN8n({ install, userFolder, name, command, args, env });
	};
	// The main process brings the database up to date; workers must find it so.
	const main = await start('main', 'start');
	const names = Array.from({ length: options.workers ?? 2 }, (_, index) => `worker${index + 1}`);
	const workers = await Promise.all(
		names.map(async (name) => await start(name, 'worker', [`--concurrency=${concurrency}`])),
	);
	const queue: Queue = {
		main,
		workers,
		restartMain: async () => {
			await queue.main.stop();
			queue.main = await start('main', 'start');
		},
		sql: postgres.sql,
		redis: redis.command,
		stop: async () => {
			await Promise.all([queue.main, ...workers].map(async (server) => await server.stop()));
			await Promise.all([postgres.stop(), redis.stop()]);
		},
	};
	return queue;
}

async function startPostgres(folder: string) {
	const root = '/usr/lib/postgresql';
	const find = () =>
		(existsSync(root) ? readdirSync(root) : [])
			.sort((a, b) => Number(b) - Number(a))
			.map((version) => join(root, version, 'bin'))
			.find((bin) => existsSync(join(bin, 'initdb')));
	if (find() === undefined) await installFromDebian(['postgresql']);
	const bin = find();
	if (bin === undefined) throw new Error('PostgreSQL is missing');

	// PostgreSQL refuses to run as root; its data must belong to whoever it runs as.
	const user = await unprivileged();
	const data = mkdtempSync(join(tmpdir(), 'tip-postgres-'));
	process.once('exit', () => rmSync(data, { recursive: true, force: true }));
	if (user !== undefined) chownSync(data, user.uid, user.gid);
	chmodSync(data, 0o700);
	const env = cleanEnvironment({ HOME: data, LC_ALL: 'C' });
	const common = { cwd: data, env, ...user };
	const database = join(data, 'db');
	await run(
		join(bin, 'initdb'),
		['-D', database, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8'],
		common,
	);
	const [port = 0] = await freePorts(1);
	const service = startService({
		name: 'postgres',
		command: join(bin, 'postgres'),
		args: [
			...['-D', database, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
			...['-c', `unix_socket_directories=${data}`, '-c', 'fsync=off', '-c', 'max_connections=200'],
		],
		logFile: join(folder, 'postgres.log'),
		stopSignal: 'SIGINT',
		...common,
	});
	const sql = async (statement: string) => {
		const to = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-AtX', '-c', statement];
		const text = await run(join(bin, 'psql'), to, common);
		return text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => line.split('|'));
	};
	await until('PostgreSQL', async () => await sql('select 1').catch(() => undefined), 30_000);
	const stop = async () => {
		await service.stop();
		rmSync(data, { recursive: true, force: true });
	};
	return { port, sql, stop };
}

async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const uid = Number(
		await run('id', ['-u', 'postgres']).catch(async () => await run('id', ['-u', 'nobody'])),
	);
	const gid = Number(
		await run('id', ['-g', 'postgres']).catch(async () => await run('id', ['-g', 'nobody'])),
	);
	return { uid, gid };
}

async function startRedis(folder: string) {
	if (!isInstalled('redis-server')) await installFromDebian(['redis-server']);
	const [port = 0] = await freePorts(1);
	const service = startService({
		name: 'redis',
		command: 'redis-server',
		args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
		cwd: folder,
		env: cleanEnvironment(),
		logFile: join(folder, 'redis.log'),
	});
	const command = async (...words: string[]) =>
		(await run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...words])).trim();
	await until('Redis', async () => await command('ping').catch(() => undefined), 10_000);
	return { port, command, stop: service.stop };
}
