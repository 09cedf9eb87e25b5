import { slots } from '../../tip/connection/pool';
import { MAX_OPEN_CONNECTIONS } from '../../tip/connection/slots';
import { startPortal, type Portal } from '../portal';
import { holdTimers } from './heldTimers';
import { rescanInOwnProcess } from './ownProcess';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

/** What a portal says of how long it keeps an idle connection, in place of the stand-in's own hint. */
const announce = (seconds?: number) => ({
	connection: 'keep-alive',
	...(seconds !== undefined && { 'keep-alive': `timeout=${seconds}` }),
});

describe('Connections to the portal', () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.close());

	const run = (count: number, concurrency: number) =>
		runRescan({
			credential: portal.credential,
			items: Array.from({ length: count }, (_, index) => ({ task: `task-${index}` })),
			parameters: { options: { concurrency } },
		});

	it('are as many as requests are under way, however many items there are', async () => {
		const { items } = await run(300, 10);
		expect(items).toHaveLength(300);
		expect(portal.handshakes).toBeLessThanOrEqual(10);
	});

	it('carry one request at a time: none waits behind an unanswered one', async () => {
		let open = () => {};
		const gate = new Promise<void>((resolve) => (open = resolve));
		portal.onRequest(() => ({ until: gate }));
		const running = run(30, 10);
		await until(() => portal.inFlight === 10);
		expect(new Set(portal.requests.map(({ socketId }) => socketId)).size).toBe(10);
		expect(portal.received).toBe(10);
		open();
		expect((await running).items).toHaveLength(30);
	});

	it('are kept from one execution to the next', async () => {
		for (let execution = 0; execution < 5; execution++) await run(20, 4);
		expect(portal.received).toBe(100);
		expect(portal.handshakes).toBeLessThanOrEqual(4);
	});

	/** A portal that closes nothing by itself, says how long it does not, and gets one request. */
	const keeping = async (seconds?: number) => {
		const patient = await startPortal({ keepAliveTimeoutMs: 3_600_000 });
		patient.onRequest(() => ({ headers: announce(seconds) }));
		await runRescan({ credential: patient.credential });
		expect(patient.connections).toBe(1);
		return patient;
	};

	it('are closed after a few seconds, or sooner or later when the portal says how long it keeps them', async () => {
		// What counts is the order. Who is to be the first to close begins first, too.
		const short = await keeping(2);
		const unsaid = await keeping();
		const long = await keeping(30);
		try {
			await until(() => short.openSockets === 0);
			expect([unsaid.openSockets, long.openSockets]).toEqual([1, 1]);
			await until(() => unsaid.openSockets === 0);
			expect(long.openSockets).toBe(1);
		} finally {
			for (const patient of [unsaid, short, long]) await patient.close();
		}
	});

	it('are not used again when there is less than a second left', async () => {
		portal.onRequest(() => ({ headers: announce(1) }));
		const { items } = await run(3, 1);
		expect(items).toHaveLength(3);
		expect(portal.handshakes).toBe(3);
	});

	describe('of all credentials together', () => {
		afterEach(() => (slots.limit = MAX_OPEN_CONNECTIONS));

		it('are no more than the process may have, and all get their turn', async () => {
			const portals = await Promise.all(Array.from({ length: 3 }, () => startPortal()));
			try {
				slots.limit = 4;
				let most = 0;
				for (const one of portals) {
					one.onRequest(() => {
						const open = portals.reduce((sum, { openSockets }) => sum + openSockets, 0);
						most = Math.max(most, open);
						return undefined;
					});
				}
				const runs = await Promise.all(
					portals.map(({ credential }) =>
						runRescan({
							credential,
							items: Array.from({ length: 30 }, (_, index) => ({ task: `task-${index}` })),
							parameters: { options: { concurrency: 10 } },
						}),
					),
				);
				for (const { items, error } of runs) {
					expect(error).toBeUndefined();
					expect(items).toHaveLength(30);
				}
				for (const one of portals) expect(one.rescans()).toHaveLength(30);
				// One that is closing counts for the portal until it has heard of it.
				expect(most).toBeLessThanOrEqual(2 * 4);
				expect(most).toBeGreaterThan(1);
			} finally {
				for (const one of portals) await one.close();
			}
		});

		it('are let go of by those who wait, when their run is canceled', async () => {
			slots.limit = 1;
			portal.onRequest(() => ({ never: true }));
			let cancelFirst = () => {};
			const first = runRescan({
				credential: portal.credential,
				onStart: (stop) => (cancelFirst = stop),
			});
			await until(() => portal.received === 1);
			const other = await startPortal();
			try {
				let cancel = () => {};
				const second = runRescan({
					credential: other.credential,
					onStart: (stop) => (cancel = stop),
				});
				await until(() => slots.isShort);
				cancel();
				expect((await second).error!.context).toMatchObject({ notSent: [0], unknown: [] });
				await until(() => !slots.isShort);
				expect(other.connections).toBe(0);
				cancelFirst();
				expect((await first).error!.context).toMatchObject({ unknown: [0] });
				await runRescan({ credential: other.credential });
				expect(other.rescans()).toHaveLength(1);
			} finally {
				await other.close();
			}
		});
	});

	it('that are waited for do not use up the time for an answer', async () => {
		const timers = holdTimers(3_000_000);
		let open = () => {};
		let gate = new Promise<void>((resolve) => (open = resolve));
		portal.onRequest(() => ({ until: gate }));
		try {
			const runs = Array.from({ length: 3 }, (_, execution) =>
				runRescan({
					credential: portal.credential,
					items: Array.from({ length: 50 }, (_, index) => ({ task: `e${execution}-${index}` })),
					parameters: { options: { concurrency: 50, timeout: 3000, maxRetries: 0 } },
				}),
			);
			for (let round = 1; round <= 3; round++) {
				await until(() => portal.inFlight === 50 && portal.received === 50 * round);
				// The clock of a request that waits for its connection does not run.
				expect(timers.waiting).toBe(50);
				const opened = open;
				gate = new Promise<void>((resolve) => (open = resolve));
				opened();
			}
			for (const { items, error } of await Promise.all(runs)) {
				expect(error).toBeUndefined();
				expect(items).toHaveLength(50);
			}
			expect(portal.rescans()).toHaveLength(150);
		} finally {
			open();
			timers.release();
		}
	});

	it('hold up no process that has come to its end', async () => {
		portal.onRequest(() => ({ headers: announce(3600) }));
		expect(await rescanInOwnProcess(portal.credential)).toContain('"previous_task_id":"task-1"');
		await until(() => portal.openSockets === 0);
		expect(portal.handshakes).toBe(1);
	});
});
