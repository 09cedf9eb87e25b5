/**
 * Sends one rescan from a process of its own, and ends when nothing holds it any more:
 * `node --import tsx ownProcessChild.ts credential.json`.
 */
import { readFileSync } from 'node:fs';
import { openConnection } from '../../nodes/shared/signIn/connection';
import { POOL_IDLE_MS } from '../../tip/connection/pool';
import { holdTimers } from './heldTimers';

// A pool without users would be given up in the end, and then hold up nobody. Here it never is.
holdTimers(POOL_IDLE_MS);

async function main(): Promise<void> {
	const credential = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<string, string>;
	const { client } = await openConnection(credential, {});
	try {
		const answer = await client.send(
			{
				about: 'rescan',
				method: 'PUT',
				path: '/api/sandbox/tasks/file_from_url/task-1',
				query: [],
				safe: false,
				taskId: 'task-1',
			},
			{ timeoutMs: 600_000, maxRetries: 0 },
		);
		process.stdout.write(`${JSON.stringify(answer)}\n`);
	} finally {
		client.close();
	}
}

void main();
