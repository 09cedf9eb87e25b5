import type { IDataObject } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { fireWhile, holdTimers } from './heldTimers';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

const tasks = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ task: `task-${index}` }));

describe('The pace of a batch', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.close());

	const hintsOf = ({ run }: Awaited<ReturnType<typeof runRescan>>) =>
		run.data.resultData.runData.Rescan![0]!.hints ?? [];

	it('gives up no rescan when the portal allows so many a second, and says so', async () => {
		// The second begins when the portal has refused: before the client's own begins.
		let used = 0;
		portal.onRequest(() => {
			if (++used <= 25) return undefined;
			if (used === 26) setTimeout(() => (used = 0), 1000);
			return { retryAfter: '1' };
		});
		const result = await runRescan({
			credential: portal.credential,
			items: tasks(80),
			parameters: { options: { concurrency: 25 } },
			settings: { onError: 'continueRegularOutput' },
		});
		expect(result.items.filter(({ json }) => json.error !== undefined)).toEqual([]);
		expect(portal.requests.filter(({ accepted }) => accepted)).toHaveLength(80);
		expect(hintsOf(result)).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/slow down/) }),
		]);
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'notices once that nobody answers (%s), and sends nothing more',
		async (onError) => {
			portal.onRequest(() => ({ never: true }));
			const timeout = 3000;
			const timers = holdTimers(timeout * 1000);
			const running = runRescan({
				credential: portal.credential,
				items: tasks(200),
				parameters: { options: { timeout, concurrency: 5 } },
				settings: { onError },
			});
			// What has been sent is given up when the portal has all of it.
			let givenUp = 0;
			await fireWhile(running, timers, () => {
				if (timers.waiting === 0 || portal.received < givenUp + timers.waiting) return false;
				givenUp += timers.waiting;
				return true;
			});
			timers.release();
			const result = await running;
			const outcomes: Record<string, number> = {};
			if (onError === 'stopWorkflow') {
				const counts = result.error!.context.counts as IDataObject;
				expect(Number(counts.notSent) + Number(counts.unknown)).toBe(200);
			} else {
				for (const { json } of result.items) {
					outcomes[String(json.outcome)] = (outcomes[String(json.outcome)] ?? 0) + 1;
				}
				expect(outcomes.unknown! + outcomes.notSent!).toBe(200);
				expect(outcomes.unknown).toBe(portal.received);
				expect(result.items.at(-1)!.json).toMatchObject({
					code: 'portal.silent',
					outcome: 'notSent',
					error: expect.stringMatching(/gave no answer to \d+ requests in a row/),
				});
			}
			// Five that were under way, and the one that went first later.
			expect(portal.received).toBeLessThanOrEqual(6);
			await until(() => portal.inFlight === 0);
		},
	);

	it('names the tries of an item that was refused in the end', async () => {
		portal.onRequest(() => ({ retryAfter: '0' }));
		const { items } = await runRescan({
			credential: portal.credential,
			items: tasks(1),
			parameters: { options: { maxRetries: 2 } },
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items[0]!.json).toMatchObject({ outcome: 'rejected', attempts: 3 });
	});
});
