import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

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
