/**
 * Most connections this process keeps open to portals, those on their way up included, over all
 * credentials and executions together. A process often may open no more than 1,024 files, and n8n
 * needs most of them for its own: its database, its webhooks, its other nodes. One credential takes 50
 * at most, so four busy ones can have all they may.
 */
export const MAX_OPEN_CONNECTIONS = 200;

/** A limited number of places, given in the order in which they were asked for. */
export class Slots {
	#taken = 0;
	readonly #waiting = new Set<() => void>();

	/** @param makeRoom called when there is none left: closes what nobody uses, if there is such */
	constructor(
		/** Only tests change it. */
		public limit: number,
		private readonly makeRoom: () => void = () => {},
	) {}

	/** Whether somebody waits for a place. Who is done with one should then give it up. */
	get isShort(): boolean {
		return this.#waiting.size > 0;
	}

	/**
	 * Calls back when there is a place, at once if there is one.
	 *
	 * @returns what ends the wait, when there is one
	 */
	take(given: () => void): (() => void) | undefined {
		if (this.#taken >= this.limit) this.makeRoom();
		if (this.#taken < this.limit) {
			this.#taken++;
			given();
			return undefined;
		}
		this.#waiting.add(given);
		return () => void this.#waiting.delete(given);
	}

	/** Gives a place back: to be called once for each that was given. */
	giveBack(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#taken--;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}
