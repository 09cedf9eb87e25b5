/**
 * `npm run bench`: starts `run.ts` under the Node that the measured n8n is made for, whatever Node the
 * repository is worked on with. It comes from the npm registry the first time (seconds, 120 MB).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinFor } from '../test/e2e/install';

void nodeBinFor('newest').then((nodeBin) => {
	const loader = require.resolve('tsx/cjs');
	const args = ['--require', loader, join(__dirname, 'run.ts'), ...process.argv.slice(2)];
	spawn(join(nodeBin, 'node'), args, { stdio: 'inherit' }).once('exit', (code) =>
		process.exit(code ?? 1),
	);
});
