import type { IExecuteFunctions } from 'n8n-workflow';
import { countBatch } from './summary';
import type { Results } from './result';

/** A sign of life after so many items, or so long, whichever comes first. */
const EVERY_ITEMS = 100;
const EVERY_MS = 10_000;

/**
 * Says from time to time how far a long run has come: in the browser's console for a manual run, as
 * n8n's Code node does, and in the log at debug level otherwise.
 */
export class Progress {
	readonly #startedAt = performance.now();
	#saidAt = this.#startedAt;
	#sinceSaid = 0;
	#done = 0;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly results: Results,
	) {}

	/** To be called when an item has its result. */
	noteDone(): void {
		this.#done++;
		this.#sinceSaid++;
		const now = performance.now();
		const isDue = this.#sinceSaid >= EVERY_ITEMS || now - this.#saidAt >= EVERY_MS;
		if (!isDue || this.#done === this.results.length) return;
		this.#sinceSaid = 0;
		this.#saidAt = now;
		const perSecond = this.#done / Math.max(0.001, (now - this.#startedAt) / 1000);
		this.#say(
			`${this.#done} of ${this.results.length} items done (${countBatch(this.results.filter((result) => result !== undefined))}), ${perSecond.toFixed(1)} a second`,
		);
	}

	#say(line: string): void {
		const text = `Kaspersky TIP: ${line}`;
		try {
			if (this.context.getMode() === 'manual') this.context.sendMessageToUI(text);
			else this.context.logger?.debug(text);
		} catch {
			// Telling how it goes must not end it.
		}
	}
}
