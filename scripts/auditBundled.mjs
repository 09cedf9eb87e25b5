/**
 * `npm run audit:bundled [-- --strict]`: asks the registry for advisories about what is in the bundle (not
 * about the tools). Without an answer it says so and passes; with `--strict` it fails.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const strict = process.argv.includes('--strict');
const list = 'dist/THIRD_PARTY_LICENSES.txt';
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });

/** Each licence begins with `NAME VERSION`. */
const bundled = [...readFileSync(list, 'utf8').matchAll(/^(@?[\w./-]+) (\d+\.\d+\.\d+\S*)$/gm)]
	.map(([, name, version]) => ({ name, version }))
	.filter(({ name, version }) => lock[`node_modules/${name}`]?.version === version);
if (bundled.length === 0) throw new Error(`${list} names no package`);

const folder = mkdtempSync(join(tmpdir(), 'tip-audit-'));
try {
	// A project of its own with exactly these: what else is installed does not matter to a user.
	const dependencies = Object.fromEntries(bundled.map(({ name, version }) => [name, version]));
	const packages = Object.fromEntries(
		bundled.map(({ name, version }) => [`node_modules/${name}`, { version }]),
	);
	const manifest = { name: 'bundled', version: '0.0.0', dependencies };
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	writeFileSync(
		join(folder, 'package-lock.json'),
		JSON.stringify({ ...manifest, lockfileVersion: 3, packages: { '': manifest, ...packages } }),
	);
	const { stdout } = spawnSync('npm', ['audit', '--json'], {
		cwd: folder,
		encoding: 'utf8',
		timeout: 120_000,
	});
	const names = bundled.map(({ name, version }) => `${name} ${version}`).join(', ');
	let answer;
	try {
		answer = JSON.parse(stdout);
	} catch {
		answer = {};
	}
	if (answer.vulnerabilities === undefined) {
		console.log(`The registry gave no answer about ${names}.`);
		process.exitCode = strict ? 1 : 0;
	} else {
		for (const { name, severity, via } of Object.values(answer.vulnerabilities)) {
			const titles = via.map((one) => (typeof one === 'string' ? one : `${one.title} ${one.url}`));
			console.log(`${severity}: ${name}: ${titles.join('; ')}`);
		}
		const count = Object.keys(answer.vulnerabilities).length;
		console.log(`${count} advisories about ${names}`);
		process.exitCode = count > 0 ? 1 : 0;
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
