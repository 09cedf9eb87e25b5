import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A file of this folder in a process of its own. TypeScript goes through tsx, JavaScript does not. */
function start(file: string) {
	const loader = file.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : [];
	return spawn(process.execPath, [...loader, join(__dirname, file)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
}

/** Hands a value to a new process and reads the value it prints. @throws Error when it prints none */
export async function runChild<Result>(file: string, task: unknown): Promise<Result> {
	const child = start(file);
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

/** Starts a process that serves until it is stopped, and waits for its first word. */
export async function startServer<Ready>(
	file: string,
	task: unknown,
): Promise<{ ready: Ready; stop(): void }> {
	const child = start(file);
	child.stdin.write(`${JSON.stringify(task)}\n`);
	const line = await new Promise<string>((resolve, reject) => {
		createInterface({ input: child.stdout }).once('line', resolve);
		child.once('close', (code) => reject(new Error(`${file} ended with ${code}`)));
	});
	return { ready: JSON.parse(line) as Ready, stop: () => child.stdin.end() };
}

/** The other side of {@link startServer}: ends with its standard input. */
export function serveParent<Task>(
	serve: (task: Task, ready: (value: unknown) => void) => void,
): void {
	createInterface({ input: process.stdin })
		.once('line', (line) =>
			serve(JSON.parse(line) as Task, (value) => console.log(JSON.stringify(value))),
		)
		.once('close', () => process.exit(0));
}
