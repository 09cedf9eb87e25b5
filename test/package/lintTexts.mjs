/**
 * Lints texts as if each stood in the named file: a list of `{ file, text }` comes in on standard input,
 * the list of names of the rules they break goes out. A process of its own, since Jest can't load the
 * linter's configuration.
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
	// What the floors are held by, and the readers of foreign text. None of them needs the types.
	ruleFilter: ({ ruleId }) =>
		/^(regexp\/|import-x\/no-restricted-paths$|no-restricted-imports$)/.test(ruleId),
	overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});
const found = [];
for (const { file, text: code } of JSON.parse(await text(process.stdin))) {
	const [{ messages }] = await eslint.lintText(code, { filePath: file });
	found.push(messages.map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(found));
