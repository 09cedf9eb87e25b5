/**
 * `npm run build` makes `dist/`, which is what the published package holds: one bundle for the node
 * (with undici inside, since a community node has no runtime dependencies), one for the credential,
 * icons and the codex file. `n8n-workflow` stays outside: it must be n8n's own copy.
 */
const { execFile } = require('node:child_process');
const { rm } = require('node:fs/promises');
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
	const { warnings } = await esbuild.build({
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
		legalComments: 'linked',
		logLevel: 'warning',
	});
	if (warnings.length > 0) throw new Error(`${warnings.length} warnings from the bundler`);
}

function copyFiles() {
	return src(FILES, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.clean = clean;
exports.build = series(clean, parallel(typeCheck, bundle, copyFiles));
exports.default = exports.build;
