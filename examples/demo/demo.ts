/**
 * `npm start`: the example workflow `rescan-both-engines.json`, run by n8n's own engine with the
 * built package, against the embedded stand-in portal or a real one.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INode, IRun } from 'n8n-workflow';
import type { EngineWorkflow, Installed } from '../../test/engine/engine';
import { startPortal } from '../../test/portal';
import { HELP, readDemoOptions, type DemoEngine, type DemoOptions } from './options';
import { printRun } from './report';

const ROOT = join(__dirname, '..', '..');
const WORKFLOW_FILE = 'examples/rescan-both-engines.json';
const NODE_NAMES: Record<DemoEngine, string> = {
	sandbox: 'Rescan on Sandbox',
	tae: 'Rescan on TAE',
};

async function main(): Promise<number> {
	const options = readDemoOptions(process.argv.slice(2));
	if (options === 'help') {
		console.log(HELP);
		return 0;
	}

	console.log('Building the package …');
	buildPackage();

	// n8n-core writes a settings file as soon as it is loaded.
	const n8nFolder = mkdtempSync(join(tmpdir(), 'n8n-tip-demo-'));
	process.env.N8N_USER_FOLDER = n8nFolder;
	process.env.N8N_LOG_LEVEL = 'silent';
	const portal = options.realPortal === undefined ? await startPortal() : undefined;
	try {
		const workflow = readWorkflow(options);
		const credential = options.realPortal ?? portal!.credential;
		console.log(
			`Workflow ${WORKFLOW_FILE} in n8n's engine, against ${
				portal ? `the embedded stand-in portal at ${portal.baseUrl}` : credential.baseUrl
			}`,
		);
		const run = await execute(workflow, credential);
		return printRun(run, {
			nodes: options.engines.map((engine) => NODE_NAMES[engine]),
			requests: portal?.requests,
		});
	} finally {
		await portal?.close();
		rmSync(n8nFolder, { recursive: true, force: true });
	}
}

/** As `npm run build` does, silent unless it goes wrong. */
function buildPackage(): void {
	execFileSync('npm', ['run', '--silent', 'build'], {
		cwd: ROOT,
		stdio: ['ignore', 'ignore', 'inherit'],
		// On Windows npm is a script of the shell.
		shell: process.platform === 'win32',
	});
}

/** The example as it is in the file, with the tasks and engines asked for. */
function readWorkflow({ tasks, engines, realPortal }: DemoOptions): EngineWorkflow {
	const { nodes, connections } = JSON.parse(
		readFileSync(join(ROOT, WORKFLOW_FILE), 'utf8'),
	) as EngineWorkflow;
	const unwanted = Object.entries(NODE_NAMES)
		.filter(([engine]) => !engines.includes(engine as DemoEngine))
		.map(([, name]) => name);
	const kept = nodes.filter(
		({ name, type }) => type !== 'n8n-nodes-base.stickyNote' && !unwanted.includes(name),
	);
	const list = kept.find(({ name }) => name === 'Task list') as INode;
	for (const { type, parameters } of kept) {
		// The example's own changes are for show; a task of yours keeps its settings.
		if (realPortal && type.endsWith('.kasperskyTip')) parameters.additionalFields = {};
	}
	if (tasks.length > 0) list.parameters.jsonOutput = JSON.stringify({ task_id: tasks });

	const branches = connections['One item per task']?.main?.[0] ?? [];
	connections['One item per task'] = {
		main: [branches.filter(({ node }) => !unwanted.includes(node))],
	};
	return { nodes: kept, connections };
}

async function execute(
	workflow: EngineWorkflow,
	credential: Record<string, string>,
): Promise<IRun> {
	// Loaded late: the engine reads its environment when it is imported.
	const { runWorkflow } = await import('../../test/engine/engine');
	const { builtIns } = await import('../../test/engine/builtIns');
	const { fromDist } = await import('../../test/engine/fromDist');
	const built = fromDist();
	const installed: Installed = {
		nodes: { ...builtIns, ...built.nodes },
		credentials: built.credentials,
	};
	return await runWorkflow(workflow, {
		installed,
		credentials: { kasperskyTipApi: credential },
	});
}

main().then(
	(exitCode) => {
		process.exitCode = exitCode;
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	},
);
