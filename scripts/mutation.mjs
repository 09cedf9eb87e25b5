/**
 * `npm run mutation [-- ROOM or FILE …]`: changes the code of the pure rooms in every way that Stryker
 * knows, one at a time, and counts the changes that no unit test notices. Takes long, so it is no
 * part of the gate. `test/mutation.md` says what survives, and why it may.
 *
 * Not counted are changes of what is worked out once, when a file is loaded (tables, and regular
 * expressions kept in a constant): Stryker would have to load everything anew for each of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '9.0.1';
const GOAL = 0.9;
/** What is changed, and the tests in `test/unit/` that are to notice it. */
const ROOMS = {
	values: [['tip/values/*.ts'], ['values', 'escapes', 'masking']],
	identity: [['tip/identity/*.ts'], ['identity*', 'pem']],
	tasks: [['tip/tasks/*.ts'], ['parameter*', 'choices']],
	lookup: [['tip/lookup/*.ts'], ['lookup*', 'extract']],
	reports: [['tip/reports/*.ts'], ['publication*']],
	retry: [
		['tip/portal/retry.ts', 'tip/portal/retryAfter.ts', 'tip/portal/refusals.ts'],
		['retry', 'refusals'],
	],
	journal: [['nodes/KasperskyTip/batch/journal.ts'], ['journal']],
	pace: [['tip/portal/pace/*.ts'], ['pace*']],
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(
	process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
	'n8n-nodes-kaspersky-tip',
	`stryker-${VERSION}`,
);
if (!existsSync(join(cache, '.complete'))) {
	rmSync(cache, { recursive: true, force: true });
	mkdirSync(cache, { recursive: true });
	writeFileSync(join(cache, 'package.json'), '{ "private": true }');
	const packages = ['core', 'jest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
	execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
		cwd: cache,
		stdio: 'inherit',
	});
	// It takes TypeScript from beside itself, without asking for it.
	const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
	symlinkSync(typescript, join(cache, 'node_modules/typescript'));
	writeFileSync(join(cache, '.complete'), '');
}

const asked = process.argv.slice(2);
/** A room, or one file of it. */
function partOf(name) {
	if (name in ROOMS) return ROOMS[name];
	const all = join(dirname(name), '*.ts');
	const isIn = ([globs]) => globs.includes(name) || globs.includes(all);
	const room = existsSync(join(root, name)) && Object.values(ROOMS).find(isIn);
	return room && [[name], room[1]];
}
const unknown = asked.filter((name) => !partOf(name));
if (unknown.length > 0) {
	console.error(`No such room: ${unknown.join(', ')}. There are ${Object.keys(ROOMS).join(', ')}.`);
	process.exit(2);
}
const work = join(root, 'artifacts', 'mutation');
mkdirSync(work, { recursive: true });

const table = [];
for (const room of asked.length > 0 ? asked : Object.keys(ROOMS)) {
	const name = room.replaceAll('/', '.');
	const [files, tests] = partOf(room);
	const report = join(work, `${name}.json`);
	const configFile = join(work, `${name}.config.json`);
	writeFileSync(
		configFile,
		JSON.stringify({
			mutate: files,
			// A text or a table that is changed says little of the code.
			mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
			plugins: [join(cache, 'node_modules/@stryker-mutator/jest-runner/dist/src/index.js')],
			testRunner: 'jest',
			jest: {
				config: {
					testMatch: tests.map((test) => `**/test/unit/${test}.test.ts`),
					// Thousands of random texts, for each change again, would take hours.
					testPathIgnorePatterns: ['Properties\\.test\\.ts$'],
					reporters: [],
				},
			},
			coverageAnalysis: 'perTest',
			// A busy machine must not look like a loop without end.
			timeoutMS: 20_000,
			ignoreStatic: true,
			reporters: ['json', 'progress-append-only'],
			jsonReporter: { fileName: report },
			tempDirName: join(work, 'tmp'),
			cleanTempDir: 'always',
			ignorePatterns: ['artifacts', 'dist', 'docs'],
			symlinkNodeModules: true,
			allowEmpty: true,
		}),
	);
	const { status } = spawnSync(
		process.execPath,
		[join(cache, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', configFile],
		{ cwd: root, stdio: 'inherit' },
	);
	if (status !== 0) process.exit(status ?? 1);
	table.push([room, readFileSync(report, 'utf8')]);
}

let isEnough = true;
for (const [room, text] of table) {
	const mutants = Object.entries(JSON.parse(text).files).flatMap(([file, { mutants }]) =>
		mutants.map((mutant) => ({ file, ...mutant })),
	);
	const of = (...states) => mutants.filter(({ status }) => states.includes(status));
	const noticed = of('Killed', 'Timeout').length;
	const survived = of('Survived', 'NoCoverage');
	const share = noticed / Math.max(1, noticed + survived.length);
	isEnough &&= share >= GOAL;
	for (const { file, location, mutatorName, replacement = '' } of survived) {
		const { line, column } = location.start;
		console.log(`  ${file}:${line}:${column} ${mutatorName}: ${replacement.slice(0, 100)}`);
	}
	console.log(
		`${room}: ${(share * 100).toFixed(1)} % of ${noticed + survived.length} changes noticed`,
	);
}
process.exit(isEnough ? 0 : 1);
