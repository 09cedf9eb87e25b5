import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one run took. */
export interface Cost {
	wallMs: number;
	/** Of this process, all threads, user and system. */
	cpuMs: number;
}

/** Runs something and says what it took. Garbage of earlier runs is collected before, not during. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
	collectGarbage();
	const cpu = process.cpuUsage();
	const start = performance.now();
	await work();
	const wallMs = performance.now() - start;
	const { user, system } = process.cpuUsage(cpu);
	return { wallMs, cpuMs: (user + system) / 1000 };
}

export interface Contest {
	/** Not measured: brings connections up, for instance. */
	prepare?(): Promise<unknown>;
	run(): Promise<unknown>;
}

export interface Rounds {
	/**
	 * Rounds that are not counted, until the code is compiled: V8 does that bit by bit while it runs,
	 * on other threads, and their time would count as that of whoever is being measured.
	 */
	warmUps: number;
	rounds: number;
}

/**
 * Runs several things in turn, again and again, so that whatever else the machine does meets all of
 * them alike.
 */
export async function inTurns<Name extends string>(
	{ warmUps, rounds }: Rounds,
	contests: Record<Name, Contest>,
): Promise<Array<Record<Name, Cost>>> {
	const results: Array<Record<Name, Cost>> = [];
	for (let round = 0; round < warmUps + rounds; round++) {
		const costs: Partial<Record<Name, Cost>> = {};
		for (const name of Object.keys(contests) as Name[]) {
			const contest = contests[name];
			await contest.prepare?.();
			costs[name] = await costOf(() => contest.run());
		}
		if (round >= warmUps) results.push(costs as Record<Name, Cost>);
	}
	return results;
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Lowest and highest, for showing how far the rounds lie apart. */
export function spread(values: readonly number[]): [number, number] {
	return [Math.min(...values), Math.max(...values)];
}

let gc: (() => void) | undefined;

export function collectGarbage(): void {
	if (gc === undefined) {
		setFlagsFromString('--expose-gc');
		gc = runInNewContext('gc') as () => void;
	}
	gc();
}

/** A small seeded generator (mulberry32): numbers from 0 up to 1, the same in every run. */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
