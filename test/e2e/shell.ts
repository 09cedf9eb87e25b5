import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** The parts of the caller's environment that a child process of ours may see. */
export function cleanEnvironment(extra: Record<string, string> = {}): Record<string, string> {
	const env: Record<string, string> = {};
	for (const name of ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SHELL', 'USER']) {
		const value = process.env[name];
		if (value !== undefined) env[name] = value;
	}
	return { ...env, ...extra };
}

/**
 * npm hands its own settings to every script it runs, this repository's `.npmrc` among them
 * (`ignore-scripts=true`). An install elsewhere must not inherit those; the address of a registry
 * or a proxy that somebody set in the environment has to survive.
 */
export function npmEnvironment(extra: Record<string, string> = {}): Record<string, string> {
	const env: Record<string, string> = {};
	const dropped =
		/^(npm_(package|lifecycle|command|node_execpath|execpath)|npm_config_(ignore_scripts|omit|include|save|package_lock|omit_lockfile|local_prefix|prefix|global|workspace|dry_run|nodedir|node_gyp)|NODE_OPTIONS$|INIT_CWD$|NODE$)/i;
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined && !dropped.test(name)) env[name] = value;
	}
	return { ...env, ...extra };
}

export interface RunOptions {
	cwd?: string;
	env?: Record<string, string>;
	/** Where stdout and stderr go; without it they are returned. */
	logFile?: string;
	timeoutMs?: number;
	uid?: number;
	gid?: number;
}

/** Runs a command to its end, bounded in time, and returns what it wrote to stdout. */
export async function run(
	command: string,
	args: string[],
	options: RunOptions = {},
): Promise<string> {
	const { cwd, env, logFile, timeoutMs = 60_000, uid, gid } = options;
	const log = logFile === undefined ? undefined : openSync(logFile, 'a');
	try {
		return await new Promise<string>((resolve, reject) => {
			const child = spawn(command, args, {
				cwd,
				env: env ?? cleanEnvironment(),
				uid,
				gid,
				detached: true,
				stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
			});
			let stdout = '';
			let stderr = '';
			child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
			child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
			const timer = setTimeout(() => {
				if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
			}, timeoutMs);
			child.once('error', (error) => {
				clearTimeout(timer);
				reject(error);
			});
			child.once('close', (code, signal) => {
				clearTimeout(timer);
				if (code === 0) return resolve(stdout);
				const why = signal === null ? `ended with ${code}` : `was stopped by ${signal}`;
				const output = logFile === undefined ? stdout + stderr : readFileSync(logFile, 'utf8');
				reject(new Error(`${command} ${args.join(' ')} ${why}\n${output.slice(-3000)}`));
			});
		});
	} finally {
		if (log !== undefined) closeSync(log);
	}
}

/** Signals a process and everything it started. A group that is gone already is not an error. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// already gone
	}
}

export async function sleep(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}

/** For what can go wrong from outside while things are started: a port, a registry. Never for a check. */
export async function twice<T>(what: string, start: () => Promise<T>): Promise<T> {
	try {
		return await start();
	} catch (error) {
		const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
		console.log(`# ${what} did not work, once more: ${line}`);
		return await start();
	}
}

/** Asks again and again until the answer is neither undefined nor false. */
export async function until<T>(
	what: string,
	ask: () => Promise<T | undefined | false> | T | undefined | false,
	timeoutMs: number,
	everyMs = 200,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) return answer;
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}`);
		await sleep(everyMs);
	}
}
