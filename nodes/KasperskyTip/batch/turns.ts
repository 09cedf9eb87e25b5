import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long items are gone through before other work of the process gets a turn, in milliseconds. */
const TURN_MS = 10;

/** To be awaited for each of many items: lets other work of the process in from time to time. */
export type GiveTurns = () => Promise<void>;

/** One for all who go through the same items. */
export function turnGiver(): GiveTurns {
	let turnEnds = performance.now() + TURN_MS;
	let pause: Promise<void> | undefined;
	return async () => {
		if (performance.now() <= turnEnds) return;
		// One pause for all who ask: with one each, they would take their turns in the same turn.
		await (pause ??= nextTurn().then(() => {
			pause = undefined;
			turnEnds = performance.now() + TURN_MS;
		}));
	};
}
