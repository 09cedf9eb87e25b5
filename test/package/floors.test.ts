import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Names of the rules a text breaks. */
type Found = string[];

interface Text {
	file: string;
	text: string;
}

/** What the linter says of each text, as if it stood in the file. */
function lint(texts: Text[]): Found[] {
	const { stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'lintTexts.mjs')], {
		cwd: ROOT,
		input: JSON.stringify(texts),
		encoding: 'utf8',
		maxBuffer: 1 << 26,
	});
	if (stdout === '') throw new Error(stderr);
	return JSON.parse(stdout) as Found[];
}

/** A file of the folder, which the linter's type information knows. */
function fileIn(folder: string): string {
	const name = readdirSync(join(ROOT, folder)).find((entry) => /\.ts$/.test(entry));
	if (name === undefined) throw new Error(`${folder} holds no file`);
	return `${folder}/${name}`;
}

/** A file in one folder that imports a file of another. */
function importing(from: string, to: string): Text {
	const file = from.endsWith('.ts') ? from : fileIn(from);
	const target = to.endsWith('.ts') ? to : fileIn(to);
	const path = relative(join(file, '..'), target).replace(/\.ts$/, '');
	return { file, text: `import '${path.startsWith('.') ? path : `./${path}`}';\n` };
}

/** What each room of `tip/` may import besides itself: the plan, written down a second time. */
const BELOW: Record<string, string[]> = {
	values: [],
	identity: ['values'],
	connection: ['identity', 'values'],
	tasks: ['values'],
	portal: ['connection', 'identity', 'values'],
	lookup: ['portal', 'values'],
	reports: ['portal', 'values'],
	handOff: ['values'],
	openTip: ['portal', 'values'],
};

const ROOMS = Object.keys(BELOW);
const PAIRS = ROOMS.flatMap((room) =>
	ROOMS.filter((other) => other !== room).map((other) => [room, other] as const),
);

const HOUSE = [
	['tip/values', 'nodes/shared', false],
	['tip/portal', 'nodes/KasperskyTip/batch', false],
	['tip/identity', 'credentials', false],
	['nodes/shared', 'tip/portal', true],
	['nodes/shared', 'nodes/KasperskyTip/batch', false],
	['nodes/shared/signIn', 'nodes/KasperskyTipTrigger', false],
	['nodes/shared/messages', 'credentials', false],
	['nodes/KasperskyTip/resources', 'nodes/shared', true],
	['nodes/KasperskyTip/resources/sandbox', 'nodes/KasperskyTip/batch', false],
	['nodes/KasperskyTip/resources', 'nodes/KasperskyTip/KasperskyTip.node.ts', false],
	['nodes/KasperskyTip/batch', 'nodes/KasperskyTip/resources', true],
	['nodes/KasperskyTip/batch', 'nodes/KasperskyTip/KasperskyTip.node.ts', false],
	['nodes/KasperskyTip/batch', 'nodes/KasperskyTip/listSearch.ts', false],
	['nodes/KasperskyTip/KasperskyTip.node.ts', 'nodes/KasperskyTip/batch', true],
	['nodes/KasperskyTipTrigger', 'nodes/KasperskyTip/batch', false],
	['nodes/KasperskyTipTrigger', 'tip/reports', true],
	['credentials', 'nodes/shared/signIn', true],
	['credentials', 'nodes/KasperskyTip/batch', false],
	['credentials', 'nodes/KasperskyTipTrigger', false],
	['nodes/KasperskyTip/KasperskyTip.node.ts', 'credentials', false],
	['nodes/KasperskyTip/KasperskyTip.node.ts', 'test/engine/until.ts', false],
	['tip/values', 'bench', false],
] as const;

const RULES = ['import-x/no-restricted-paths', 'no-restricted-imports'];
const isRefused = (found: Found) => found.some((rule) => RULES.includes(rule));

const READER = fileIn('tip/values');
const SOURCES = [
	{ file: READER, text: "import 'n8n-workflow';\n" },
	{ file: READER, text: 'export const ends = /\\s+$/;\n' },
	{ file: READER, text: 'export const nested = /^(a+)+$/;\n' },
	{ file: READER, text: 'export const ends = /^[a-z]+$/;\n' },
];

describe('The linter', () => {
	let rooms: Found[];
	let house: Found[];
	let sources: Found[];
	beforeAll(() => {
		const found = lint([
			...PAIRS.map(([room, other]) => importing(`tip/${room}`, `tip/${other}`)),
			...HOUSE.map(([from, to]) => importing(from, to)),
			...SOURCES,
		]);
		rooms = found.splice(0, PAIRS.length);
		house = found.splice(0, HOUSE.length);
		sources = found;
	});

	it('lets no room of tip/ import one that is not below it', () => {
		const refused = PAIRS.filter((_, index) => isRefused(rooms[index]!));
		expect(refused).toEqual(PAIRS.filter(([room, other]) => !BELOW[room]!.includes(other)));
		expect(readdirSync(join(ROOT, 'tip')).sort()).toEqual([...ROOMS].sort());
	});

	it('lets no floor of the house import one above it', () => {
		const told = HOUSE.map(([from, to], index) => [from, to, !isRefused(house[index]!)]);
		expect(told).toEqual(HOUSE.map((row) => [...row]));
	});

	it('lets tip/ know nothing of n8n, and nobody hang the reader of foreign text', () => {
		expect(sources).toEqual([
			['no-restricted-imports'],
			['regexp/no-super-linear-move'],
			['regexp/no-super-linear-backtracking'],
			[],
		]);
	});
});
