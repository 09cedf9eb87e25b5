import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ChildOptions {
	/** For Node itself. */
	flags?: string[];
	/** Laid over the environment of this process. */
	env?: Record<string, string>;
}

/**
 * Runs a program beside this file in a process of its own, with a task it reads from a file.
 *
 * @throws Error when it does not end with code 0
 */
export async function runChild(
	program: string,
	task: object,
	{ flags = [], env = {} }: ChildOptions = {},
): Promise<{ output: string; said: string }> {
	const folder = mkdtempSync(join(tmpdir(), 'tip-child-'));
	try {
		const file = join(folder, 'task.json');
		writeFileSync(file, JSON.stringify(task));
		const child = spawn(
			process.execPath,
			[...flags, '--import', 'tsx', join(__dirname, program), file],
			{ env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let output = '';
		let said = '';
		child.stdout.on('data', (part: Buffer) => (output += part.toString()));
		child.stderr.on('data', (part: Buffer) => (said += part.toString()));
		const ended = await new Promise((resolve) => {
			child.once('close', (code, signal) => resolve(signal ?? code));
		});
		if (ended !== 0) throw new Error(`It ended with ${String(ended)}: ${said.slice(0, 2000)}`);
		return { output, said };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
