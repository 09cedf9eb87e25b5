import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { npmEnvironment, run, twice } from './shell';

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
	return (process.env.PATH ?? '')
		.split(delimiter)
		.some((folder) => existsSync(join(folder, program)));
}

/** Installs Debian packages when their programs are missing; their services are not started. */
export async function installFromDebian(packages: string[]): Promise<void> {
	const names = packages.join(' ');
	if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
		throw new Error(`These programs are missing (names of the Debian packages): ${names}`);
	}
	console.log(`# apt-get install ${names} …`);
	const env = npmEnvironment({ DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });
	const apt = async (...args: string[]) =>
		await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
			env,
			timeoutMs: 5 * 60_000,
		});
	await twice(`apt-get install ${names}`, async () => {
		await apt('update');
		await apt('install', '-y', '--no-install-recommends', ...packages);
	});
}

/** Node compiles native modules with these. */
export async function needCompiler(): Promise<void> {
	const missing = ['python3', 'make', 'g++'].filter((program) => !isInstalled(program));
	if (missing.length > 0) await installFromDebian(missing);
}
