import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import * as packageJson from '../../package.json';
import { chain, itemsOf, runWorkflow, startNode } from '../engine/engine';
import { fromDist } from '../engine/fromDist';
import { NODE_NAME, NODE_TYPE, tipNode } from '../engine/rescanWorkflow';
import { startPortal } from '../portal';

const ROOT = join(__dirname, '..', '..');
const BUNDLE_FILE = join(ROOT, 'dist/bundle.js');
const ENTRY_FILES = [...packageJson.n8n.nodes, ...packageJson.n8n.credentials].map((file) =>
	join(ROOT, file),
);

/** What a user installs: the contents of `dist/`, made by `npm run build`. */
describe('The built package', () => {
	it('runs a rescan in the engine', async () => {
		const portal = await startPortal();
		try {
			const run = await runWorkflow(
				{
					nodes: [startNode(), tipNode({ resource: 'tae', taskId: '={{ $json.task }}' })],
					connections: chain('Start', NODE_NAME),
				},
				{
					installed: fromDist(),
					credentials: { kasperskyTipApi: portal.credential },
					items: [{ json: { task: 'a' } }],
				},
			);
			expect(run.data.resultData.error).toBeUndefined();
			expect(itemsOf(run, NODE_NAME)).toHaveLength(1);
			expect(portal.rescans()).toHaveLength(1);
			expect(portal.rescans()[0]!.headers['user-agent']).toBe(
				`n8n-nodes-kaspersky-tip/${packageJson.version}`,
			);
		} finally {
			await portal.close();
		}
	});

	it('changes nothing global when it is loaded', () => {
		const program = `
			require('n8n-workflow');
			const keys = () => Reflect.ownKeys(globalThis).map(String);
			const listeners = () => process.eventNames().map((name) => String(name) + process.listenerCount(name));
			const before = [keys(), listeners()];
			const fetchBefore = globalThis.fetch;
			for (const file of ${JSON.stringify(ENTRY_FILES)}) require(file);
			const added = keys().filter((key) => !before[0].includes(key));
			console.log(JSON.stringify({
				added,
				sameListeners: JSON.stringify(listeners()) === JSON.stringify(before[1]),
				sameFetch: fetchBefore === globalThis.fetch,
				dispatcher: Symbol.for('undici.globalDispatcher.1') in globalThis,
			}));`;
		const printed = execFileSync(process.execPath, ['-e', program], {
			cwd: ROOT,
			encoding: 'utf8',
		});
		expect(JSON.parse(printed)).toEqual({
			added: [],
			sameListeners: true,
			sameFetch: true,
			dispatcher: false,
		});
	});

	it('needs nothing at run time but Node and n8n-workflow', () => {
		const asked = new Set<string>();
		for (const file of [BUNDLE_FILE, ...ENTRY_FILES]) {
			for (const [, name] of readFileSync(file, 'utf8').matchAll(/require\(["']([^"']+)["']\)/g)) {
				asked.add(name!);
			}
		}
		const foreign = [...asked].filter(
			(name) => !isOfNode(name) && name !== 'n8n-workflow' && !name.startsWith('../'),
		);
		expect(foreign).toEqual([]);
		expect(asked).toContain('n8n-workflow');
	});

	it('holds undici once', () => {
		const marker = /HTTPParserError\s*=\s*class/g;
		expect(readFileSync(BUNDLE_FILE, 'utf8').match(marker)).toHaveLength(1);
		for (const file of ENTRY_FILES) expect(statSync(file).size).toBeLessThan(200);
	});

	it('contains what a user needs and nothing else', () => {
		const [packed] = JSON.parse(
			execFileSync('npm', ['pack', '--dry-run', '--json'], {
				cwd: ROOT,
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'ignore'],
			}),
		) as Array<{ files: Array<{ path: string; size: number }> }>;
		const paths = packed!.files.map(({ path }) => path);
		const isSchema = (path: string) => path.includes('/__schema__/');
		expect(paths.filter(isSchema)).toContain(
			'dist/nodes/KasperskyTip/__schema__/v1.0.0/lookup/hash.json',
		);
		expect(paths.filter((path) => !isSchema(path)).sort()).toEqual([
			'LICENSE',
			'README.md',
			'dist/THIRD_PARTY_LICENSES.txt',
			'dist/bundle.js',
			'dist/credentials/KasperskyOpenTipApi.credentials.js',
			'dist/credentials/KasperskyTipApi.credentials.js',
			'dist/credentials/KasperskyTipTokenApi.credentials.js',
			'dist/nodes/KasperskyTip/KasperskyTip.node.js',
			'dist/nodes/KasperskyTip/KasperskyTip.node.json',
			'dist/nodes/KasperskyTip/kasperskyTip.dark.svg',
			'dist/nodes/KasperskyTip/kasperskyTip.svg',
			'dist/nodes/KasperskyTipTrigger/KasperskyTipTrigger.node.js',
			'dist/nodes/KasperskyTipTrigger/KasperskyTipTrigger.node.json',
			'package.json',
		]);
	});

	it('is found by one description and the same words, whichever of the two n8n shows', () => {
		const { nodes } = fromDist();
		const descriptions = Object.values(nodes).map(({ description }) => description.description);
		expect(new Set(descriptions).size).toBe(1);
		const codex = (name: string) =>
			JSON.parse(readFileSync(join(ROOT, `dist/nodes/${name}/${name}.node.json`), 'utf8')) as {
				alias: string[];
			};
		expect(codex('KasperskyTip').alias).toEqual(codex('KasperskyTipTrigger').alias);
	});

	it('has a subtitle in words for every operation', () => {
		const { description } = fromDist().nodes[NODE_TYPE]!;
		const { subtitle } = description as { subtitle: string };
		for (const property of (description as { properties: INodeProperties[] }).properties) {
			if (!['resource', 'operation'].includes(property.name)) continue;
			for (const option of property.options as INodePropertyOptions[]) {
				const name = option.value === 'tae' ? 'TAE' : option.name;
				expect(subtitle).toContain(`${JSON.stringify(option.value)}:${JSON.stringify(name)}`);
			}
		}
	});

	it('keeps descriptions of operations short, and says first what costs', () => {
		const { properties } = fromDist().nodes[NODE_TYPE]!.description as {
			properties: INodeProperties[];
		};
		const operations = properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options }) => options as INodePropertyOptions[]);
		for (const { description, action, value } of operations) {
			expect(description!.length).toBeLessThan(95);
			if (value === 'rescan') {
				expect(description).toMatch(/^Uses paid quota: /);
				expect(action).toMatch(/uses paid quota/);
			}
		}
	});

	it('is small enough to load in a blink', () => {
		// Of it undici is 340 KiB, the list of public suffixes 140, the XML parser 86, all of ours 250.
		expect(statSync(BUNDLE_FILE).size).toBeLessThan(900 * 1024);
	});

	it('keeps its public names', () => {
		const { nodes, credentials } = fromDist();
		expect(Object.keys(nodes)).toEqual([NODE_TYPE, `${NODE_TYPE}Trigger`]);
		expect(nodes[NODE_TYPE]!.description).toMatchObject({
			name: 'kasperskyTip',
			displayName: 'Kaspersky TIP',
			usableAsTool: true,
		});
		expect(credentials.kasperskyTipApi!.properties.map(({ name }) => name)).toEqual([
			'baseUrl',
			'username',
			'password',
			'certificate',
			'passphrase',
			'caCertificate',
		]);
		expect(credentials.kasperskyTipTokenApi!.properties.map(({ name }) => name)).toEqual([
			'baseUrl',
			'token',
			'caCertificate',
		]);
		expect(packageJson).not.toHaveProperty('dependencies');
		expect(packageJson.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});
});

describe('The lock file', () => {
	it('names no download address', () => {
		expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/);
	});
});

/** With the prefix it can be nothing else, even when this Node is too old to have it. */
function isOfNode(name: string): boolean {
	return name.startsWith('node:') || isBuiltin(name);
}
