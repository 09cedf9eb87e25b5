/**
 * `npm test [-- JEST-ARGUMENTS]`: lint beside format and build (with the type check), then every test.
 * What is done at once says what it has to say when it is over.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

function npmRun(name) {
	return new Promise((resolve) => {
		const started = Date.now();
		const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
		let said = '';
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
		child.once('close', (code) => {
			const seconds = ((Date.now() - started) / 1000).toFixed(1);
			process.stdout.write(`${code === 0 ? 'ok' : 'not ok'} ${name} (${seconds} s)\n`);
			// Warnings are not to be missed either.
			if (code !== 0 || /warning/i.test(said)) process.stdout.write(said);
			resolve(code === 0);
		});
	});
}

const inTurn = async (...names) => {
	for (const name of names) if (!(await npmRun(name))) return false;
	return true;
};
const done = await Promise.all([inTurn('lint'), inTurn('format:check', 'build')]);
if (done.includes(false)) process.exit(1);

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], {
	stdio: 'inherit',
});
process.exit(status ?? 1);
