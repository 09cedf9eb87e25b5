import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import type { MemoryResult, MemoryTask } from './memoryChild';
import { runChild } from './runChild';

const MiB = 1024 * 1024;

/**
 * What a process with little memory survives, in n8n's engine, its binary data on disk. The sizes are a
 * fraction of what was tried by hand (see `docs/security.md`), and so is the heap: without the order in
 * which large answers are read, each of these ends the process.
 */
describe('A process with a small heap', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal({ record: false });
	});
	afterEach(() => portal.close());

	/** @param heap in MiB; n8n's engine itself takes some 120 of it */
	async function runIn(heap: number, task: Omit<MemoryTask, 'credential'>): Promise<MemoryResult> {
		const { output } = await runChild(
			'memoryChild.ts',
			{ credential: portal.credential, ...task },
			{ flags: [`--max-old-space-size=${heap}`] },
		);
		return JSON.parse(output) as MemoryResult;
	}

	const itemsOf = (count: number): IDataObject[] =>
		Array.from({ length: count }, (_, index) => ({ id: `${index}` }));
	const options = { concurrency: 50, timeout: 300, maxRetries: 0 };

	it('gets more reports at once than it can hold', async () => {
		const file = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(10 * MiB)]);
		const report_pdf = gzipSync(file, { level: 1 }).toString('base64');
		const return_data = { id: 'x', name: 'X', report_pdf };
		const rawBody = JSON.stringify({ status: 'ok', status_msg: '', return_data });
		portal.onRequest(() => ({ status: 200, rawBody }));
		const { became } = await runIn(224, {
			items: itemsOf(16),
			parameters: {
				resource: 'report',
				operation: 'get',
				publicationId: '={{ $json.id }}',
				include_info: ['pdf'],
				options,
			},
		});
		expect(became).toEqual(Array.from({ length: 16 }, () => 'filesystem-v2'));
	});

	it('gets hostile answers to lookups at once, as large as they may be', async () => {
		const rows = Array.from({ length: 100_000 }, (_, index) => `{"name${index}":{"a":[1]}}`);
		const known = '"Zone":"Red","DomainGeneralInfo":{"Domain":"x"}';
		const rawBody = `{${known},"x":[${rows.join(',')}],"y":"${'漢'.repeat(2 * MiB)}"}`;
		portal.onRequest(() => ({ status: 200, rawBody }));
		const { became } = await runIn(256, {
			items: itemsOf(12),
			parameters: {
				resource: 'lookup',
				operation: 'indicator',
				indicator: '=bad{{ $json.id }}.example.com',
				options,
			},
		});
		expect(became).toEqual(Array.from({ length: 12 }, () => 'json'));
	});
});
