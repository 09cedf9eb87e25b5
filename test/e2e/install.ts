import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { needCompiler } from './debian';
import { npmEnvironment, run, sleep, twice } from './shell';

/** The pairs of n8n and Node that are supported: the newest, and the oldest on both its Nodes. */
export const n8nLabels = ['newest', 'oldest', 'oldest-22'] as const;
export type N8nLabel = (typeof n8nLabels)[number];

/** An n8n that is ready to be started. */
export interface N8nInstall {
	label: N8nLabel;
	version: string;
	/** The folder of the Node executable that runs it. */
	nodeBin: string;
	/** The script to start with that Node. */
	entry: string;
	/** Names of modules to switch off; an n8n refuses to start when it doesn't know one. */
	disabledModules: string[];
}

interface N8nRecipe {
	n8n: string;
	node: string;
	overrides: Record<string, string>;
	npmFlags: string[];
	disabledModules: string[];
}

/**
 * The overrides stand in for packages that cannot always be had: `linkedom` 0.18.15 names a package
 * missing from some registries, and the old n8n takes `xlsx` from outside the registry.
 */
const recipes: Record<'newest' | 'oldest', N8nRecipe> = {
	newest: {
		// The newest that can be installed: 2.41.3 asks for an @n8n/agents that is not on npm.
		n8n: '2.41.1',
		node: '24.21.0',
		overrides: { linkedom: '0.18.12' },
		npmFlags: ['--legacy-peer-deps'],
		disabledModules: [
			'mcp-registry',
			'instance-ai',
			'agents',
			'agent-evals',
			'chat-hub',
			'instance-reporting',
			'instance-version-history',
			'quick-connect',
			'workflow-builder',
		],
	},
	oldest: {
		n8n: '2.7.4',
		node: '20.20.2',
		overrides: {
			linkedom: '0.18.12',
			xlsx: '0.18.5',
			'@langchain/langgraph-checkpoint': '1.0.1',
		},
		// With --legacy-peer-deps this one gets a wrong OpenTelemetry and its database doesn't start.
		npmFlags: [],
		disabledModules: ['chat-hub'],
	},
};

const recipeOf = (label: N8nLabel) => recipes[label === 'newest' ? 'newest' : 'oldest'];

const nodeOf = (label: N8nLabel) => (label === 'oldest-22' ? '22.23.3' : recipeOf(label).node);

const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

const playwrightVersion = '1.65.1';

/** Everything heavy lives outside the repository and survives between runs. */
export function cacheFolder(): string {
	const own = process.env.N8N_TIP_E2E_CACHE;
	if (own !== undefined && own !== '') return own;
	const cache = process.env.XDG_CACHE_HOME;
	const base = cache === undefined || cache === '' ? join(homedir(), '.cache') : cache;
	return join(base, 'n8n-nodes-kaspersky-tip');
}

/** The folder of the Node executable that an n8n wants, installed when it is not there yet. */
export async function nodeBinFor(label: N8nLabel): Promise<string> {
	return join(await installNode(nodeOf(label)), 'bin');
}

const n8nFolder = (label: N8nLabel) => `n8n-${recipeOf(label).n8n}`;

/** Whether {@link installN8n} would find it in the cache. */
export function hasN8n(label: N8nLabel): boolean {
	return (
		isComplete(n8nFolder(label), recipeOf(label)) &&
		isComplete(`node-${nodeOf(label)}`, NODE_PACKAGE)
	);
}

/** n8n and the Node it wants, installed when they are not there yet (minutes the first time). */
export async function installN8n(label: N8nLabel): Promise<N8nInstall> {
	const recipe = recipeOf(label);
	const nodeBin = await nodeBinFor(label);
	const folder = await installed(n8nFolder(label), recipe, async (target, logFile) => {
		const env = npmEnvironment({
			PATH: nodeBin + delimiter + (process.env.PATH ?? ''),
			// The headers for the one native module that is compiled, sqlite3.
			npm_config_nodedir: dirname(nodeBin),
		});
		writeFileSync(
			join(target, 'package.json'),
			JSON.stringify({ private: true, overrides: recipe.overrides }, null, '\t'),
		);
		await npm(
			['install', '--save-exact', '--ignore-scripts', ...recipe.npmFlags, `n8n@${recipe.n8n}`],
			{ cwd: target, env, logFile, timeoutMs: 20 * 60_000 },
		);
		await needCompiler();
		await npm(['rebuild', '--ignore-scripts=false', 'sqlite3'], {
			cwd: target,
			env,
			logFile,
			timeoutMs: 10 * 60_000,
		});
	});
	return {
		label,
		version: recipe.n8n,
		nodeBin,
		entry: join(folder, 'node_modules/n8n/bin/n8n'),
		disabledModules: recipe.disabledModules,
	};
}

