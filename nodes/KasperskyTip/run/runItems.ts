import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { TipError } from '../../../tip/errors';
import { expiryNotice } from '../../../tip/identity';
import type { TipRequest } from '../../../tip/requests';
import type { Action } from '../actions/action';
import { CREDENTIAL_NAME, openConnection, type Connection } from '../connection';
import { Journal } from './journal';
import { errorFacts, toNodeError } from './nodeErrors';
import { readOptions, type RunOptions } from './options';
import { createPacer } from './pacer';
import { batchFacts, describeBatch, type ItemResult } from './report';

/** How long parameters are read before other work of the process gets a turn, in milliseconds. */
const TURN_MS = 20;

/** What one input item asks for: a request, or the reason why there is none. */
type Prepared = TipRequest | TipError;

/**
 * Runs one action for every input item: checks all of them before anything is sent, sends with
 * bounded concurrency, and gives one item out for each item in, in order.
 *
 * @throws NodeApiError | NodeOperationError for the first item that did not succeed, unless the node
 * is set to continue; the error says what became of every other item
 */
export async function runItems(
	context: IExecuteFunctions,
	action: Action,
): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];

	const batch = new Batch(context, items);
	let options: RunOptions;
	let connection: Connection | undefined;
	try {
		options = readOptions(context.getNodeParameter('options', 0, {}) as IDataObject);
		await batch.prepare(action);
		connection = await openConnection(
			await context.getCredentials(CREDENTIAL_NAME),
			context.helpers,
		);
	} catch (thrown) {
		return batch.failAll(thrown);
	}

	const notice = expiryNotice(connection.identity);
	if (notice !== undefined) {
		context.addExecutionHints?.({ message: notice, type: 'warning', location: 'outputPane' });
	}
	return await batch.run(connection, options);
}

