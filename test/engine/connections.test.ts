import { startPortal, type Portal } from '../portal';
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

	it('are closed sooner when the portal says that it keeps them for a short time only', async () => {
		portal.onRequest(() => ({ headers: announce(2) }));
		await run(1, 1);
		expect(portal.openSockets).toBe(1);
		// The stand-in itself keeps it for a minute, and without the hint it would be 4 s.
		await until(() => portal.openSockets === 0, 3500);
	});

	it('are not used again when there is less than a second left', async () => {
		portal.onRequest(() => ({ headers: announce(1) }));
		const { items } = await run(3, 1);
		expect(items).toHaveLength(3);
		expect(portal.handshakes).toBe(3);
	});

	it('are closed after a few seconds when the portal does not say how long it keeps them', async () => {
		portal.onRequest(() => ({ headers: announce() }));
		await run(1, 1);
		expect(portal.openSockets).toBe(1);
		await until(() => portal.openSockets === 0);
	});

	it('hold up no process that has come to its end', async () => {
		portal.onRequest(() => ({ headers: announce(3600) }));
		expect(await rescanInOwnProcess(portal.credential)).toContain('"previous_task_id":"task-1"');
		await until(() => portal.openSockets === 0);
		expect(portal.handshakes).toBe(1);
	});
});
