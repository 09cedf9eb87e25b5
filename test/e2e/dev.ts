/**
 * `npm run dev`: a real n8n with this package in it, built anew whenever a source file changes, a stand-in
 * portal, a credential for it and the examples. The first time n8n is fetched into the cache (minutes).
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { startPortal } from '../portal';
import { N8nApi, type CredentialRef } from './api';
import { importExample } from './exampleSteps';
import { installN8n, n8nLabels, type N8nLabel } from './install';
import { installPackage, packPackage } from './package';
import { freePorts, startN8n, stopAll, type N8nServer } from './server';
import { npmEnvironment, run } from './shell';
import { credentialType, tokenCredentialType, type World } from './world';

const usage = `npm run dev -- [options]
  --n8n newest|oldest|oldest-22   which n8n (default newest)
  --port N                        where n8n listens (default 5678, or another one if that is taken)
  --once                          start, build anew once as for a change, and end: a try of this itself`;

const checkout = resolve(__dirname, '../..');
const SOURCES = ['tip', 'nodes', 'credentials'];
/** An editor writes a file in several steps. */
const SETTLE_MS = 200;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			n8n: { type: 'string', default: 'newest' },
			port: { type: 'string' },
			once: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const label = n8nLabels.find((one) => one === values.n8n);
	if (values.help || label === undefined) {
		console.log(usage);
		return;
	}
	const folder = mkdtempSync(join(tmpdir(), 'tip-dev-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const port = Number(values.port ?? (await portLike(5678)));
	const n8n = await open(label, folder, port);
	console.log(`
n8n:     ${n8n.url}   sign in as ${n8n.owner.email} / ${n8n.owner.password}
portal:  ${n8n.portalUrl}   (a stand-in; every task but missing-…, legal-… and forbidden-… is known)
in it:   the credentials 'Stand-in portal' and 'Stand-in portal, token', and ${n8n.examples} examples
A change in ${SOURCES.map((name) => `${name}/`).join(', ')} is built and n8n is started again. Ctrl+C ends it.`);
	if (values.once) {
		await n8n.renew();
		return;
	}
	await new Promise<void>((end) => {
		process.once('SIGINT', end);
		process.once('SIGTERM', end);
		onChange(async () => await n8n.renew());
	});
}

/** Everything up, with what to do when the sources have changed. */
async function open(label: N8nLabel, folder: string, port: number) {
	const [tarball, install, portal] = await Promise.all([
		packPackage(checkout, folder),
		installN8n(label),
		startPortal(),
	]);
	portal.publications.publish({ id: '1', files: { yara: 'rule example { condition: true }' } });
	const userFolder = join(folder, 'n8n');
	mkdirSync(userFolder);
	const { name } = await installPackage(tarball, userFolder);
	const start = async () => await startN8n({ install, userFolder, name: 'dev', port });
	let server: N8nServer = await start();
	const api = new N8nApi(server.url);
	await api.signIn();

	const client = portal.certificates.client;
	const credentials: CredentialRef[] = [
		await api.createCredential('Stand-in portal', credentialType, {
			...portal.credential,
			certificate: client.combinedPem,
		}),
		await api.createCredential('Stand-in portal, token', tokenCredentialType, {
			...portal.tokenCredential,
		}),
	];
	const [credential, ...others] = credentials as [CredentialRef, ...CredentialRef[]];
	const world = { api, portal, credential, checkout } as World;
	let examples = 0;
	for (const file of readdirSync(join(checkout, 'examples')).filter((one) => /\.json$/.test(one))) {
		await importExample(world, file, others);
		examples++;
	}
	return {
		url: server.url,
		owner: api.owner,
		portalUrl: portal.baseUrl,
		examples,
		async renew() {
			const started = Date.now();
			const env = npmEnvironment();
			try {
				await run('npx', ['gulp', 'bundle'], { cwd: checkout, env, timeoutMs: 60_000 });
			} catch (error) {
				console.log((error as Error).message);
				return;
			}
			await server.stop();
			const target = join(userFolder, '.n8n/nodes/node_modules', name, 'dist');
			cpSync(join(checkout, 'dist'), target, { recursive: true });
			server = await start();
			console.log(`built, and n8n is up again (${((Date.now() - started) / 1000).toFixed(1)} s)`);
		},
	};
}

/** Calls when the sources have changed; what changes while it works is seen to afterwards. */
function onChange(act: () => Promise<void>): void {
	let timer: NodeJS.Timeout | undefined;
	let working = Promise.resolve();
	for (const name of SOURCES) {
		watch(join(checkout, name), { recursive: true }, () => {
			clearTimeout(timer);
			timer = setTimeout(() => (working = working.then(act)), SETTLE_MS);
		});
	}
}

/** The port, or a free one when it is taken. */
async function portLike(wanted: number): Promise<number> {
	const { createServer } = await import('node:net');
	const isFree = await new Promise<boolean>((done) => {
		const probe = createServer().once('error', () => done(false));
		probe.listen(wanted, '127.0.0.1', () => probe.close(() => done(true)));
	});
	return isFree ? wanted : ((await freePorts(1))[0] ?? wanted);
}

for (const signal of ['SIGHUP'] as const) process.once(signal, () => process.exit(1));

main()
	.catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	})
	.finally(async () => {
		await stopAll();
		process.exit();
	});
