/**
 * `npm run docs:messages` writes docs/messages.md: every code, what it means, and its sentence. With
 * `-- --check` it only says whether that file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { REASONS, WORDINGS } from '../nodes/shared/messages';
import { CODES } from '../nodes/shared/messages/codes';
import { LABELS } from '../nodes/shared/messages/fields';
import { TipError, type CodeFacts, type Facts } from '../tip/values/error';

const MESSAGES_FILE = join(__dirname, '..', 'docs', 'messages.md');

/** What the file has to hold. */
async function messagesPage(): Promise<string> {
	const text = [
		'# Messages',
		'',
		'Generated from the catalogue by `npm run docs:messages`; do not edit.',
		'',
		"Every item and error of the node carries a `code`. Codes are stable: branch on them, not on sentences. `{…}` stands for a fact of the case. The portal's own words, where it said any, follow in the description.",
		'',
		'- **Kind**: where the cause lies: `input` (a field), `credential`, `network`, `portal`, `cancelled`.',
		'- **Outcome**: what the portal is known to have done: `notSent`, `rejected`, `accepted`, `unknown`.',
		'- **Repeated**: whether the node repeats the request by itself: always, only when it changes nothing ("safe"), or never. A request whose outcome is `unknown` is repeated only when it is safe.',
		'',
		'## Codes',
		'',
		'| Code | Kind | Outcome | Repeated | What it says | What to do |',
		'| --- | --- | --- | --- | --- | --- |',
		...Object.keys(CODES)
			.sort()
			.map((code) => rowOf(code, CODES[code]!)),
		'',
		'## Fields',
		'',
		'What is wrong with a field has the code `input.<field>`, kind `input`, outcome `notSent`, and is never repeated: nothing has been sent. The fields:',
		'',
		'| Code | Label |',
		'| --- | --- |',
		...Object.keys(LABELS)
			.sort()
			.map((field) => `| \`input.${field}\` | ${LABELS[field]} |`),
		'',
		'What can be wrong with them:',
		'',
		'| What it says | What to do |',
		'| --- | --- |',
		...Object.keys(REASONS)
			.sort()
			.map((reason) => cells(REASONS[reason]!('{label}', facts))),
	].join('\n');
	return await format(text, { ...(await resolveConfig(MESSAGES_FILE)), parser: 'markdown' });
}

/** Facts that choose among sentences rather than stand in one. */
const EXAMPLES: Facts = {
	login: 'certificate',
	last: undefined,
	reason: 'empty',
	why: 'missing',
	isRun: undefined,
};

/** Stands for any facts: each is its own name in braces. */
const facts = new Proxy({} as Facts, {
	get: (_target, name) =>
		Object.hasOwn(EXAMPLES, name) ? EXAMPLES[String(name)] : `{${String(name)}}`,
	ownKeys: () => [],
});

function rowOf(code: string, { kind, outcomes, repeated }: CodeFacts): string {
	const wording = WORDINGS[code]!;
	const error = new TipError({ code, kind, outcome: outcomes[0] });
	const sentence = typeof wording === 'function' ? wording(facts, error) : wording;
	const repeats = { yes: 'yes', safe: 'safe', no: 'no' }[repeated];
	return `| \`${code}\` | ${kind} | ${outcomes.join(', ')} | ${repeats} ${cells(sentence)}`;
}

function cells([message, advice]: readonly [string, string]): string {
	return `| ${inCell(message)} | ${inCell(advice)} |`;
}

function inCell(text: string): string {
	return text.replace(/[|<>*_]/g, '\\$&').replace(/\s+/g, ' ');
}

void messagesPage().then((page) => {
	if (!process.argv.includes('--check')) return writeFileSync(MESSAGES_FILE, page);
	if (readFileSync(MESSAGES_FILE, 'utf8') === page) return;
	process.stderr.write('docs/messages.md is stale: npm run docs:messages\n');
	process.exitCode = 1;
});
