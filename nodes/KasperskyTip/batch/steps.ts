import type { IExecuteFunctions } from 'n8n-workflow';
import { connectionFault } from '../../../tip/connection/faults';
import type { SendOptions, TipClient } from '../../../tip/portal/client';
import { mayBeDone } from '../../../tip/portal/retry';
import type { TipAnswer } from '../../../tip/values/answer';
import { TipError } from '../../../tip/values/error';
import type { Plan } from '../resources/operation';
import type { ItemResult } from './result';
import { asTipError, stopAfter } from './send';

/** Does what takes several requests for an item, of one batch. */
export class Steps {
	/** What must not be done twice in a batch, by its name. */
	readonly #begun = new Map<string, Promise<TipAnswer>>();

	constructor(private readonly context: IExecuteFunctions) {}

	/** Never throws: whatever goes wrong is the result. */
	async take(
		client: TipClient,
		plan: Plan,
		options: SendOptions,
		itemIndex: number,
	): Promise<ItemResult> {
		const { about, request } = plan;
		const { helpers, logger } = this.context;
		const over = options.noMoreAttempts ?? options.signal;
		try {
			const { items, handle } = await plan.steps!({
				helpers,
				itemIndex,
				log: (text) => logger?.info(`Kaspersky TIP: item ${itemIndex}: ${text}`),
				send: async (one) => await client.send(one, options),
				sendOnce: async (name, one) => await this.#once(name, () => client.send(one, options)),
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

	/** What was refused, or not sent, may be tried again by the next one. */
	#once(name: string, send: () => Promise<TipAnswer>): Promise<TipAnswer> {
		const begun = this.#begun.get(name);
		if (begun !== undefined) return begun;
		const sending = send();
		this.#begun.set(name, sending);
		sending.catch((thrown: unknown) => {
			if (!(thrown instanceof TipError) || !mayBeDone(thrown)) this.#begun.delete(name);
		});
		return sending;
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
