/**
 * `npm run scan [-- TARBALL]`: n8n's own scanner of community packages on the packed package and on its
 * sources, as n8n does it for a package that asks to be verified. What it may find is listed in
 * `scanExpected.json` with the reason; anything else fails, and so does a reason that is out of date.
 */
import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const VERSION = '0.32.0';
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const cache = join(
	process.env.N8N_TIP_E2E_CACHE ||
		join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-kaspersky-tip'),
	`scanner-${VERSION}`,
);

function npm(args, cwd) {
	return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

if (!existsSync(join(cache, '.complete'))) {
	rmSync(cache, { recursive: true, force: true });
	mkdirSync(cache, { recursive: true });
	writeFileSync(join(cache, 'package.json'), '{ "private": true }');
	npm(
		[
			'install',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			`@n8n/scan-community-package@${VERSION}`,
		],
		cache,
	);
	writeFileSync(join(cache, '.complete'), '');
}
const scannerFile = join(cache, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');
const { buildScanConfig, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(scannerFile));
const { ESLint } = createRequire(scannerFile)('eslint');

const folder = mkdtempSync(join(tmpdir(), 'tip-scan-'));
try {
	let tarball = process.argv[2];
	if (tarball === undefined) {
		npm(['run', '--silent', 'build'], root);
		const [packed] = JSON.parse(
			npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
		);
		tarball = join(folder, packed.filename);
	}
	const unpacked = join(folder, 'package');
	execFileSync('tar', ['-xzf', resolve(tarball), '-C', folder]);

	const found = new Map();
	const look = async (leg, cwd, patterns) => {
		const eslint = new ESLint({
			cwd,
			allowInlineConfig: false,
			overrideConfigFile: true,
			overrideConfig: await buildScanConfig(),
			errorOnUnmatchedPattern: false,
		});
		for (const { filePath, messages } of await eslint.lintFiles(patterns)) {
			for (const { ruleId, message, severity } of messages) {
				if (severity < 2) continue;
				const key = `${leg}: ${ruleId ?? message}`;
				found.set(key, (found.get(key) ?? new Set()).add(relative(cwd, filePath)));
			}
		}
	};
	await look('package', unpacked, ['**/*.js', '**/*.json']);
	await look('sources', root, SOURCE_FILE_PATTERNS);

	const expected = JSON.parse(readFileSync(join(here, 'scanExpected.json'), 'utf8'));
	let wrong = 0;
	for (const [key, files] of [...found].sort()) {
		const isKnown = key in expected;
		if (!isKnown) wrong++;
		console.log(`${isKnown ? 'expected' : 'NEW     '} ${key} in ${[...files].sort().join(', ')}`);
	}
	for (const key of Object.keys(expected)) {
		if (found.has(key)) continue;
		wrong++;
		console.log(`GONE     ${key}: take it out of scanExpected.json`);
	}
	console.log(
		`${readdirSync(unpacked).length} entries in the package, ${found.size} kinds of findings, ${wrong} not as expected`,
	);
	process.exitCode = wrong > 0 ? 1 : 0;
} finally {
	rmSync(folder, { recursive: true, force: true });
}
