/**
 * `npm run test:random [-- --seed N] [-- --workflows N]`: the workflows under random faults with a seed
 * drawn anew, which the title of the test names, so that a red run can be repeated.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
	options: {
		seed: { type: 'string', default: String(randomInt(1_000_000)) },
		workflows: { type: 'string', default: '300' },
	},
});
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/engine/random.test.ts'], {
	stdio: 'inherit',
	env: { ...process.env, SEED: values.seed, WORKFLOWS: values.workflows },
});
process.exit(status ?? 1);
