import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import { MAX_FILE_BYTES } from '../../tip/openTip/file';
import { startPortal, type Portal } from '../portal';
import { runFile } from './fileWorkflow';

const MiB = 1024 * 1024;
const LARGEST = MAX_FILE_BYTES / MiB;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process takes for data, wherever it keeps them. */
function takenNow(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** The most that was taken while something ran, beyond what was taken before. In bytes. */
async function peakOf(work: () => Promise<unknown>): Promise<{ taken: number; rss: number }> {
	collectGarbage();
	const before = { taken: takenNow(), rss: process.memoryUsage().rss };
	const peak = { ...before };
	const watch = setInterval(() => {
		peak.taken = Math.max(peak.taken, takenNow());
		peak.rss = Math.max(peak.rss, process.memoryUsage().rss);
	}, 5);
	await work().finally(() => clearInterval(watch));
	return { taken: peak.taken - before.taken, rss: peak.rss - before.rss };
}

describe('A file of 256 MB that n8n keeps on disk', () => {
	const binaryData = Container.get(BinaryDataService);
	let portal: Portal;
	let file: IBinaryData;

	beforeAll(async () => {
		portal = await startPortal({ requireClientCertificate: false });
		await binaryData.init();
		file = await stored(LARGEST);
	});
	afterAll(async () => {
		rmSync(binaryData.getPath(file.id!), { force: true });
		await portal.close();
	});

	/** A file of so many MiB. */
	async function stored(count: number): Promise<IBinaryData> {
		const part = randomBytes(MiB);
		const location = { workflowId: 'test-workflow', executionId: 'test-execution' };
		return await binaryData.store(
			location as never,
			Readable.from(
				(function* () {
					for (let number = 0; number < count; number++) yield part;
				})(),
			),
			{ data: '', mimeType: 'application/octet-stream', fileName: 'big.bin' },
		);
	}

	it('goes through in less than 64 MB', async () => {
		const small = await stored(4);
		await runFile({ portal, files: [small] });
		rmSync(binaryData.getPath(small.id!), { force: true });
		portal.reset();
		let result: Awaited<ReturnType<typeof runFile>>;
		const { taken, rss } = await peakOf(async () => {
			result = await runFile({ portal, files: [file] });
		});
		process.stdout.write(
			`256 MB handed in: ${(taken / MiB).toFixed(0)} MiB taken, ${(rss / MiB).toFixed(0)} MiB of RSS, the stand-in's own included\n`,
		);
		expect(result!.error).toBeUndefined();
		expect(result!.items[0]!.json).toMatchObject({ uploaded: true, status: 'complete' });
		expect(portal.uploads()).toMatchObject([
			{ bodyBytes: MAX_FILE_BYTES, bodySha256: result!.items[0]!.json.sha256 },
		]);
		expect(taken).toBeLessThan(64 * MiB);
	});
});
