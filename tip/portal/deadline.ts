/** The time there is for everything a request takes, its repeats and the waits between them included. */
export class Deadline {
	readonly #signal?: AbortSignal;
	readonly #endsAt: number = Infinity;

	/** @param totalMs in milliseconds from now; left out, there is no end */
	constructor(readonly totalMs?: number) {
		if (totalMs === undefined) return;
		const leftMs = Math.max(0, Math.round(totalMs));
		this.#endsAt = performance.now() + leftMs;
		this.#signal = AbortSignal.timeout(leftMs);
	}

	get leftMs(): number {
		return this.#endsAt - performance.now();
	}

	get isOver(): boolean {
		return this.#signal?.aborted === true;
	}

	/** A signal that is given when this is over, or when the other one is. */
	or(other: AbortSignal | undefined): AbortSignal | undefined {
		if (this.#signal === undefined || other === undefined) return this.#signal ?? other;
		return AbortSignal.any([this.#signal, other]);
	}
}
