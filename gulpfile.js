/**
 * `npm run build` makes `dist/`, which is what the published package holds: one bundle for the node
 * (with undici inside, since a community node has no runtime dependencies), one for the credential,
 * icons and the codex file. `n8n-workflow` stays outside: it must be n8n's own copy.
 */
const { execFile } = require('node:child_process');
const { readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);

const ENTRIES = [
	'nodes/KasperskyTip/KasperskyTip.node.ts',
	'credentials/KasperskyTipApi.credentials.ts',
];
const FILES = ['nodes/**/*.svg', 'nodes/**/*.node.json'];

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function typeCheck() {
	await run(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '-p', '.']).catch(
		({ stdout }) => {
			throw new Error(`type check:\n${stdout}`);
		},
	);
}

async function bundle() {
	const { warnings, metafile } = await esbuild.build({
		entryPoints: ENTRIES,
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		target: 'node20.18',
		format: 'cjs',
		external: ['n8n-workflow'],
		// Names stay readable for stack traces; only white space and dead code go.
		minifySyntax: true,
		minifyWhitespace: true,
		keepNames: false,
		legalComments: 'none',
		metafile: true,
		logLevel: 'warning',
	});
	if (warnings.length > 0) throw new Error(`${warnings.length} warnings from the bundler`);
	await writeLicences(Object.keys(metafile.inputs));
}

/** What is bundled keeps its licence: one file with the text of each package that went in. */
async function writeLicences(inputs) {
	const packages = new Set(
		inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
	);
	const texts = await Promise.all(
		[...packages].sort().map(async (name) => {
			const folder = join('node_modules', name);
			const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
			if (file === undefined) throw new Error(`${name} is bundled and has no licence file`);
			const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
			return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
		}),
	);
	await writeFile(join('dist', 'THIRD_PARTY_LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

function copyFiles() {
	return src(FILES, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.clean = clean;
exports.build = series(clean, parallel(typeCheck, bundle, copyFiles));
exports.default = exports.build;
