/**
 * Measures the built package against the goals of docs/performance.md.
 *
 *   --quick        fewer rounds and items: under 3 minutes, numbers less steady
 *   --only a,b     some parts only, see PARTS
 *   --write        puts tables and plots into docs/
 *   --plots        draws the plots only (seconds)
 *   --n8n          installs a real n8n for the part that needs one (minutes, 5 GB)
 */
import './environment';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { loadOfMachine, machineFacts } from './facts';
import { measureLookups } from './lookups';
import { measureInN8n } from './n8n';
import { drawPlots } from './plots';
import { markdownTable, plainTable, type Table } from './report';
import { measureScale } from './scale';
import { measureSilent, measureThrottled } from './trouble';

const DOCS = join(__dirname, '../docs');

const { values: flags } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string' },
		write: { type: 'boolean', default: false },
		plots: { type: 'boolean', default: false },
		n8n: { type: 'boolean', default: false },
	},
});

const { quick, n8n: install } = flags;

const PARTS: Record<string, () => Promise<Table>> = {
	n8n: () =>
		measureInN8n(
			quick
				? { warmUps: 1, rounds: 1, items: 200, roundTripsMs: [0, 20, 80], install }
				: { warmUps: 3, rounds: 5, items: 500, roundTripsMs: [0, 20, 80, 200], install },
		),
	throttled: () => measureThrottled({ items: 300 }),
	silent: () => measureSilent({ items: 1000, quick }),
	lookups: () => measureLookups({ distinct: 50, each: 10 }),
	scale: () =>
		measureScale(
			quick ? { counts: [1000, 10_000], rounds: 1 } : { counts: [1000, 100_000], rounds: 3 },
		),
};

async function main(): Promise<void> {
	if (flags.plots) return writePlots();
	const facts = machineFacts();
	facts.forEach((line) => console.log(line));
	const before = loadOfMachine();
	const started = performance.now();
	const names = flags.only?.split(',') ?? Object.keys(PARTS);
	const unknown = names.filter((name) => PARTS[name] === undefined);
	if (unknown.length > 0) {
		throw new Error(`No part '${unknown[0]}'. There are: ${Object.keys(PARTS).join(', ')}`);
	}
	if (flags.write && (flags.only !== undefined || quick)) {
		throw new Error('Only a whole run is written down');
	}
	// These nearly only wait, so they take no time from what is measured meanwhile.
	const early = new Map(
		['throttled', 'silent']
			.filter((name) => names.includes(name))
			.map((name) => [name, PARTS[name]!()]),
	);
	const tables: Table[] = [];
	for (const name of names) {
		const table = await (early.get(name) ?? PARTS[name]!());
		console.log(`\n${plainTable(table)}`);
		tables.push(table);
	}
	const goals = tables.flatMap(({ met }) => met);
	const sum = `${goals.filter(Boolean).length} of ${goals.length} goals met`;
	const minutes = ((performance.now() - started) / 60_000).toFixed(1);
	console.log(`\n${sum}, in ${minutes} minutes`);
	if (!flags.write) return;
	writePlots();
	const load = `load (average of a minute) ${before} when the run began, ${loadOfMachine()} at its end`;
	const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`;
	await write({
		summary: tables.flatMap(({ summary }) => summary ?? []).join('\n'),
		measured: [
			`${new Date().toISOString().slice(0, 10)}, \`${command}\`: ${sum}.`,
			[...facts, load].map((line) => `- ${line}`).join('\n'),
			...tables.map(markdownTable),
		].join('\n\n'),
	});
}

function writePlots(): void {
	for (const [name, svg] of Object.entries(drawPlots())) {
		writeFileSync(join(DOCS, name), svg);
		console.log(`docs/${name}`);
	}
}

/** Each between its two markers; the words around them are written by hand. */
async function write(contents: Record<string, string>): Promise<void> {
	const file = join(DOCS, 'performance.md');
	let text = readFileSync(file, 'utf8');
	for (const [name, content] of Object.entries(contents)) {
		const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
		const [from, to] = [text.indexOf(begin), text.indexOf(end)];
		if (from < 0 || to < from) throw new Error(`docs/performance.md has lost '${begin}'`);
		text = `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
	}
	writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

// An exit stops what was started; a signal alone would not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error);
		process.exit(1);
	},
);
