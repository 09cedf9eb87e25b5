/**
 * Completes package-lock.json after a change of dependencies: `npm run lock:complete`.
 *
 * npm leaves out the optional packages of other platforms when the registry or mirror at hand does
 * not carry them, and `npm ci` then refuses the whole file. Here they are entered by name, version,
 * platform and integrity, as npm would; what is not for the machine at hand is never downloaded.
 */
import { execFileSync } from 'node:child_process';
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
/**
 * Comes with `n8n-workflow`, and is neither built nor loaded here (`.npmrc`: ignore-scripts). It asks for
 * a newer Node than the oldest n8n that is supported runs on, and `npm ci` would warn of it.
 */
const NEVER_LOADED = ['isolated-vm'];
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
}
for (const name of NEVER_LOADED) delete lock.packages[`node_modules/${name}`]?.engines;

const withoutHash = Object.entries(lock.packages).filter(
	([place, entry]) => place !== '' && !entry.link && entry.integrity === undefined,
);
for (const [place, entry] of withoutHash) {
	const name = `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${entry.version}`;
	const answer = execFileSync('npm', ['view', '--json', name, 'dist.integrity'], {
		encoding: 'utf8',
	});
	const { version, ...rest } = entry;
	lock.packages[place] = { version, integrity: JSON.parse(answer), ...rest };
}
writeFileSync(FILE, `${JSON.stringify(lock, null, '\t')}\n`);
console.log(
	`${added.length} packages of other platforms added to ${FILE}, ${withoutHash.length} hashes`,
);
