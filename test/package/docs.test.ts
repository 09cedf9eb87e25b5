import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import * as packageJson from '../../package.json';
import { KasperskyTip } from '../../nodes/KasperskyTip/KasperskyTip.node';
import { findOperation } from '../../nodes/KasperskyTip/resources';
import { optionsField } from '../../nodes/KasperskyTip/batch/options';
import { KasperskyTipTrigger } from '../../nodes/KasperskyTipTrigger/KasperskyTipTrigger.node';

const ROOT = join(__dirname, '..', '..');

const NOT_OURS = new Set(['.git', 'artifacts', 'coverage', 'dist', 'node_modules']);

/** Files below a folder, as paths from the root. */
function filesIn(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (NOT_OURS.has(entry.name)) return [];
		return entry.isDirectory() ? filesIn(path) : [path];
	});
}

const PAGES = filesIn('.').filter((file) => file.endsWith('.md'));

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** Without what is in fences: nothing there is a link or a heading. */
const proseOf = (page: string) => read(page).replace(/^(```|~~~)[^]*?^\1/gm, '');

/** As GitHub makes them: lower case, punctuation gone, blanks to hyphens, a number for the second of a kind. */
function anchorsOf(page: string): Set<string> {
	const seen = new Map<string, number>();
	const anchors = new Set<string>();
	for (const [, heading] of proseOf(page).matchAll(/^#{1,6} (.+)$/gm)) {
		const base = heading!
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
			.replaceAll(' ', '-');
		const times = seen.get(base) ?? 0;
		seen.set(base, times + 1);
		anchors.add(times === 0 ? base : `${base}-${times}`);
	}
	return anchors;
}

interface Link {
	page: string;
	target: string;
}

const LINKS: Link[] = PAGES.flatMap((page) =>
	[
		...proseOf(page)
			.replace(/`[^`]*`/g, '')
			.matchAll(/\]\(([^)\s]+)\)/g),
	].map(([, target]) => ({ page, target: target! })),
);

/** Why a link of the repository leads nowhere; `undefined` when it does not. */
function faultOf({ page, target }: Link): string | undefined {
	const [path = '', anchor] = target.split('#');
	const file = path === '' ? page : normalize(join(dirname(page), path));
	const fault = (what: string) => `${page}: ${target} ${what}`;
	if (relative(ROOT, join(ROOT, file)).startsWith('..'))
		return fault('leads out of the repository');
	if (!existsSync(join(ROOT, file))) return fault('does not exist');
	if (anchor !== undefined && !anchorsOf(file).has(anchor)) return fault('has no such heading');
	return undefined;
}

describe('Links in the documents', () => {
	it('lead to a file and a heading that exist', () => {
		const inside = LINKS.filter(({ target }) => !/^[a-z][a-z\d+.-]*:/i.test(target));
		expect(inside.length).toBeGreaterThan(30);
		expect(inside.map(faultOf).filter(Boolean)).toEqual([]);
	});

	it('are encrypted where they lead elsewhere', () => {
		const outside = LINKS.filter(({ target }) => /^[a-z][a-z\d+.-]*:/i.test(target));
		expect(outside.filter(({ target }) => !target.startsWith('https:'))).toEqual([]);
	});

	it('are found by the README or by a page it leads to', () => {
		const reached = new Set(['README.md']);
		for (const page of reached) {
			for (const { target } of LINKS.filter((link) => link.page === page)) {
				const file = normalize(join(dirname(page), target.split('#')[0]!));
				if (PAGES.includes(file)) reached.add(file);
			}
		}
		expect(PAGES.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
	});

	it('of the nodes and credentials into the README have a heading there', () => {
		const anchors = [...filesIn('nodes'), ...filesIn('credentials')]
			.filter((file) => /\.(?:ts|json)$/.test(file))
			.flatMap((file) => read(file).split(`${packageJson.homepage}#`).slice(1))
			.map((rest) => /^[\w-]*/.exec(rest)![0]);
		expect(anchors.length).toBeGreaterThan(0);
		expect(anchors.filter((anchor) => !anchorsOf('README.md').has(anchor))).toEqual([]);
	});
});

describe('What the documents tell to run and to open', () => {
	it.each(['README.md', 'CONTRIBUTING.md', 'docs/install.md', 'docs/scaling.md'])(
		'names only scripts that package.json has (%s)',
		(page) => {
			const named = [...read(page).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(
				([, script]) => script!,
			);
			const scripts = Object.keys(packageJson.scripts);
			expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
		},
	);

	it('names only files that exist (CONTRIBUTING.md)', () => {
		const named = [...read('CONTRIBUTING.md').matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)].map(
			([, file]) => file!,
		);
		const made = ['artifacts/', '~/.cache'];
		const missing = named.filter(
			(file) => !made.includes(file) && !existsSync(join(ROOT, file.replace(/\/$/, ''))),
		);
		expect(named.length).toBeGreaterThan(20);
		expect(missing).toEqual([]);
	});

	it('has one line in docs/playbooks.md for every playbook there is, and none for others', () => {
		const files = filesIn('examples').filter((file) => /^examples\/[^/]+\.json$/.test(file));
		const named = [
			...read('docs/playbooks.md').matchAll(/\]\(\.\.\/(examples\/[\w-]+\.json)\)/g),
		].map(([, file]) => file!);
		expect(named.sort()).toEqual(files.sort());
	});
});

