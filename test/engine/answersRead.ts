import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { until } from './until';

const CHANNEL = 'undici:request:trailers';

/**
 * Counts the answers the client has read to their last byte. What the portal has sent may still lie in
 * a socket; a test that goes on from there waits for this instead.
 */
export class AnswersRead {
	count = 0;
	private readonly onRead = () => void this.count++;

	constructor() {
		subscribe(CHANNEL, this.onRead);
	}

	/** Resolves when so many have been read since it was made, and the node has taken them in. */
	async reach(count: number): Promise<void> {
		await until(() => this.count >= count);
		// From the last byte to the node's own books are a few turns of the event loop, and no waits.
		for (let turn = 0; turn < 20; turn++) await nextTurn();
	}

	stop(): void {
		unsubscribe(CHANNEL, this.onRead);
	}
}
