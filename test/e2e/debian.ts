import { npmEnvironment, run } from './shell';

/** Installs Debian packages when their programs are missing; their services are not started. */
export async function installFromDebian(packages: string[]): Promise<void> {
	if (process.getuid?.() !== 0) {
		throw new Error(`These Debian packages are needed: apt-get install ${packages.join(' ')}`);
	}
	console.log(`# apt-get install ${packages.join(' ')} …`);
	const env = npmEnvironment({ DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });
	const patient = ['-o', 'DPkg::Lock::Timeout=120'];
	await run('apt-get', [...patient, 'update'], { env, timeoutMs: 3 * 60_000 });
	await run('apt-get', [...patient, 'install', '-y', '--no-install-recommends', ...packages], {
		env,
		timeoutMs: 5 * 60_000,
	});
}
