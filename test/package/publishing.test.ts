import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as packageJson from '../../package.json';

const ROOT = join(__dirname, '../..');
const read = (file: string, root = ROOT) => readFileSync(join(root, file), 'utf8');

const filesIn = (folder: string, ending: RegExp) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => ending.test(name))
		.map((name) => join(folder, name));

describe('Who publishes it, and where it lives', () => {
	let folder: string;
	const identity = (...args: string[]) =>
		spawnSync(process.execPath, [join(ROOT, 'scripts/identity.mjs'), ...args], {
			cwd: folder,
			encoding: 'utf8',
		});
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'tip-identity-'));
		for (const name of ['package.json', 'README.md', 'nodes', 'credentials']) {
			cpSync(join(ROOT, name), join(folder, name), { recursive: true });
		}
		execFileSync('git', ['init', '-q', '.'], { cwd: folder });
		execFileSync('git', ['add', '.'], { cwd: folder });
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	it('is set in one step, everywhere', () => {
		const home = 'https://git.example.org/acme/n8n-nodes-tip';
		const set = identity(
			'--repository',
			`${home}.git`,
			'--author',
			'ACME',
			'--email',
			'a@acme.example',
		);
		expect(set.stderr).toBe('');
		expect(identity('--check')).toMatchObject({ status: 0, stderr: '' });
		const manifest = JSON.parse(read('package.json', folder)) as typeof packageJson;
		expect(manifest).toMatchObject({
			homepage: home,
			repository: { type: 'git', url: `git+${home}.git` },
			bugs: { url: `${home}/issues` },
			author: { name: 'ACME', email: 'a@acme.example' },
		});
		expect(manifest).not.toHaveProperty('private');
		const before = packageJson.homepage;
		const left = [
			'package.json',
			...filesIn('nodes', /\.(ts|json)$/),
			...filesIn('credentials', /\.ts$/),
		];
		expect(left.filter((file) => read(file, folder).includes(before))).toEqual([]);
	});

	it('refuses to be published while it is a placeholder', () => {
		identity('--repository', 'https://github.com/some-name/some-name', '--email', 'a@b.invalid');
		const check = identity('--check');
		expect(check.status).toBe(1);
		expect(check.stderr).toMatch(
			/author\.email is a placeholder\nhomepage is a placeholder\nthe package is private/,
		);
		// npm itself refuses a private package.
		expect(JSON.parse(read('package.json', folder))).toMatchObject({ private: true });
	});

	it('is where every link to the documentation leads', () => {
		const links = [
			...filesIn('nodes', /\.node\.json$/),
			...filesIn('credentials', /\.ts$/),
		].flatMap((file) => read(file).match(/https:\/\/[^'"\s]*#[^'"\s]*/g) ?? []);
		expect(links.length).toBeGreaterThan(1);
		expect(links.filter((link) => !link.startsWith(`${packageJson.homepage}#`))).toEqual([]);
	});
});

describe('The workflows of CI', () => {
	const workflows = filesIn('.github/workflows', /\.yml$/);

	it('use actions by commit, with the version beside it', () => {
		const uses = workflows.flatMap((file) => read(file).match(/uses: .*/g) ?? []);
		expect(uses.length).toBeGreaterThan(5);
		expect(uses.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/.test(line))).toEqual(
			[],
		);
	});

	it('publish the very file that was tested, from a job that runs nothing else', () => {
		const [before, build, publish] = read('.github/workflows/publish.yml').split(
			/^ {2}(?:build|publish):$/m,
		);
		expect(before).toMatch(/^permissions:\n {2}contents: read$/m);
		expect(build).not.toMatch(/id-token|npm publish/);
		for (const step of ['identity -- --check', 'npm test', 'npm run scan', 'test:e2e']) {
			expect(build).toContain(step);
		}
		expect(publish).toMatch(/needs: build\n/);
		expect(publish).toMatch(/npm publish \.\/\*\.tgz --provenance .*--ignore-scripts/);
		expect(publish).not.toMatch(/checkout|npm (ci|install|test|run)/);
	});
});

describe('What n8n 3.0 takes away', () => {
	const GONE = [/\$getPairedItem/, /BINARY_DATA_MODE["' ]*[:=]["' ]*(default|memory)/];

	it('is used nowhere', () => {
		const files = [
			...['tip', 'nodes', 'credentials'].flatMap((folder) => filesIn(folder, /\.ts$/)),
			...filesIn('examples', /\.(json|ts|yml)$/),
			...filesIn('docs', /\.md$/),
			'README.md',
		];
		expect(files.length).toBeGreaterThan(50);
		expect(files.filter((file) => GONE.some((pattern) => pattern.test(read(file))))).toEqual([]);
	});
});
