import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pool, type Dispatcher } from '../../tip/connection/undici';
import { until } from './until';

const { dispatch } = Pool.prototype;

/**
 * Counts the answers the client has read to their last byte. What the portal has sent may still lie in
 * a socket; a test that goes on from there waits for this instead.
 */
export class AnswersRead {
	count = 0;

	/** @param onBegin told the path of each request that the client sets out to write */
	constructor(onBegin?: (path: string) => void) {
		const noteRead = () => void this.count++;
		Pool.prototype.dispatch = function (options, handler) {
			onBegin?.(options.path);
			const telling: Dispatcher.DispatchHandler = {
				...handler,
				onResponseEnd(...args) {
					noteRead();
					handler.onResponseEnd?.(...args);
				},
			};
			return dispatch.call(this, options, telling);
		};
	}

	/** Resolves when so many have been read since it was made, and the node has taken them in. */
	async reach(count: number): Promise<void> {
		await until(() => this.count >= count);
		// From the last byte to the node's own books are a few turns of the event loop, and no waits.
		for (let turn = 0; turn < 20; turn++) await nextTurn();
	}

	stop(): void {
		Pool.prototype.dispatch = dispatch;
	}
}
