import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { WORDINGS } from '../../nodes/shared/messages';
import { CODES } from '../../nodes/shared/messages/codes';

const ROOT = join(__dirname, '..', '..');

describe('The catalogue of messages', () => {
	it('has a sentence for every code and a code for every sentence', () => {
		expect(Object.keys(WORDINGS).sort()).toEqual(Object.keys(CODES).sort());
	});

	it('is what docs/messages.md says (npm run docs:messages)', () => {
		const { status, stderr } = spawnSync(
			process.execPath,
			['--import', 'tsx', 'scripts/messages.ts', '--check'],
			{ cwd: ROOT, encoding: 'utf8' },
		);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	});
});
