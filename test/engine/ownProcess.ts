import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PortalCredential } from '../portal/portal';

/** Longer than any machine takes from its first words to its end: it only ends what hangs. */
const PATIENCE_MS = 300_000;

/**
 * One rescan of `task-1` in a process that does nothing else, for what a whole process has: its
 * environment, and its end.
 *
 * @param child the program, beside this file
 * @returns what it printed
 * @throws Error when something keeps the process alive
 */
export async function rescanInOwnProcess(
	credential: PortalCredential,
	env: Record<string, string> = {},
	child = 'ownProcessChild.ts',
): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'tip-process-'));
	try {
		const file = join(folder, 'credential.json');
		writeFileSync(file, JSON.stringify(credential));
		const { HOME, PATH } = process.env;
		const started = spawn(process.execPath, ['--import', 'tsx', join(__dirname, child), file], {
			env: { HOME, PATH, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		let patience: NodeJS.Timeout | undefined;
		for (const stream of [started.stdout, started.stderr]) {
			stream.on('data', (part: Buffer) => {
				output += part.toString();
				patience ??= setTimeout(() => started.kill('SIGKILL'), PATIENCE_MS);
			});
		}
		const signal = await new Promise((resolve) => {
			started.once('close', (_code, endedBy) => resolve(endedBy));
		});
		clearTimeout(patience);
		if (signal !== null) throw new Error(`It did not end by itself. It printed: ${output}`);
		return output;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
