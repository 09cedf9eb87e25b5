/**
 * `npm run test:commands [-- PATTERN]`: runs every npm command that README.md, CONTRIBUTING.md and docs/
 * name, and looks at its exit code and its last lines. A command that is named and not known here fails,
 * so that none is written down untried.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Ends with exit code 0 and these last lines. */
const ends = (pattern, { code = 0, changes = true, as } = {}) => ({ pattern, code, changes, as });
/** Run elsewhere, or not to be run here. */
const elsewhere = (reason) => ({ reason });
/** Leaves the checkout as it is, too. */
const leavesAsItIs = (pattern) => ends(pattern, { changes: false });

const COMMANDS = {
	'npm start': ends(/Rescan on TAE: 3 items in, 2 accepted, 1 refused or unknown$/),
	'npm start -- --help': ends(/--/),
	'npm run check': ends(/All matched files use Prettier code style!$/),
	'npm run lint:fix': leavesAsItIs(/^/),
	'npm run format': leavesAsItIs(/^/),
	'npx jest wire': ends(/\d+ passed, 0 failed$/),
	// The gate draws nothing: it would be red by chance.
	'npm run test:random': ends(/1 passed, 0 failed$/, {
		as: 'npm run test:random -- --seed 1 --workflows 40',
	}),
	'npm run test:e2e -- --help': ends(/--keep/),
	'npm run dev -- --help': ends(/--n8n/),
	'npm run dev -- --once': ends(/built, and n8n is up again \([\d.]+ s\)$/),
	'npm run scan': ends(/, 0 not as expected$/),
	'npm run audit:bundled': ends(/^(0 advisories|The registry gave no answer) about /m),
	'npm run bench -- --plots': leavesAsItIs(/docs\/pace-latencies.svg$/),
	'npm run docs:messages': leavesAsItIs(/^/),
	'npm run lock:complete': leavesAsItIs(
		/0 packages of other platforms added to package-lock.json, 0 hashes$/,
	),

	'npm pack': elsewhere('the end-to-end tests pack it'),
	'npm pack n8n-nodes-kaspersky-tip': elsewhere('takes the published package'),
	'npm view n8n-nodes-kaspersky-tip@0.1.0 dist.integrity': elsewhere(
		'asks for the published package',
	),
	'npm run build': elsewhere('npm test runs it'),
	'npm run lint': elsewhere('npm test runs it'),
	'npm run format:check': elsewhere('npm test runs it'),
	'npm run typecheck': elsewhere('npm run build runs it'),
	'npm ci': elsewhere('the gate begins with it'),
	'npm test': elsewhere('the gate runs it'),
	'.ci/run': elsewhere('this is part of it'),
	'npm run test:e2e': elsewhere('the gate runs it'),
	'npm run test:commands': elsewhere('this is it'),
	'npm run test:busy': elsewhere('the tests again, slower'),
	'npm run mutation': elsewhere('long, outside the gate'),
	'npm run dev': elsewhere('has no end by itself; see --once'),
	'npm run bench': elsewhere('12 minutes of an idle machine'),
	'npm run schemas': elsewhere('test/package/schemas.test.ts compares what it writes'),
	'npm run identity': elsewhere('test/package/publishing.test.ts'),
};

const documents = [
	'README.md',
	'CONTRIBUTING.md',
	...readdirSync('docs').map((name) => `docs/${name}`),
]
	.filter((name) => name.endsWith('.md'))
	.map((name) => readFileSync(name, 'utf8'));

/** In a line of its own in a block, or in backticks: `npm …`, `npx …`, `.ci/run`. */
const named = documents.flatMap((text) => [
	...[...text.matchAll(/`((?:(?:npm|npx) |\.ci\/run)[^`\n]*)`/g)].map(([, command]) => command),
	...[...text.matchAll(/^\s*\$? ?((?:npm|npx|\.ci\/run)\b[^`|\n]*)$/gm)].map(
		([, command]) => command,
	),
]);
const commands = new Set(
	named.flatMap((line) => line.split('&&')).map((command) => command.replace(/\s+#.*$/, '').trim()),
);

/** The entry for a command; one with other arguments is run elsewhere when the plain one is. */
function entryOf(command) {
	const plain = command.replace(/ -- .*$/, '');
	return COMMANDS[command] ?? (COMMANDS[plain]?.reason ? COMMANDS[plain] : undefined);
}

const stateOfCheckout = () =>
	spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).stdout;
const only = new RegExp(process.argv[2] ?? '');
let passed = 0;
const failures = [];
for (const command of new Set([...commands, 'npm run dev -- --once'])) {
	if (!only.test(command)) continue;
	const entry = entryOf(command);
	if (entry === undefined) {
		failures.push(command);
		console.log(
			`not ok ${command}: named in the documents and not known to scripts/testCommands.mjs`,
		);
		continue;
	}
	if (entry.reason !== undefined) {
		console.log(`# ${command}: ${entry.reason}`);
		continue;
	}
	const before = stateOfCheckout();
	const started = Date.now();
	const { status, stdout, stderr } = spawnSync('bash', ['-c', entry.as ?? command], {
		encoding: 'utf8',
		maxBuffer: 1 << 26,
	});
	const said = `${stdout}${stderr}`.trimEnd();
	const wrong = [
		status !== entry.code && `exit code ${status}`,
		!entry.pattern.test(stdout.trimEnd()) && !entry.pattern.test(said) && 'other last lines',
		!entry.changes && stateOfCheckout() !== before && 'the checkout has changed',
	].filter(Boolean);
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	if (wrong.length === 0) passed++;
	else failures.push(command);
	console.log(
		`${wrong.length === 0 ? 'ok' : 'not ok'} ${command} (${seconds} s)${wrong.length > 0 ? `: ${wrong.join(', ')}` : ''}`,
	);
	for (const line of said.split('\n').slice(wrong.length > 0 ? -30 : -2))
		console.log(`    ${line}`);
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);
