import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Hands a value to a file of this folder in a process of its own, and reads the value it prints.
 * TypeScript goes through tsx, JavaScript does not.
 *
 * @throws Error when it prints none
 */
export async function runChild<Result>(file: string, task: unknown): Promise<Result> {
	const loader = file.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : [];
	const child = spawn(process.execPath, [...loader, join(__dirname, file)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	let output = '';
	child.stdout.on('data', (part: Buffer) => (output += part.toString()));
	child.stdin.end(JSON.stringify(task));
	const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	if (code !== 0 || output === '') throw new Error(`${file} ended with ${code}`);
	return JSON.parse(output) as Result;
}

/** The other side of {@link runChild}. */
export async function answerParent<Task>(work: (task: Task) => Promise<unknown>): Promise<void> {
	let input = '';
	for await (const part of process.stdin) input += String(part);
	const result = await work(JSON.parse(input) as Task);
	process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
