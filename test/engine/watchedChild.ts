/**
 * Sends one rescan from a process in which somebody listens to everything Node and undici tell of
 * connections and requests, and prints it: `node --import tsx watchedChild.ts credential.json`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { openConnection } from '../../nodes/shared/signIn/connection';
import { Sensitive } from '../../tip/values/secret';

const CHANNELS = [
	...[
		'create',
		'bodySent',
		'bodyChunkSent',
		'bodyChunkReceived',
		'headers',
		'trailers',
		'error',
	].map((name) => `undici:request:${name}`),
	...['beforeConnect', 'connected', 'connectError', 'sendHeaders'].map(
		(name) => `undici:client:${name}`,
	),
	'undici:proxy:connected',
	...['created', 'start', 'error'].map((name) => `http.client.request.${name}`),
	...['created', 'finish'].map((name) => `http.client.response.${name}`),
	'net.client.socket',
	'tracing:net.server.listen:asyncStart',
];

function print(what: string, message: unknown): void {
	process.stdout.write(`${what}: ${inspect(message, { depth: 12, showHidden: true })}\n`);
}

for (const name of CHANNELS) subscribe(name, (message) => print(name, message));
const observer = new PerformanceObserver((list) => print('performance', list.getEntries()));
observer.observe({ entryTypes: ['http', 'net', 'dns'] });

async function main(): Promise<void> {
	const { archive, ...credential } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<
		string,
		string
	>;
	const { client } = await openConnection(credential, {});
	try {
		const answer = await client.send(
			{
				about: 'rescan',
				method: 'PUT',
				path: '/api/sandbox/tasks/file_from_url/task-1',
				query: [['unzip_password', new Sensitive(archive!)]],
				safe: false,
				taskId: 'task-1',
			},
			{ timeoutMs: 600_000, maxRetries: 0 },
		);
		process.stdout.write(`${JSON.stringify(answer)}\n`);
	} finally {
		client.close();
		observer.disconnect();
	}
}

void main();
