/**
 * The stand-in portal as a process of its own:
 *   tsx test/portal/cli.ts --port 0 --latency-ms 20 --out some/dir
 * Prints one line of JSON with the address and the files it wrote (certificates, and the values of
 * the n8n credential), then answers `stats` and `reset` on standard input with a line each. Ends
 * on SIGTERM, SIGINT, or when standard input closes (`--stay`: standard input is not looked at).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { startPortal, type Portal } from './portal';

/** Flags, all optional. */
const flags = {
	port: { type: 'string', default: '0' },
	host: { type: 'string', default: '127.0.0.1' },
	'latency-ms': { type: 'string', default: '0' },
	'path-prefix': { type: 'string', default: '' },
	'keep-alive-timeout-ms': { type: 'string' },
	/** How many requests to remember. */
	record: { type: 'string', default: '0' },
	/** Where to write the files. Without it: a new directory, removed at the end. */
	out: { type: 'string' },
	stay: { type: 'boolean', default: false },
} as const;

/** The files of a portal, for programs that take paths. The key is readable by its owner only. */
export function writeFiles(portal: Portal, directory: string) {
	mkdirSync(directory, { recursive: true });
	const write = (name: string, text: string) => {
		const path = resolve(directory, name);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	};
	const { caPem, client } = portal.certificates;
	return {
		ca: write('ca.pem', caPem),
		client: write('client.pem', client.combinedPem),
		clientCertificate: write('client-certificate.pem', client.certificatePem),
		clientKey: write('client-key.pem', client.keyPem),
		password: write('password.txt', portal.password),
		credential: write('credential.json', JSON.stringify(portal.credential, null, '\t')),
	};
}

function statsOf(portal: Portal) {
	const { received, connections, handshakes, openSockets, peakInFlight } = portal;
	return {
		received,
		rescans: portal.rescans().length,
		connections,
		handshakes,
		openSockets,
		peakInFlight,
		rssBytes: process.memoryUsage.rss(),
		cpuMs: Object.values(process.cpuUsage()).reduce((sum, part) => sum + part, 0) / 1000,
	};
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: flags });
	const keepAlive = values['keep-alive-timeout-ms'];
	const portal = await startPortal({
		port: Number(values.port),
		host: values.host,
		latencyMs: Number(values['latency-ms']),
		pathPrefix: values['path-prefix'],
		record: Number(values.record),
		...(keepAlive === undefined ? {} : { keepAliveTimeoutMs: Number(keepAlive) }),
	});
	const directory = values.out ?? mkdtempSync(join(tmpdir(), 'stand-in-portal-'));
	const files = writeFiles(portal, directory);
	const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

	let stopping = false;
	const stop = async () => {
		if (stopping) return;
		stopping = true;
		await portal.close();
		if (values.out === undefined) rmSync(directory, { recursive: true, force: true });
		process.exit(0);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	if (!values.stay) {
		createInterface({ input: process.stdin })
			.on('line', (line) => {
				if (line.trim() === 'reset') portal.reset();
				say(statsOf(portal));
			})
			.on('close', stop);
	}
	const { baseUrl, port, username } = portal;
	say({ baseUrl, port, username, pid: process.pid, files });
}

if (require.main === module) {
	main().catch((error: Error) => {
		process.stderr.write(`${error.message}\n`);
		process.exit(1);
	});
}
