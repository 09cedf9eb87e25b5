/**
 * `npm run test:busy [-- JEST-ARGUMENTS]`: every test with two busy loops per core beside it. A test
 * that needs a machine to itself does not pass here.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

const loops = Array.from({ length: 2 * availableParallelism() }, () =>
	spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
);
process.once('exit', () => loops.forEach((loop) => loop.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

process.stdout.write(`# ${loops.length} busy loops beside the tests\n`);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], {
	stdio: 'inherit',
});
process.exit(status ?? 1);
