import { allowedPerSecond, firstState, step, waitFor, type PaceState } from './controller';
import { GIVE_UP_REFUSED_MS, type Cause, type Demand, type PaceEvent, type Report } from './events';

/** What tells the time and wakes up, so that a test can hold the clock. */
export interface Clock {
	/** Milliseconds that only go forward. */
	now(): number;
	/** Calls back once, so many milliseconds from now; returns what calls it off. */
	after(ms: number, wake: () => void): () => void;
}

export const realClock: Clock = {
	now: () => performance.now(),
	after: (ms, wake) => {
		const timer = setTimeout(wake, ms);
		return () => clearTimeout(timer);
	},
};

/** An attempt that may start, and has to say how it ended. */
export interface Permit {
	/** To be called whatever happened; only the first call counts. */
	done(report: Report): void;
}

/** Why nothing more is sent. */
export type Reason =
	/** No connection came up, or nothing came back, so many times in a row; one more try did not help. */
	| { readonly why: 'unreachable' | 'silent'; readonly tries: number; readonly cause?: Cause }
	/** The portal has refused everything, or asks to wait, for longer than the caller has the patience. */
	| { readonly why: 'refusing'; readonly refusedMs: number; readonly waitMs: number };

/** Thrown in place of a permit. */
export class GivenUp extends Error {
	constructor(readonly reason: Reason) {
		super(reason.why);
	}
}

/** How a user was slowed down by the portal. */
export interface SlowedDown {
	/** Attempts that were refused. */
	readonly refused: number;
	/** How many requests a second the portal was found to take, if that could be learned. */
	readonly perSecond?: number;
}

interface Waiting {
	readonly user: PaceUser;
	readonly demand: Demand;
	/** How long one attempt may take, in milliseconds. */
	readonly timeoutMs: number;
	start(permit: Permit): void;
	giveUp(reason: Reason): void;
}

/**
 * One pace for all attempts of this process with one login at one portal, in the order in which they
 * ask. What it has learned outlives them.
 */
export class Pace {
	#state: PaceState;
	readonly #waiting = new Set<Waiting>();
	#callOff?: () => void;

	constructor(
		readonly clock: Clock = realClock,
		private readonly random: () => number = Math.random,
	) {
		this.#state = firstState(clock.now());
	}

	get state(): PaceState {
		return this.#state;
	}

	/** Starts it now if that may be, or when it may; returns what takes it off the list. */
	enter(waiting: Waiting): () => void {
		this.#tell({ type: 'asked', demand: waiting.demand });
		this.#waiting.add(waiting);
		this.#look();
		return () => {
			if (this.#waiting.delete(waiting)) this.#look();
		};
	}

	/** Lets go who may; the rest is looked at again when something ends, or when it is time. */
	#look(): void {
		this.#callOff?.();
		this.#callOff = undefined;
		if (this.#waiting.size === 0) return;
		const now = this.clock.now();
		let soonest = Infinity;
		/** All of a batch have the same demand: who comes behind one that has to wait has to wait too. */
		const blocked = new Set<Demand>();
		for (const waiting of this.#waiting) {
			const { user, demand } = waiting;
			if (blocked.has(demand)) continue;
			const reason = user.reasonToGiveUp(demand);
			const isFull = user.underWay >= (demand.atMost ?? Infinity);
			const wait = isFull ? Infinity : waitFor(this.#state, demand, now);
			if (reason !== undefined) {
				this.#waiting.delete(waiting);
				waiting.giveUp(reason);
			} else if (wait > 0) {
				blocked.add(demand);
				soonest = Math.min(soonest, wait);
			} else {
				this.#waiting.delete(waiting);
				waiting.start(this.#permit(waiting, now));
			}
		}
		if (soonest < Infinity) {
			// Rounded up: a timer drops fractions, and would fire before its time.
			this.#callOff = this.clock.after(Math.ceil(soonest), () => this.#look());
		}
	}

	#permit({ user, demand, timeoutMs }: Waiting, now: number): Permit {
		this.#tell({ type: 'started', demand }, now);
		const number = this.#state.started;
		user.underWay++;
		let isOver = false;
		return {
			done: (report) => {
				if (isOver) return;
				isOver = true;
				user.underWay--;
				if (report.end === 'refused') user.refused++;
				this.#tell({ type: 'ended', number, report, timeoutMs, jitter: this.random() });
				this.#look();
			},
		};
	}

	#tell(event: PaceEvent, now = this.clock.now()): void {
		this.#state = step(this.#state, event, now);
	}
}

/** One who sends at a pace: an execution of the node, a look of the trigger. */
export class PaceUser {
	/** How often the portal said "slow down" to it. */
	refused = 0;
	/** Its attempts that have begun and not ended. */
	underWay = 0;
	readonly #joinedAt: number;
	readonly #failedTries: number;

	constructor(readonly pace: Pace) {
		this.#joinedAt = pace.clock.now();
		this.#failedTries = pace.state.circuit.failedTries;
	}

	/**
	 * Waits until an attempt may start.
	 *
	 * @param demand the same object for all attempts that ask the same
	 * @param timeoutMs how long the attempt may take
	 * @throws GivenUp when there is no use in waiting; the signal's reason when it is given
	 */
	admit(demand: Demand, timeoutMs: number, signal?: AbortSignal): Promise<Permit> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason as Error);
			const onAbort = () => {
				leave?.();
				reject(signal!.reason as Error);
			};
			const end = () => signal?.removeEventListener('abort', onAbort);
			signal?.addEventListener('abort', onAbort, { once: true });
			const leave: (() => void) | undefined = this.pace.enter({
				user: this,
				demand,
				timeoutMs,
				start: (permit) => {
					end();
					resolve(permit);
				},
				giveUp: (reason) => {
					end();
					reject(new GivenUp(reason));
				},
			});
		});
	}

	/** Whether there is no use in waiting any longer, and why. What was before its time does not count. */
	reasonToGiveUp({ giveUpRefusedMs = GIVE_UP_REFUSED_MS }: Demand = {}): Reason | undefined {
		const { circuit, refusals } = this.pace.state;
		if (circuit.triesAt !== undefined && circuit.failedTries > this.#failedTries) {
			const why = circuit.how === 'connect' ? 'unreachable' : 'silent';
			return { why, tries: circuit.failures, cause: circuit.cause };
		}
		if (refusals.since === undefined) return undefined;
		const now = this.pace.clock.now();
		const since = Math.max(refusals.since, this.#joinedAt);
		const resumesAt = Math.max(now, refusals.pausedUntil);
		if (resumesAt - since <= giveUpRefusedMs) return undefined;
		return { why: 'refusing', refusedMs: now - since, waitMs: resumesAt - now };
	}

	/** What there is to tell of it afterwards; nothing when the portal never said "slow down". */
	get slowedDown(): SlowedDown | undefined {
		if (this.refused === 0) return undefined;
		return { refused: this.refused, perSecond: allowedPerSecond(this.pace.state) };
	}
}
