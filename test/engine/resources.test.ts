import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { Journal } from '../../nodes/KasperskyTip/batch/journal';
import { closeIdleConnections } from '../../tip/connection/pool';
import type { TipRequest } from '../../tip/values/request';
import { startPortal, type Portal, type Step } from '../portal';
import { fireWhile, holdTimers } from './heldTimers';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

const MiB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is left when garbage is collected again and again, with turns of the event loop in between. */
async function settledHeap(): Promise<number> {
	let least = Infinity;
	for (let round = 0; round < 8; round++) {
		collectGarbage();
		for (let turn = 0; turn < 10; turn++) await nextTurn();
		least = Math.min(least, process.memoryUsage().heapUsed);
	}
	return least;
}

const timers = () =>
	process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)).length;
const sockets = () =>
	process.getActiveResourcesInfo().filter((name) => /TCPSocket|TLS/.test(name)).length;

describe('Resources', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal({ record: false });
	});
	afterEach(() => portal.close());

	const run = (count: number, options: object, name = 'task') =>
		runRescan({
			credential: portal.credential,
			items: Array.from({ length: count }, (_, index) => ({ task: `${name}-${index}` })),
			parameters: { options },
			settings: { onError: 'continueRegularOutput' },
		});

	it('are back where they were after thousands of requests, a third of them failed', async () => {
		const faults: Step[] = [
			{ reset: 'beforeAnswer' },
			{ reset: 'midBody' },
			{ close: 'afterHeaders' },
			{ malformed: true },
			{ status: 400 },
			{ status: 500 },
			{ retryAfter: '0' },
			{ rawBody: '{' },
			{ flood: { bytes: 100 * MiB, contentLength: true } },
		];
		portal.onRequest(({ number }) =>
			number % 3 === 0 ? faults[Math.floor(number / 3) % faults.length] : undefined,
		);
		portal.onConnection(({ id }) => (id % 10 === 0 ? 'resetInHandshake' : undefined));
		const warnings: string[] = [];
		const onWarning = ({ name }: Error) => warnings.push(name);
		process.on('warning', onWarning);
		const round = async () => {
			await run(500, { concurrency: 10, maxRetries: 1, timeout: 3000 });
			closeIdleConnections();
			await until(() => portal.openSockets === 0);
		};

		await round();
		const before = { heap: await settledHeap(), timers: timers(), sockets: sockets() };
		for (let number = 0; number < 4; number++) await round();
		// The portal's own short timers come to an end; what the client left behind would stay.
		await until(() => sockets() <= before.sockets && timers() <= before.timers + 2);
		const heap = await settledHeap();
		process.off('warning', onWarning);

		expect(portal.received).toBeGreaterThan(2500);
		// 2,000 requests and more that left 1 KiB each behind would be 2 MiB.
		expect(heap - before.heap).toBeLessThan(2 * MiB);
		expect(warnings).not.toContain('MaxListenersExceededWarning');
	});

	// prettier-ignore
	it.each<[string, Step, string]>([
		['1 GiB, announced', { flood: { bytes: 1024 * MiB, contentLength: true } }, 'network.answerTooLarge'],
		['1 GiB, not announced', { flood: 1024 * MiB }, 'network.answerTooLarge'],
		['1 GiB with a refusal', { status: 400, flood: 1024 * MiB }, 'network.answerTooLarge'],
		['headers without end', { trickle: { bytes: 16_384, everyMs: 1, part: 'head' } }, 'network.timeout'],
		['a trickle without end', { trickle: { bytes: 1, everyMs: 5 } }, 'network.timeout'],
	])('stay flat under an answer of %s', async (_name, step, code) => {
		portal.onRequest(() => step);
		const before = process.memoryUsage().rss;
		let peak = before;
		const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
		const timeout = 3000;
		const held = holdTimers(timeout * 1000);
		const running = run(1, { timeout, maxRetries: 3 });
		// What has no end goes on for so many looks at it.
		let looks = 0;
		const isLong = () => portal.received === 1 && code === 'network.timeout' && ++looks === 100;
		await fireWhile(running, held, isLong);
		held.release();
		const { items } = await running;
		clearInterval(watch);

		expect(items[0]!.json).toMatchObject({ outcome: 'unknown', code });
		expect(portal.received).toBe(1);
		closeIdleConnections();
		await until(() => portal.openSockets === 0);
		// What is kept is at most the 64 MiB; portal and client are in this one process.
		expect(peak - before).toBeLessThan(400 * MiB);
	});

	describe('with binary data on disk', () => {
		beforeAll(() => Container.get(BinaryDataService).init());

		it('hold nothing of eight reports of 7 MB once their items exist', async () => {
			for (let id = 0; id < 9; id++)
				portal.publications.publish({
					id: `${id}`,
					files: { yara: randomBytes(7 * MiB).toString('base64') },
				});
			const one = async (ids: number[]) =>
				await runRescan({
					credential: portal.credential,
					items: ids.map((id) => ({ id: `${id}` })),
					parameters: {
						resource: 'report',
						operation: 'get',
						publicationId: '={{ $json.id }}',
						include_info: ['yara'],
					},
				});
			await one([8]);
			const before = await settledHeap();
			const result = await one([0, 1, 2, 3, 4, 5, 6, 7]);
			const held = (await settledHeap()) - before;
			expect(result.items.map(({ binary }) => binary!.yara!.data)).toEqual(
				Array.from({ length: 8 }, () => 'filesystem-v2'),
			);
			expect(held).toBeLessThan(4 * MiB);
		});
	});

	it('are small for the journal of 10,000 items', async () => {
		const commandLine = Buffer.alloc(1000, 'x').toString();
		const items = Array.from({ length: 10_000 }, () => ({}));
		const requests = items.map((_, index): TipRequest => ({
			about: 'rescan',
			method: 'PUT',
			path: `/api/sandbox/tasks/file_from_url/5ca1ab1e-0000-4000-8000-${index}`,
			query: [['cmd_line', commandLine]],
			safe: false,
			taskId: `5ca1ab1e-0000-4000-8000-${index}`,
		}));
		const answers = requests.map(({ taskId }) => ({ task_id: taskId }));
		const owner = {};
		const before = await settledHeap();
		const journal = Journal.of(owner);
		journal.turnTo(0);
		const begin = performance.now();
		requests.forEach((request, index) => {
			journal.begin(index, items[index]!, request);
			journal.settle(index, { outcome: 'accepted', about: {}, items: [{ json: answers[index]! }] });
		});
		const ms = performance.now() - begin;
		const bytes = (await settledHeap()) - before;

		process.stdout.write(
			`journal of 10,000 items: ${(bytes / MiB).toFixed(1)} MiB, ${ms.toFixed(0)} ms\n`,
		);
		expect(journal.recall(9999, items[9999]!)).toBeDefined();
		expect(bytes).toBeLessThan(10 * MiB);
	});
});
