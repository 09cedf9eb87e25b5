/**
 * `npm run test:e2e`: the packed package inside a real n8n, against the stand-in portal. The first
 * run fetches n8n and its Node from npm into a cache (some minutes, 5 GB); see CONTRIBUTING.md.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { startPortal, type Portal } from '../portal';
import { N8nApi, type CredentialRef } from './api';
import { openEditor, type Editor } from './browser';
import { browserSteps } from './browserSteps';
import { exampleSteps } from './exampleSteps';
import { freeSteps } from './freeSteps';
import { installN8n, n8nLabels, type N8nInstall, type N8nLabel } from './install';
import { installPackage, packPackage } from './package';
import { startQueue, type Queue } from './queue';
import { impatience, queueSteps } from './queueSteps';
import { egressSteps, restSteps } from './restSteps';
import { startN8n, stopAll } from './server';
import { chosen, Report, type Step } from './steps';
import { triggerSteps, type TriggerWorld } from './triggerSteps';
import { credentialType, passphrase, type World } from './world';

const usage = `npm run test:e2e -- [options]
  --n8n newest|oldest|oldest-22|both|all
                             which n8n; the oldest runs on Node 20, oldest-22 is the same on
                             Node 22, both is without that (default both)
  --browser                  also drive the editor in Chromium; pictures go to artifacts/
  --queue                    also queue mode: PostgreSQL, Redis, one main, two workers
  --package FILE             a tarball of \`npm pack\`, instead of building this checkout
  --only PATTERN             only the steps whose title matches
  --executions N             how many executions the queue shares out (default 500)
  --keep                     leave n8n running at the end, for a look by hand (Ctrl+C ends it)`;

const checkout = resolve(__dirname, '../..');

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			n8n: { type: 'string', default: 'both' },
			browser: { type: 'boolean', default: false },
			queue: { type: 'boolean', default: false },
			keep: { type: 'boolean', default: false },
			executions: { type: 'string', default: '500' },
			package: { type: 'string' },
			only: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const labels = labelsOf(values.n8n);
	if (labels.length === 0) throw new Error(usage);
	const only = values.only === undefined ? undefined : new RegExp(values.only);

	const report = new Report();
	const folder = mkdtempSync(join(tmpdir(), 'tip-e2e-'));
	process.once('exit', () => {
		if (!values.keep) rmSync(folder, { recursive: true, force: true });
	});
	const artifacts = join(checkout, 'artifacts');
	try {
		let tarball = '';
		const packed = await report.one('the package builds and packs', async () => {
			tarball = values.package ?? (await packPackage(checkout, folder));
		});
		for (const label of packed ? labels : []) {
			let install: N8nInstall | undefined;
			await report.one(
				`${label}: n8n is installed`,
				async () => {
					install = await installN8n(label);
				},
				40 * 60_000,
			);
			if (install === undefined) continue;
			const group = `n8n ${install.version}${label === 'oldest-22' ? ' on Node 22' : ''}`;
			// The same address each time, so that a picture taken anew looks like the one before.
			const portal = await startPortal({ port: 8443 }).catch(async () => await startPortal());
			try {
				await inOneN8n(
					{ group, install, portal, tarball, folder, artifacts },
					values,
					report,
					only,
				);
			} finally {
				await portal.close();
			}
		}
	} finally {
		await stopAll();
	}
	for (const failure of report.failures) console.log(`# failed: ${failure}`);
	console.log(`${report.passed} passed, ${report.failures.length} failed`);
	return report.failures.length === 0 && report.passed > 0 ? 0 : 1;
}

function labelsOf(which: string): N8nLabel[] {
	if (which === 'both') return ['newest', 'oldest'];
	return n8nLabels.filter((label) => which === 'all' || which === label);
}

interface Place {
	group: string;
	install: N8nInstall;
	portal: Portal;
	tarball: string;
	folder: string;
	artifacts: string;
}

interface Flags {
	browser: boolean;
	queue: boolean;
	keep: boolean;
	executions: string;
}

/** Whether a pattern leaves any step of a group. */
const anyOf =
	(only: RegExp | undefined) =>
	<World>(title: string, steps: ReadonlyArray<Step<World>>) =>
		chosen(title, steps, only).length > 0;

async function inOneN8n(
	place: Place,
	flags: Flags,
	report: Report,
	only: RegExp | undefined,
): Promise<void> {
	const { group } = place;
	const any = anyOf(only);
	const triggerTitle = `${group}, trigger`;
	// It waits for n8n's clock most of the time, so it goes on beside all others.
	const hasTrigger = any(triggerTitle, triggerSteps);
	await Promise.all([
		hasTrigger && aTriggersLife(place, triggerTitle, report, only),
		allOthers(place, flags, report, only),
	]);
}

