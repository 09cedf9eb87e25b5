import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { npmEnvironment, run } from './shell';

interface Manifest {
	name: string;
	version: string;
	dependencies?: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

/** Builds the checkout and packs it the way `npm publish` would. Returns the tarball's path. */
export async function packPackage(checkout: string, destination: string): Promise<string> {
	const env = npmEnvironment();
	await run('npm', ['run', 'build'], { cwd: checkout, env, timeoutMs: 3 * 60_000 });
	const answer = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
		{ cwd: checkout, env, timeoutMs: 60_000 },
	);
	const [packed] = JSON.parse(answer) as Array<{ filename: string }>;
	if (packed === undefined) throw new Error('npm pack made no tarball');
	return join(destination, packed.filename);
}

/**
 * Unpacks the tarball to where n8n's own "Install community node" puts it, and strips from its
 * package.json what n8n strips. n8n would then install its runtime dependencies; it has none, and
 * this fails if it ever gets one.
 */
export async function installPackage(tarball: string, userFolder: string): Promise<Manifest> {
	const staging = join(userFolder, 'unpacked');
	rmSync(staging, { recursive: true, force: true });
	mkdirSync(staging, { recursive: true });
	await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', staging]);

	const file = join(staging, 'package.json');
	const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest & Record<string, unknown>;
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		throw new Error('The package has runtime dependencies');
	}
	for (const path of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		if (!existsSync(join(staging, path))) throw new Error(`The tarball lacks ${path}`);
	}
	for (const name of ['devDependencies', 'peerDependencies', 'optionalDependencies']) {
		delete manifest[name];
	}
	writeFileSync(file, JSON.stringify(manifest, null, 2));

	const target = join(userFolder, '.n8n/nodes/node_modules', manifest.name);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(join(target, '..'), { recursive: true });
	await run('mv', [staging, target]);
	return manifest;
}
