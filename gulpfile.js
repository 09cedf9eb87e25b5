/**
 * `npm run build` makes `dist/`, which is what the published package holds: one bundle
 * (with undici inside, since a community node has no runtime dependencies), a stub for each class
 * that n8n loads, icons and codex files. `n8n-workflow` stays outside: it must be n8n's own copy.
 */
const { execFile } = require('node:child_process');
const { mkdir, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { dirname, join, relative } = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);

const { n8n } = require('./package.json');

/** `dist/nodes/X/X.node.js` in package.json comes from the class `X` in `nodes/X/X.node.ts`. */
const ENTRIES = [...n8n.nodes, ...n8n.credentials].map((file) => {
	const source = file.replace(/^dist\//, '').replace(/\.js$/, '');
	return { file, source, className: /([^/]+)\.(node|credentials)$/.exec(source)[1] };
});
/** All of them share one bundle, so that what they have in common is there once. */
const BUNDLE = 'dist/bundle.js';
const FILES = ['nodes/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

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
		stdin: {
			contents: ENTRIES.map(
				({ source, className }) => `export { ${className} } from './${source}';`,
			).join('\n'),
			resolveDir: __dirname,
			loader: 'ts',
		},
		outfile: BUNDLE,
		bundle: true,
		platform: 'node',
		target: 'node20.19',
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
	await Promise.all([...ENTRIES.map(writeEntry), writeLicences(Object.keys(metafile.inputs))]);
}

/** n8n loads one file for each class, and takes the class from it by name. */
async function writeEntry({ file, className }) {
	await mkdir(dirname(file), { recursive: true });
	const bundle = relative(dirname(file), BUNDLE).replaceAll('\\', '/');
	await writeFile(file, `exports.${className} = require('${bundle}').${className};\n`);
}

/**
 * What has no package of its own and comes inside another one, with the folder that tells. Its licence is
 * kept in `licences/`, since the package that brings it does not have it.
 */
const WITHIN = [{ name: 'llhttp', folder: 'undici/lib/llhttp/' }];

/** What is bundled keeps its licence: one file with the text of each package that went in. */
async function writeLicences(inputs) {
	const packages = new Set(
		inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
	);
	const texts = await Promise.all(
		[...packages].sort().map(async (name) => {
			const folder = join('node_modules', name);
			const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
			const { version, license, author } = JSON.parse(
				await readFile(join(folder, 'package.json'), 'utf8'),
			);
			// Some state their licence by its name only.
			if (file === undefined && license !== 'MIT') throw new Error(`${name} has no licence file`);
			const text =
				file === undefined
					? `${license}, by ${author?.name ?? author}`
					: await readFile(join(folder, file), 'utf8');
			return `${name} ${version}\n\n${text.trim()}\n`;
		}),
	);
	for (const { name, folder } of WITHIN) {
		const file = inputs.find((input) => input.includes(folder));
		if (file === undefined) throw new Error(`${name} is not bundled any more`);
		const text = await readFile(join('licences', `${name}.txt`), 'utf8');
		texts.push(`${name}, in ${folder.split('/')[0]}\n\n${text.trim()}\n`);
	}
	await writeFile(join('dist', 'THIRD_PARTY_LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

function copyFiles() {
	return src(FILES, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.clean = clean;
/** Without the type check: for `npm run dev`. */
exports.bundle = parallel(bundle, copyFiles);
exports.build = series(clean, parallel(typeCheck, bundle, copyFiles));
exports.default = exports.build;
