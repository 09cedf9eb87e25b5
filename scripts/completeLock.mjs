/**
 * Completes package-lock.json after a change of dependencies: `npm run lock:complete`.
 *
 * npm leaves out the optional packages of other platforms when the registry or mirror at hand does
 * not carry them, and `npm ci` then refuses the whole file. Here they are entered by name, version
 * and platform, as npm would; what is not for the machine at hand is never downloaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const OPERATING_SYSTEMS = [
	'android',
	'darwin',
	'freebsd',
	'linux',
	'netbsd',
	'openbsd',
	'openharmony',
	'win32',
];
const PROCESSORS = { 'arm-gnueabihf': 'arm', 'arm-musleabihf': 'arm', 'arm-eabi': 'arm' };

/** `…-linux-arm64-musl` → linux, arm64, musl. */
function platformOf(name) {
	const match = new RegExp(`[-/](${OPERATING_SYSTEMS.join('|')})-(.+)$`).exec(name);
	if (match) {
		const [, os, rest] = match;
		const cpu = PROCESSORS[rest] ?? rest.split('-')[0];
		const libc = rest.includes('musl') ? 'musl' : rest.includes('gnu') ? 'glibc' : undefined;
		return { os: [os], cpu: [cpu], ...(os === 'linux' && libc && { libc: [libc] }) };
	}
	return name.includes('wasm32') ? { cpu: ['wasm32'] } : undefined;
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const entry of Object.values(lock.packages)) {
	for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
		const place = `node_modules/${name}`;
		const platform = platformOf(name);
		if (lock.packages[place] || !platform || !/^\d/.test(version)) continue;
		lock.packages[place] = {
			version,
			...platform,
			...(entry.dev && { dev: true }),
			optional: true,
		};
		added.push(place);
	}
}
if (added.length > 0) {
	lock.packages = Object.fromEntries(
		Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
	);
	writeFileSync(FILE, `${JSON.stringify(lock, null, '\t')}\n`);
}
console.log(`${added.length} packages of other platforms added to ${FILE}`);
