import { createPacer, pacerOf } from '../../nodes/KasperskyTip/batch/pace';

describe('The pacer', () => {
	/** Starts of so many callers at once, in milliseconds. */
	const startsOf = async (pacer: ReturnType<typeof createPacer>, count: number) => {
		const starts: number[] = [];
		const begin = performance.now();
		await Promise.all(
			Array.from({ length: count }, async () => {
				await pacer();
				starts.push(performance.now());
			}),
		);
		return starts.map((start) => start - begin);
	};

	it('spaces starts evenly for any number of callers', async () => {
		const starts = await startsOf(createPacer(1200), 6);
		starts.forEach((start, index) => expect(start).toBeGreaterThanOrEqual(index * 50 - 1));
	});

	it('is no limit at 0', async () => {
		const pacer = createPacer(0);
		const starts = await startsOf(pacer, 1000);
		expect(starts).toHaveLength(1000);
		await expect(pacer(AbortSignal.abort())).resolves.toBeUndefined();
	});

	it('ends the wait of a cancelled caller', async () => {
		const pacer = createPacer(1);
		await pacer();
		const controller = new AbortController();
		const waiting = pacer(controller.signal);
		controller.abort();
		await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
	});

	it('is one for an execution, as long as the rate stays', () => {
		const execution = {};
		const first = pacerOf(execution, 60);
		expect(pacerOf(execution, 60)).toBe(first);
		expect(pacerOf(execution, 61)).not.toBe(first);
		expect(pacerOf({}, 60)).not.toBe(first);
	});
});