/** A field, the fields in it when it is a collection, and those in their groups. */
function labelsOf(field: INodeProperties): string[] {
	const inside = (field.options ?? []).flatMap((option) =>
		'type' in option
			? labelsOf(option as INodeProperties)
			: 'values' in option
				? (option as INodePropertyCollection).values.flatMap(labelsOf)
				: [],
	);
	return field.type === 'notice' ? inside : [field.displayName, ...inside];
}

/** The text below each heading, up to the next one of its level or above; headings with an arrow name operations. */
function sectionsOf(page: string): Array<{ heading: string; text: string }> {
	const headings = [...proseOf(page).matchAll(/^(#{2,6}) (.+)$/gm)];
	return headings.map((match, index) => {
		const next = headings.slice(index + 1).find(([, level]) => level!.length <= match[1]!.length);
		return { heading: match[2]!, text: proseOf(page).slice(match.index, next?.index) };
	});
}

describe('docs/operations.md', () => {
	const sections = sectionsOf('docs/operations.md');
	const { properties } = new KasperskyTip().description;
	const resources = properties.find(({ name }) => name === 'resource')!
		.options as INodePropertyOptions[];
	const operations = resources.flatMap((resource) => {
		const field = properties.find(
			({ name, displayOptions }) =>
				name === 'operation' && displayOptions?.show?.resource?.includes(resource.value as string),
		);
		return (field!.options as INodePropertyOptions[]).map((operation) => ({
			title: `${resource.name} → ${operation.name}`,
			fields: findOperation(resource.value, operation.value)!.fields,
			resource,
			operation,
		}));
	});

	/** `A → b, c · D → e` names three operations. */
	const named = sections.flatMap(({ heading, text }) =>
		heading
			.split(' · ')
			.filter((part) => part.includes(' → '))
			.flatMap((part) => {
				const [resource, list] = part.split(' → ') as [string, string];
				return list.split(', ').map((operation) => ({ title: `${resource} → ${operation}`, text }));
			}),
	);

	it('has a section for every operation, and for no other', () => {
		expect(named.map(({ title }) => title).sort()).toEqual(
			operations.map(({ title }) => title).sort(),
		);
	});

	it.each(operations)('describes every field of $title', ({ title, fields }) => {
		const { text } = named.find((section) => section.title === title) ?? { text: '' };
		const labels = fields.flatMap(labelsOf);
		expect(labels.filter((label) => !text.includes(label))).toEqual([]);
	});

	it('describes every option of the node', () => {
		const { text } = sections.find(({ heading }) => heading === 'Options')!;
		const labels = labelsOf(optionsField);
		expect(labels.filter((label) => !text.includes(label))).toEqual([]);
	});

	it('describes every field of the trigger', () => {
		const { text } = sections.find(({ heading }) => heading.startsWith('Trigger'))!;
		const labels = new KasperskyTipTrigger().description.properties.flatMap(labelsOf);
		expect(labels.filter((label) => !text.includes(label))).toEqual([]);
	});

	it('names every operation in the README as well', () => {
		const readme = read('README.md');
		const missing = operations.filter(
			({ operation, resource }) =>
				!readme.includes(operation.name) || !readme.includes(resource.name),
		);
		expect(missing.map(({ title }) => title)).toEqual([]);
	});
});

describe('The compose files', () => {
	it('run the n8n that the end-to-end tests take, and mount the package into each of its processes', () => {
		const version = /newest: \{[^}]*?n8n: '([\d.]+)'/.exec(read('test/e2e/install.ts'))![1]!;
		for (const file of ['compose.yml', 'compose.queue.yml']) {
			const text = read(`examples/docker/${file}`);
			const images = [...text.matchAll(/image: n8nio\/n8n:(\S+)/g)].map(([, tag]) => tag);
			expect(images).toEqual([version]);
			const mounts = text.match(/- \.\/nodes:\/home\/node\/\.n8n\/nodes$/gm);
			expect(mounts).toHaveLength(file === 'compose.yml' ? 1 : 2);
		}
	});
});