class Batch {
	readonly #prepared: Prepared[] = [];
	readonly #results: Array<ItemResult | undefined>;
	readonly #continues: boolean;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly items: INodeExecutionData[],
	) {
		this.#results = new Array<ItemResult | undefined>(items.length).fill(undefined);
		this.#continues = context.continueOnFail();
	}

	/**
	 * Reads and checks every item's parameters. With a node that stops on the first fault, one bad
	 * item means that nothing at all is sent: half a list is harder to run again than none of it.
	 */
	async prepare(action: Action): Promise<void> {
		let turnEnds = performance.now() + TURN_MS;
		for (let index = 0; index < this.items.length; index++) {
			const prepared = this.#read(action, index);
			this.#prepared.push(prepared);
			if (prepared instanceof TipError) {
				this.#results[index] = { outcome: 'failed', error: prepared };
				if (!this.#continues) this.#throwFor(index, prepared, 'No rescan was sent.');
			}
			if (performance.now() > turnEnds) {
				await nextTurn();
				turnEnds = performance.now() + TURN_MS;
			}
		}
	}

	async run({ client }: Connection, options: RunOptions): Promise<INodeExecutionData[]> {
		const journal = Journal.of(this.context.getContext('node'));
		const runIndex = this.context.getWorkflowDataProxy(0).$runIndex as number;
		const pace = createPacer(options.requestsPerMinute);
		const stop = linkedSignal(this.context.getExecutionCancelSignal?.());
		let firstFault: number | undefined;
		let next = 0;

		const sendOne = async (index: number, request: TipRequest): Promise<ItemResult> => {
			const { taskId } = request;
			const item = this.items[index]!;
			const known = journal.recall(runIndex, index, item, request);
			if (known?.outcome === 'accepted') {
				return { outcome: 'accepted', taskId, answer: known.answer };
			}
			if (known?.outcome === 'unknown') {
				const error = known.error ?? unexpectedEnd('an earlier try was interrupted');
				return { outcome: 'failed', taskId, error };
			}

			journal.begin(runIndex, index, item, request);
			try {
				const answer = await client.send(request, {
					...options,
					signal: stop.signal,
					beforeAttempt: pace,
				});
				journal.settle(runIndex, index, request, { outcome: 'accepted', answer });
				return { outcome: 'accepted', taskId, answer };
			} catch (thrown) {
				const error = asTipError(thrown);
				if (error.outcome === 'notSent' || error.outcome === 'rejected') {
					journal.forget(runIndex, index, request);
				} else {
					// Also when it was accepted with an answer that can't be read: never sent again.
					journal.settle(runIndex, index, request, { outcome: 'unknown', error });
				}
				return { outcome: 'failed', taskId, error };
			}
		};

		const work = async () => {
			while (next < this.items.length && firstFault === undefined && !stop.signal.aborted) {
				const index = next++;
				const request = this.#prepared[index]!;
				if (request instanceof TipError) continue;
				const result = await sendOne(index, request);
				this.#results[index] = result;
				if (result.outcome === 'failed' && !this.#continues) firstFault ??= index;
			}
		};

		const workers = Math.min(options.concurrency, this.items.length);
		await Promise.all(Array.from({ length: workers }, work)).finally(() => {
			stop.unlink();
			client.close({ abandon: stop.signal.aborted });
		});
		if (stop.signal.aborted) this.#throwCancelled();
		if (firstFault !== undefined) {
			const fault = this.#results[firstFault] as Extract<ItemResult, { outcome: 'failed' }>;
			this.#throwFor(firstFault, fault.error);
		}
		return this.items.map((_, index) => this.#output(index));
	}

	/** Nothing could be sent at all, for a reason that holds for every item. */
	failAll(thrown: unknown): INodeExecutionData[] {
		if (!(thrown instanceof TipError)) throw thrown;
		if (!this.#continues) throw toNodeError(this.context.getNode(), thrown);
		return this.items.map((_, index) => {
			this.#results[index] ??= { outcome: 'failed', error: thrown };
			return this.#output(index);
		});
	}

	#read(action: Action, index: number): Prepared {
		try {
			return action.toRequest({
				taskId: this.context.getNodeParameter('taskId', index, ''),
				additionalFields: this.context.getNodeParameter(
					'additionalFields',
					index,
					{},
				) as IDataObject,
			});
		} catch (thrown) {
			if (thrown instanceof TipError) return thrown;
			return new TipError({
				code: 'input.expression',
				kind: 'input',
				outcome: 'notSent',
				message: `A field can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
				advice: 'Check the expressions in the fields of the node.',
			});
		}
	}

	#output(index: number): INodeExecutionData {
		const result = this.#results[index]!;
		if (result.outcome === 'accepted') {
			return { json: result.answer as IDataObject, pairedItem: { item: index } };
		}
		const { error } = result;
		const taskId = result.taskId ?? taskIdOf(this.#prepared[index]);
		const item: INodeExecutionData = {
			json: {
				error: error.message,
				description: error.advice,
				...errorFacts(error, taskId),
			},
			pairedItem: { item: index },
		};
		if (this.context.getNode().onError === 'continueErrorOutput') {
			// n8n sends items with an `error` to the error branch, but replaces the json of those that
			// still have one afterwards. It copies items on the way: a property that is not enumerable
			// is seen by the first step and gone for the second.
			Object.defineProperty(item, 'error', {
				value: toNodeError(this.context.getNode(), error, { itemIndex: index, taskId }),
				enumerable: false,
				writable: true,
				configurable: true,
			});
		}
		return item;
	}

	#throwFor(index: number, error: TipError, note = ''): never {
		const taskId = taskIdOf(this.#prepared[index]);
		const description = [error.advice, note, note === '' ? describeBatch(this.#results) : '']
			.filter(Boolean)
			.join(' ');
		throw toNodeError(
			this.context.getNode(),
			error,
			{ itemIndex: index, taskId },
			description,
			batchFacts(this.#results),
		);
	}

	#throwCancelled(): never {
		const unknown = this.#results.some(
			(result) => result?.outcome === 'failed' && result.error.outcome === 'unknown',
		);
		const error = new TipError({
			code: 'cancelled',
			kind: 'cancelled',
			outcome: unknown ? 'unknown' : 'notSent',
			message: 'The run was stopped',
			advice: describeBatch(this.#results) || 'Nothing is under way any more.',
		});
		throw toNodeError(this.context.getNode(), error, {}, error.advice, batchFacts(this.#results));
	}
}

/** A signal of our own that follows n8n's, so that one listener stands there and not one per item. */
function linkedSignal(source: AbortSignal | undefined) {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	const follow = () => controller.abort();
	if (source?.aborted) follow();
	source?.addEventListener('abort', follow, { once: true });
	return {
		signal: controller.signal,
		unlink: () => source?.removeEventListener('abort', follow),
	};
}

function taskIdOf(prepared: Prepared | undefined): string | undefined {
	return prepared === undefined || prepared instanceof TipError ? undefined : prepared.taskId;
}

function asTipError(thrown: unknown): TipError {
	if (thrown instanceof TipError) return thrown;
	// Only its kind: the text of a foreign error may hold anything.
	return unexpectedEnd(thrown instanceof Error ? thrown.name : typeof thrown);
}

function unexpectedEnd(cause: string): TipError {
	return new TipError({
		code: 'node.defect',
		kind: 'network',
		outcome: 'unknown',
		message: `The node lost track of the request (${cause}); what the portal did is unknown`,
		advice:
			'The portal may have started the rescan. Look the task up in the portal before you run it again.',
	});
}
