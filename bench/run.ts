/**
 * Measures the built package against the goals of docs/performance.md.
 *
 *   --quick        fewer rounds and items: minutes less, numbers less steady
 *   --only a,b     some parts only, see PARTS
 *   --write        puts table and picture into docs/
 *   --n8n          installs a real n8n for the part that needs one (minutes, 5 GB)
 */
import './environment';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { measureCold, measureLoading } from './cold';
import { measureEvaluations } from './evaluations';
import { machineFacts } from './facts';
import { measureHandshakes } from './handshakes';
import { measureInN8n } from './n8n';
import { measureIdleRace } from './idleRace';
import { measurePace } from './pace';
import { drawPaces } from './picture';
import { measureProtocols } from './protocols';
import { markdownTable, plainTable, type Row } from './report';
import { measureScale } from './scale';
import { measureSensitivity } from './sensitivity';

const DOCS = join(__dirname, '../docs');

const { values: flags } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string' },
		write: { type: 'boolean', default: false },
		n8n: { type: 'boolean', default: false },
	},
});

const { quick } = flags;

const PARTS: Record<string, () => Promise<Row[]>> = {
	pace: () =>
		measurePace(
			quick
				? { warmUps: 3, rounds: 3, items: 1000, helperItems: 50 }
				: { warmUps: 10, rounds: 11, items: 1000, helperItems: 100 },
		),
	handshakes: () =>
		measureHandshakes(quick ? { executions: 3, pauseMs: 1000 } : { executions: 10, pauseMs: 2000 }),
	scale: () =>
		measureScale({
			counts: quick
				? [
						{ items: 1000, rounds: 3 },
						{ items: 10_000, rounds: 1 },
					]
				: [
						{ items: 1000, rounds: 5 },
						{ items: 10_000, rounds: 5 },
						{ items: 100_000, rounds: 5 },
					],
		}),
	cold: () => measureCold(quick ? { first: 5, others: 3 } : { first: 31, others: 7 }),
	loading: () => measureLoading({ processes: quick ? 3 : 11 }),
	evaluations: () => measureEvaluations({ items: 100 }),
	protocols: () =>
		measureProtocols(
			quick ? { warmUps: 1, rounds: 3, items: 500 } : { warmUps: 3, rounds: 5, items: 1000 },
		),
	idleRace: () =>
		measureIdleRace(quick ? { connections: 50, rounds: 1 } : { connections: 150, rounds: 5 }),
	n8n: () =>
		measureInN8n(
			quick ? { warmUps: 1, rounds: 2, items: 200 } : { warmUps: 10, rounds: 7, items: 500 },
			{ install: flags.n8n },
		),
	sensitivity: async () => {
		const paces = await measureSensitivity(
			quick ? { warmUps: 2, rounds: 1 } : { warmUps: 5, rounds: 5 },
		);
		if (flags.write) {
			const caption = 'one node in n8n, portal on the same machine';
			writeFileSync(join(DOCS, 'rescans-per-second.svg'), drawPaces(paces, caption));
		}
		return [...new Set(paces.map(({ latencyMs }) => latencyMs))].map((latencyMs) => ({
			what: `Rescans per second at ${latencyMs} ms latency`,
			goal: '',
			measured: paces
				.filter((pace) => pace.latencyMs === latencyMs)
				.map(({ concurrency, perSecond }) => `${Math.round(perSecond)} (${concurrency})`)
				.join(', '),
		}));
	},
};

async function main(): Promise<void> {
	const facts = machineFacts();
	const started = performance.now();
	facts.forEach((line) => console.log(line));
	const names = flags.only?.split(',') ?? Object.keys(PARTS);
	const rows: Row[] = [];
	for (const name of names) {
		const part = PARTS[name];
		if (!part)
			throw new Error(`There is no part '${name}'. There are: ${Object.keys(PARTS).join(', ')}`);
		const found = await part();
		console.log(`\n${plainTable(found)}`);
		rows.push(...found);
	}
	const goals = rows.filter(({ met }) => met !== undefined);
	const met = goals.filter((row) => row.met);
	const minutes = ((performance.now() - started) / 60_000).toFixed(0);
	console.log(`\n${met.length} of ${goals.length} goals met, in ${minutes} minutes`);
	if (flags.write) await writeTable(facts, rows);
}

/** Between the two markers; the words around them are written by hand. */
async function writeTable(facts: readonly string[], rows: readonly Row[]): Promise<void> {
	const file = join(DOCS, 'performance.md');
	const [begin, end] = ['<!-- measured: begin -->', '<!-- measured: end -->'];
	const command = `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`;
	const measured = [
		`${new Date().toISOString().slice(0, 10)}, \`${command}\``,
		...facts.map((line) => `- ${line}`),
		markdownTable(rows),
	];
	const text = readFileSync(file, 'utf8');
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`docs/performance.md has lost its markers`);
	const written = `${text.slice(0, from + begin.length)}\n\n${measured[0]}\n\n${measured.slice(1, -1).join('\n')}\n\n${measured.at(-1)}\n\n${text.slice(to)}`;
	writeFileSync(file, await format(written, { ...(await resolveConfig(file)), filepath: file }));
}

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error);
		process.exit(1);
	},
);