async function allOthers(
	place: Place,
	flags: Flags,
	report: Report,
	only: RegExp | undefined,
): Promise<void> {
	const { group, install } = place;
	const any = anyOf(only);
	const examples = { title: `${group}, examples`, steps: exampleSteps(checkout) };
	if (any(group, restSteps) || any(examples.title, examples.steps)) {
		await withN8n(place, 'n8n', {}, report, async (world) => {
			await report.run(group, restSteps, world, only);
			await report.run(examples.title, examples.steps, world, only);
			if (flags.keep) await look(world);
		});
	}
	if (install.label !== 'newest') return;

	// The steps know the editor's parts by the names the newest n8n gives them.
	const inEditor = `${group} in Chromium`;
	const editorSteps = [...browserSteps, ...freeSteps];
	if (flags.browser && any(inEditor, editorSteps)) {
		await withN8n(place, 'browser', {}, report, async (world) => {
			let editor: Editor | undefined;
			await report.one(`${inEditor}: the editor opens`, async () => {
				editor = await openEditor(world.api, world.artifacts);
			});
			if (editor === undefined) return;
			const before = report.failures.length;
			try {
				await report.run(inEditor, editorSteps, { ...world, editor }, only);
				if (report.failures.length > before) await editor.picture('failed');
			} finally {
				await editor.close();
			}
		});
	}
	// Older ones have no such protection.
	const protectedTitle = `${group} with SSRF protection`;
	if (any(protectedTitle, egressSteps)) {
		const env = { N8N_SSRF_PROTECTION_ENABLED: 'true' };
		await withN8n(place, 'egress', env, report, async (world) => {
			await report.run(protectedTitle, egressSteps, world, only);
		});
	}
	if (flags.queue && any(queueTitle(group), queueSteps)) {
		await inQueueMode(place, Number(flags.executions), report, only);
	}
}

async function aTriggersLife(
	place: Place,
	title: string,
	report: Report,
	only: RegExp | undefined,
): Promise<void> {
	// The others reset theirs.
	const portal = await startPortal();
	await withN8n({ ...place, portal }, 'trigger', {}, report, async (started) => {
		const { api, credential, server } = started;
		const port = Number(new URL(server.url).port);
		const { install } = place;
		const { userFolder } = server;
		const world: TriggerWorld = {
			...{ api, portal, credential, server, expected: [] },
			start: async () => await startN8n({ install, userFolder, name: 'trigger', port }),
		};
		try {
			await report.run(title, triggerSteps, world, only);
		} finally {
			await world.server.stop();
		}
	}).finally(async () => await portal.close());
}

const queueTitle = (group: string) => `${group} in queue mode`;

async function inQueueMode(
	place: Place,
	executions: number,
	report: Report,
	only: RegExp | undefined,
): Promise<void> {
	const { group, install, portal, tarball, folder } = place;
	const title = queueTitle(group);
	const userFolder = join(folder, `${install.label}-queue`);
	let queue: Queue | undefined;
	await report.one(`${title}: PostgreSQL, Redis, main and two workers start`, async () => {
		mkdirSync(userFolder);
		queue = await startQueue({ install, tarball, folder: userFolder, env: impatience });
	});
	if (queue === undefined) return;
	try {
		const api = new N8nApi(queue.main.url);
		await api.signIn();
		const credential = await createCredential(api, portal);
		await report.run(title, queueSteps, { queue, api, portal, credential, executions }, only);
	} finally {
		await queue.stop();
	}
}

async function createCredential(api: N8nApi, portal: Portal): Promise<CredentialRef> {
	const client = await portal.certificates.issueClient({ passphrase });
	return await api.createCredential('Stand-in portal', credentialType, {
		...portal.credential,
		certificate: client.combinedPem,
		passphrase,
	});
}

/** Starts a fresh n8n with the package and a working credential, and stops it afterwards. */
async function withN8n(
	place: Place,
	name: string,
	env: Record<string, string>,
	report: Report,
	use: (world: World) => Promise<void>,
): Promise<void> {
	const { group, install, portal, tarball, folder, artifacts } = place;
	const userFolder = join(folder, `${install.label}-${name}`);
	let world: World | undefined;
	await report.one(`${group}: ${name} starts with the package`, async () => {
		mkdirSync(userFolder);
		await installPackage(tarball, userFolder);
		const server = await startN8n({ install, userFolder, name, env });
		const api = new N8nApi(server.url);
		await api.signIn();
		const credential = await createCredential(api, portal);
		world = { install, server, api, portal, credential, artifacts, checkout };
	});
	if (world === undefined) return;
	try {
		await use(world);
	} finally {
		await world.server.stop();
		if (report.failures.length > 0) saveLog(world);
	}
}

/** Keeps the log of an n8n in which something failed. */
function saveLog({ server, artifacts }: World): void {
	mkdirSync(artifacts, { recursive: true });
	for (const name of readdirSync(server.userFolder)) {
		if (name.endsWith('.log')) {
			copyFileSync(join(server.userFolder, name), join(artifacts, name));
		}
	}
}

async function look({ server, api, portal }: World): Promise<void> {
	const { email, password } = api.owner;
	console.log(`# n8n: ${server.url}  sign in as ${email} / ${password}; portal: ${portal.baseUrl}`);
	process.removeAllListeners('SIGINT');
	await new Promise((done) => process.once('SIGINT', done));
}

// Leaving by `exit` is what lets the servers be stopped, however this run ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => process.exit(1));
}

main().then(
	(code) => process.exit(code),
	async (error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		await stopAll();
		process.exit(1);
	},
);
