/**
 * Who publishes this, and where it lives: kept in package.json, and repeated in the links of the nodes
 * and credentials, which n8n reads as plain text.
 *
 *   npm run identity -- --repository https://github.com/OWNER/NAME --author 'NAME' --email ADDRESS
 *   npm run identity -- --check     fails while they are placeholders, or when a link leads elsewhere
 *
 * As long as they are placeholders the package is `private`, so that npm refuses to publish it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
	options: {
		repository: { type: 'string' },
		author: { type: 'string' },
		email: { type: 'string' },
		check: { type: 'boolean', default: false },
	},
});
const read = (file) => readFileSync(file, 'utf8');
const manifest = JSON.parse(read('package.json'));
const before = manifest.homepage;

/** Files that are published, or that people read. */
const files = execFileSync('git', ['ls-files', '--', 'nodes', 'credentials', '*.md', '.github'], {
	encoding: 'utf8',
})
	.trim()
	.split('\n');

if (values.check) {
	const wrong = [];
	if (manifest.author.email?.endsWith('.invalid')) wrong.push('author.email is a placeholder');
	if (/\/([^/]+)\/\1$/.test(before)) wrong.push('homepage is a placeholder');
	if (manifest.private) wrong.push('the package is private');
	if (manifest.repository.url !== `git+${before}.git`) wrong.push('repository is not homepage');
	if (manifest.bugs.url !== `${before}/issues`) wrong.push('bugs is not at homepage');
	for (const line of wrong) console.error(line);
	if (wrong.length > 0)
		console.error('Set them with `npm run identity -- --repository … --author …`.');
	process.exit(wrong.length > 0 ? 1 : 0);
}

const { repository, author, email } = values;
if (repository !== undefined) {
	const address = repository.replace(/^git\+/, '').replace(/(\.git)?\/*$/, '');
	if (!/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(address)) {
		console.error('--repository has to be the https address of a repository');
		process.exit(1);
	}
	manifest.homepage = address;
	manifest.repository.url = `git+${address}.git`;
	manifest.bugs.url = `${address}/issues`;
	for (const file of files) {
		const text = read(file);
		if (text.includes(before)) writeFileSync(file, text.replaceAll(before, address));
	}
}
if (author !== undefined) manifest.author.name = author;
if (email !== undefined) manifest.author.email = email;
const isPlaceholder =
	manifest.author.email?.endsWith('.invalid') || /\/([^/]+)\/\1$/.test(manifest.homepage);
if (isPlaceholder) manifest.private = true;
else delete manifest.private;
writeFileSync('package.json', `${JSON.stringify(manifest, null, '\t')}\n`);
const { homepage } = manifest;
console.log(`${homepage}\n${manifest.author.name} <${manifest.author.email}>`);
if (manifest.private) console.log('Placeholders are left: npm will refuse to publish.');
