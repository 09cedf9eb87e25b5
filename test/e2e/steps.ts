/** One promise the package makes, and how it is checked. Throwing means it is not kept. */
export interface Step<World> {
	name: string;
	check: (world: World) => Promise<void>;
	/** For one that takes long; five minutes otherwise. */
	timeoutMs?: number;
}

/** The steps whose title matches; all when there is no pattern. */
export function chosen<World>(
	group: string,
	steps: ReadonlyArray<Step<World>>,
	only?: RegExp,
): Array<Step<World>> {
	return steps.filter(({ name }) => only?.test(`${group}: ${name}`) ?? true);
}

/** Runs steps one after the other and counts. A failed step does not keep later ones from running. */
export class Report {
	passed = 0;

	readonly failures: string[] = [];

	async run<World>(
		group: string,
		steps: ReadonlyArray<Step<World>>,
		world: World,
		only?: RegExp,
	): Promise<void> {
		for (const { name, check, timeoutMs } of chosen(group, steps, only)) {
			await this.one(`${group}: ${name}`, async () => await check(world), timeoutMs);
		}
	}

	/** A step of its own, such as the start of a server; answers whether it worked. */
	async one(title: string, check: () => Promise<void>, timeoutMs = 5 * 60_000): Promise<boolean> {
		const started = Date.now();
		const seconds = () => `(${((Date.now() - started) / 1000).toFixed(1)} s)`;
		let timer: NodeJS.Timeout | undefined;
		try {
			const late = new Promise<never>((_, reject) => {
				timer = setTimeout(
					() => reject(new Error(`Took longer than ${timeoutMs / 1000} s`)),
					timeoutMs,
				);
			});
			await Promise.race([check(), late]);
			this.passed++;
			console.log(`ok ${title} ${seconds()}`);
			return true;
		} catch (error) {
			this.failures.push(title);
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			console.log(`not ok ${title} ${seconds()}\n${text.replace(/^/gm, '    ')}`);
			return false;
		} finally {
			clearTimeout(timer);
		}
	}
}
