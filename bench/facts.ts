import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';

/** What the numbers depend on, a line each. */
export function machineFacts(): string[] {
	const { model } = cpus()[0] ?? { model: 'unknown CPU' };
	return [
		`${model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
		`Node ${process.versions.node} (OpenSSL ${process.versions.openssl}), n8n-core ${versionOf('n8n-core')}, n8n-workflow ${versionOf('n8n-workflow')}, undici ${versionOf('undici')}`,
	];
}

/** Of the last minute: how many wanted a core. */
export const loadOfMachine = () => loadavg()[0]!.toFixed(1);

/** Read from the file: not every package exports its package.json. */
function versionOf(name: string): string {
	for (let folder = dirname(require.resolve(name)); ; folder = dirname(folder)) {
		try {
			const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
				name?: string;
				version: string;
			};
			if (about.name === name) return about.version;
		} catch {
			// Not here: one folder up.
		}
		if (folder === dirname(folder)) return 'unknown';
	}
}
