import { TICKET_GRACES_MS } from '../../tip/connection/handshake';

/** Timers of one length, in the hand of a test instead of the clock. */
export interface HeldTimers {
	/** How many wait now. */
	readonly waiting: number;
	/** Lets those that wait run out, the oldest first. */
	fire(): void;
	/** Gives the clock back. */
	release(): void;
}

type Action = () => void;

/** By length. The globals are the test's own while there is any. */
const holds = new Map<number, Map<NodeJS.Timeout, Action>>();
const { setTimeout: start, clearTimeout: stop } = globalThis;

function heldStart(action: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) {
	const held = holds.get(ms ?? 0);
	if (!held) return start(action, ms, ...args);
	// A real handle, for `unref` and its like; its own time is beyond any test.
	const handle = start(() => undefined, 2 ** 31 - 1);
	held.set(handle, () => action(...args));
	return handle;
}

function heldStop(handle?: NodeJS.Timeout) {
	for (const held of holds.values()) held.delete(handle!);
	stop(handle);
}

/**
 * Takes every `setTimeout` of exactly this length off the clock, so that a client's timeout runs out
 * when the test has seen what it waits for, and never because the machine is busy. A test takes a
 * length that nothing else has. (Those of `node:timers/promises` stay.)
 */
export function holdTimers(lengthMs: number): HeldTimers {
	if (holds.has(lengthMs)) throw new Error(`Timers of ${lengthMs} ms are held already`);
	if (holds.size === 0) {
		Object.assign(globalThis, {
			setTimeout: Object.assign(heldStart, start),
			clearTimeout: heldStop,
		});
	}
	const held = new Map<NodeJS.Timeout, Action>();
	holds.set(lengthMs, held);
	return {
		get waiting() {
			return held.size;
		},
		fire() {
			for (const [handle, action] of [...held]) {
				if (!held.delete(handle)) continue;
				stop(handle);
				action();
			}
		},
		release() {
			for (const handle of held.keys()) stop(handle);
			holds.delete(lengthMs);
			if (holds.size === 0) Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
		},
	};
}

/** Waits until a promise is settled, and lets timers run out each time the condition holds. */
export async function fireWhile(
	running: Promise<unknown>,
	timers: HeldTimers,
	isTime: () => boolean,
): Promise<void> {
	let over = false;
	const end = () => (over = true);
	void running.then(end, end);
	while (!over) {
		if (isTime()) timers.fire();
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

/**
 * For the tests of a `describe`: a portal's refusal of the client certificate is waited for however
 * long it takes, where the client would go ahead after a moment.
 */
export function waitForRefusals(): void {
	let timers: HeldTimers[];
	beforeAll(() => {
		timers = TICKET_GRACES_MS.map(holdTimers);
	});
	afterAll(() => timers.forEach((held) => held.release()));
}