/** playwright-core drives a Chromium that is on the machine; it brings no browser of its own. */
export async function installPlaywright(): Promise<string> {
	const folder = await installed(
		`playwright-${playwrightVersion}`,
		playwrightVersion,
		async (target, logFile) => {
			writeFileSync(join(target, 'package.json'), '{ "private": true }');
			await npm(
				['install', '--save-exact', '--ignore-scripts', `playwright-core@${playwrightVersion}`],
				{ cwd: target, env: npmEnvironment(), logFile, timeoutMs: 5 * 60_000 },
			);
		},
	);
	return join(folder, 'node_modules/playwright-core');
}

/** Node as npm packages it: the executable and its headers, no install script. */
async function installNode(version: string): Promise<string> {
	const folder = await installed(`node-${version}`, NODE_PACKAGE, async (target, logFile) => {
		writeFileSync(join(target, 'package.json'), '{ "private": true }');
		await npm(['install', '--save-exact', '--ignore-scripts', `${NODE_PACKAGE}@${version}`], {
			cwd: target,
			env: npmEnvironment(),
			logFile,
			timeoutMs: 5 * 60_000,
		});
	});
	return join(folder, 'node_modules', NODE_PACKAGE);
}

async function npm(args: string[], options: Parameters<typeof run>[2]): Promise<void> {
	const [command = 'install', ...rest] = args;
	await twice(
		`npm ${command}`,
		async () => await run('npm', [command, '--no-audit', '--no-fund', ...rest], options),
	);
}

/**
 * Fills a folder of the cache once. The marker is written last and names the recipe, so that an
 * interrupted install, or one made by another recipe, is thrown away and made anew.
 */
async function installed(
	name: string,
	recipe: unknown,
	fill: (target: string, logFile: string) => Promise<void>,
): Promise<string> {
	const cache = cacheFolder();
	const target = join(cache, name);
	if (isComplete(name, recipe)) return target;

	mkdirSync(cache, { recursive: true });
	const unlock = await lock(`${target}.lock`);
	try {
		if (isComplete(name, recipe)) return target;
		const started = Date.now();
		console.log(`# installing ${name} into the cache …`);
		rmSync(target, { recursive: true, force: true });
		mkdirSync(target);
		await fill(target, join(target, 'install.log'));
		writeFileSync(markerOf(name), fingerprintOf(recipe));
		console.log(`# installed ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
		return target;
	} finally {
		unlock();
	}
}

function isComplete(name: string, recipe: unknown): boolean {
	const marker = markerOf(name);
	return existsSync(marker) && readFileSync(marker, 'utf8') === fingerprintOf(recipe);
}

const markerOf = (name: string) => join(cacheFolder(), name, '.complete');

const fingerprintOf = (recipe: unknown) =>
	createHash('sha256').update(JSON.stringify(recipe)).digest('hex');

/** A lock folder that holds its owner's process id; the lock of a process that died is taken over. */
async function lock(folder: string): Promise<() => void> {
	const owner = join(folder, 'pid');
	const deadline = Date.now() + 30 * 60_000;
	let ownerUnknownSince: number | undefined;
	for (;;) {
		try {
			mkdirSync(folder);
			writeFileSync(owner, String(process.pid));
			return () => rmSync(folder, { recursive: true, force: true });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const pid = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : 0;
		if (pid > 0) ownerUnknownSince = undefined;
		else ownerUnknownSince ??= Date.now();
		const abandoned =
			pid > 0 ? !isAlive(pid) : Date.now() - (ownerUnknownSince ?? Date.now()) > 10_000;
		if (abandoned) rmSync(folder, { recursive: true, force: true });
		else if (Date.now() > deadline) throw new Error(`${folder} has been locked for too long`);
		else await sleep(1000);
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
