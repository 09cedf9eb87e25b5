import type { SendOptions, TipClient } from '../../../tip/portal/client';
import { connectionFault } from '../../../tip/connection/faults';
import type { Helpers, Plan } from '../resources/operation';
import type { ItemResult } from './result';
import { asTipError, stopAfter } from './send';

/** Where in the batch an item stands, and what n8n lends it. */
export interface Place {
	helpers: Helpers;
	/** Counted from 0. */
	itemIndex: number;
	log(text: string): void;
}

/** Does what an item asks for in several steps. Never throws: whatever goes wrong is the result. */
export async function takeSteps(
	client: TipClient,
	plan: Plan,
	options: SendOptions,
	place: Place,
): Promise<ItemResult> {
	const { about, request } = plan;
	const over = options.noMoreAttempts ?? options.signal;
	try {
		const { items, handle } = await plan.steps!({
			...place,
			send: async (one) => await client.send(one, options),
			pause: async (ms) =>
				await wait(ms, over).catch(() => {
					throw connectionFault('cancelled');
				}),
			signal: over,
			portal: { origin: client.origin },
		});
		return { outcome: 'accepted', about, items, ...(handle && { handle }) };
	} catch (thrown) {
		const error = asTipError(thrown, request.safe);
		const stop = stopAfter(plan, error);
		return { outcome: 'failed', about, error, ...(stop && { stop }) };
	}
}

/** Rejects when the signal ends it. In milliseconds. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const end = () => {
			clearTimeout(timer);
			reject(new Error('ended'));
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener('abort', end);
			resolve();
		}, ms);
		if (signal?.aborted) return end();
		signal?.addEventListener('abort', end, { once: true });
	});
}
