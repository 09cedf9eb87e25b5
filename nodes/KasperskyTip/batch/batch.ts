import { setMaxListeners } from 'node:events';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { SendOptions, TipClient } from '../../../tip/portal/client';
import { inputError, TipError } from '../../../tip/values/error';
import { expiryNotice } from '../../../tip/identity/certificate';
import type { TipRequest } from '../../../tip/values/request';
import { asItem, type Action, type FieldValues } from '../resources/operation';
import { credentialFor } from '../../shared/signIn/authentication';
import { openConnection, type Connection } from '../../shared/signIn/connection';
import { explain } from '../../shared/messages';
import { errorFacts, toNodeError } from '../../shared/nodeError';
import { Journal, lostTrack } from './journal';
import { readOptions, type RunOptions } from './options';
import { pacerOf } from './pace';
import { batchFacts, describeBatch, type ItemResult } from './summary';
import { turnGiver } from './turns';

/** What one input item asks for: a request, or the reason why there is none. */
type Prepared = TipRequest | TipError;

/**
 * Runs one action for every input item: checks all of them before anything is sent (a node that
 * continues on faults checks each when its turn comes), sends with bounded concurrency, and gives one
 * item out for each item in, in order.
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

	const batch = new Batch(context, action, items);
	let options: RunOptions;
	let connection: Connection | undefined;
	try {
		options = readOptions(context.getNodeParameter('options', 0, {}) as IDataObject);
		await batch.prepare();
		if (!batch.isSettled) {
			const credential = credentialFor(
				context.getNodeParameter('resource', 0),
				context.getNodeParameter('authentication', 0, ''),
			);
			connection = await openConnection(
				await context.getCredentials(credential),
				context.helpers,
				credential,
			);
		}
	} catch (thrown) {
		return await batch.failAll(thrown);
	}
	if (connection === undefined) return await batch.finish();

	const notice = connection.identity && expiryNotice(connection.identity);
	if (notice !== undefined) {
		context.addExecutionHints?.({ message: notice, type: 'warning', location: 'outputPane' });
	}
	return await batch.run(connection, options);
}

class Batch {
	readonly #prepared: Array<Prepared | undefined>;
	readonly #results: Array<ItemResult | undefined>;
	readonly #continues: boolean;
	readonly #journal: Journal;
	/** Where the first fault is, of a node that stops on one. */
	#fault: number | undefined;
	/** Why an answer said to send nothing more. */
	#stopped: TipError | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly action: Action,
		private readonly items: INodeExecutionData[],
	) {
		this.#continues = context.continueOnFail();
		this.#journal = openJournal(context, items);
		this.#prepared = new Array<undefined>(items.length).fill(undefined);
		this.#results = items.map((item, index) => this.#journal.recall(index, item));
		items.forEach((_, index) => this.#noteFault(index));
	}

	/** Nothing is left to send: an earlier try did it all, or the batch can't succeed any more. */
	get isSettled(): boolean {
		return this.#fault !== undefined || this.#results.every((result) => result !== undefined);
	}

	/**
	 * Reads and checks the parameters of every item an earlier try has not settled. With a node that
	 * stops on the first fault, one bad item means that nothing at all is sent: half a list is harder
	 * to run again than none of it. For a node that continues, a bad item is no reason to keep the
	 * others waiting: n8n takes longer to read thousands of expressions than the portal to answer the
	 * first requests.
	 */
	async prepare(): Promise<void> {
		// What an earlier try sent has to be known before anything can end this one.
		for (const index of this.#journal.indexes()) {
			if (index >= this.items.length) continue;
			this.#requestFor(index);
			this.#noteFault(index);
		}
		if (!this.#continues && this.#fault === undefined) await this.#prepareAll();
	}

	/** Sends what is left with bounded concurrency, and waits until nothing is under way any more. */
	async run({ client }: Connection, options: RunOptions): Promise<INodeExecutionData[]> {
		const cancel = follow(this.context.getExecutionCancelSignal?.());
		const halt = follow(cancel.signal);
		const sendOptions: SendOptions = {
			...options,
			signal: cancel.signal,
			noMoreAttempts: halt.signal,
			beforeAttempt: pacerOf(this.context.getContext('node'), options.requestsPerMinute),
		};
		if (this.#results.some((_, index) => this.#noteStop(index))) halt.abort();
		const giveTurns = turnGiver();
		let next = 0;
		let ahead = 0;
		/** Reads one more item while answers are awaited, so that none has to wait for n8n to read it. */
		const readAhead = () => {
			ahead = Math.max(ahead, next);
			if (ahead >= this.items.length || halt.signal.aborted) return;
			try {
				this.#requestFor(ahead++);
			} catch {
				// Nobody could catch it here. It is thrown again when it is the item's turn.
			}
		};
		const work = async () => {
			while (next < this.items.length && !halt.signal.aborted) {
				const index = next++;
				const request = this.#requestFor(index);
				if (request === undefined) {
					await giveTurns();
				} else {
					if (this.#continues) setImmediate(readAhead);
					this.#results[index] = await this.#sendOne(client, index, request, sendOptions);
				}
				// What waits for its start or a repeat need not wait any longer, once the batch has failed.
				if (this.#noteFault(index) || this.#noteStop(index)) halt.abort();
			}
		};
		const workers = Math.min(options.concurrency, this.items.length);
		await Promise.all(Array.from({ length: workers }, work)).finally(() => {
			halt.unfollow();
			cancel.unfollow();
			client.close({ abandon: cancel.signal.aborted });
		});
		if (cancel.signal.aborted) return await this.#finishCancelled();
		if (this.#stopped !== undefined) await this.#failUnsent(this.#stopped);
		return await this.finish();
	}

	/** @throws NodeApiError | NodeOperationError when the node stops on a fault and there is one */
	async finish(): Promise<INodeExecutionData[]> {
		if (this.#fault !== undefined) {
			const { error } = this.#results[this.#fault] as Extract<ItemResult, { outcome: 'failed' }>;
			this.#throw(error, describe(error, this.#results), this.#fault);
		}
		const giveTurns = turnGiver();
		const output: INodeExecutionData[] = [];
		for (let index = 0; index < this.items.length; index++) {
			for (const item of await this.#output(index)) output.push(item);
			await giveTurns();
		}
		return output;
	}

	/** Nothing more could be sent, for a reason that holds for every item. */
	async failAll(thrown: unknown): Promise<INodeExecutionData[]> {
		// A bad item has a reason of its own.
		if (this.#continues) await this.#prepareAll();
		const hasResults = this.#results.some((result) => result !== undefined);
		if (!(thrown instanceof TipError) && !hasResults) throw thrown;
		const error = thrown instanceof TipError ? thrown : notStarted(thrown);
		if (!this.#continues)
			this.#throw(error, hasResults ? describe(error, this.#results) : explain(error).advice);
		this.items.forEach((_, index) => {
			this.#results[index] ??= { outcome: 'failed', error };
		});
		return await this.finish();
	}

	async #prepareAll(): Promise<void> {
		const cancelled = this.context.getExecutionCancelSignal?.();
		const giveTurns = turnGiver();
		for (let index = 0; index < this.items.length && !cancelled?.aborted; index++) {
			this.#requestFor(index);
			if (this.#noteFault(index)) return;
			await giveTurns();
		}
	}

	/** What is to be sent for an item; undefined when it is bad, or an earlier try has settled it. */
	#requestFor(index: number): TipRequest | undefined {
		if (this.#results[index] !== undefined) return undefined;
		const prepared = (this.#prepared[index] ??= this.#read(index));
		this.#results[index] =
			prepared instanceof TipError
				? { outcome: 'failed', error: prepared }
				: this.#journal.recallRequest(index, prepared);
		return this.#results[index] === undefined ? (prepared as TipRequest) : undefined;
	}

	/** Whether this item is what the node stops on: the first to fail, and only if it stops at all. */
	#noteFault(index: number): boolean {
		if (this.#continues || this.#results[index]?.outcome !== 'failed') return false;
		this.#fault ??= index;
		return true;
	}

	/** Whether the answer to this item says that nothing more is to be sent. */
	#noteStop(index: number): boolean {
		const result = this.#results[index];
		if (this.action.stopAfter === undefined || result?.outcome !== 'accepted') return false;
		try {
			this.#stopped ??= this.action.stopAfter(result.answer, this.#valuesOf(index));
		} catch {
			// A field that could be read before and can't be now must not cost what is under way.
			return false;
		}
		return this.#stopped !== undefined;
	}

	/** What was not sent, or was still waiting to be, fails for this reason. */
	async #failUnsent(error: TipError): Promise<void> {
		if (this.#continues) await this.#prepareAll();
		this.items.forEach((_, index) => {
			const result = this.#results[index];
			const isWaiting = result?.outcome === 'failed' && result.error.code === 'cancelled';
			if (result !== undefined && !isWaiting) return;
			this.#results[index] = { outcome: 'failed', error };
			this.#noteFault(index);
		});
	}

	async #sendOne(
		client: TipClient,
		index: number,
		request: TipRequest,
		options: SendOptions,
	): Promise<ItemResult> {
		const { taskId } = request;
		this.#journal.begin(index, this.items[index]!, request);
		let result: ItemResult;
		try {
			result = { outcome: 'accepted', taskId, answer: await client.send(request, options) };
		} catch (thrown) {
			const error = asTipError(thrown);
			const answer = this.action.answerTo?.(error, request);
			result = answer
				? { outcome: 'accepted', taskId, answer }
				: { outcome: 'failed', taskId, error };
		}
		if (mayBeSentAgain(result, request)) this.#journal.forget(index);
		else this.#journal.settle(index, result);
		return result;
	}

	#read(index: number): Prepared {
		try {
			const timezone = this.context.getTimezone();
			return this.action.toRequest(this.#valuesOf(index), { timezone });
		} catch (thrown) {
			if (thrown instanceof TipError) return thrown;
			return inputError(
				'expression',
				`A field can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
				'Check the expressions in the fields of the node.',
			);
		}
	}

	#valuesOf(index: number): FieldValues {
		const values: FieldValues = {};
		for (const { name, default: fallback } of this.action.fields) {
			values[name] = this.context.getNodeParameter(name, index, fallback);
		}
		return values;
	}

	async #output(index: number): Promise<INodeExecutionData[]> {
		const result = this.#results[index]!;
		if (result.outcome === 'failed') return [this.#errorItem(index, result.error)];
		const { toItems } = this.action;
		if (toItems === undefined) return [{ ...asItem(result.answer), pairedItem: { item: index } }];
		try {
			const output = { values: this.#valuesOf(index), helpers: this.context.helpers };
			const items = await toItems(result.answer, output);
			return items.map((item) => ({ ...item, pairedItem: { item: index } }));
		} catch (thrown) {
			const error = thrown instanceof TipError ? thrown : unusableAnswer(thrown);
			// What can be asked again without harm is asked again by the next try.
			if ((this.#prepared[index] as TipRequest | undefined)?.safe) this.#journal.forget(index);
			if (!this.#continues) this.#throw(error, explain(error).advice, index);
			return [this.#errorItem(index, error)];
		}
	}

	#errorItem(index: number, error: TipError): INodeExecutionData {
		const result = this.#results[index]!;
		const taskId = result.taskId ?? taskIdOf(this.#prepared[index]);
		const item: INodeExecutionData = {
			json: {
				error: explain(error).message,
				description: explain(error).advice,
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

	/**
	 * The engine keeps what a cancelled node hands back: items when the node continues on faults, the
	 * error otherwise. n8n tells a cancelled run from a failed one by the word in the message.
	 */
	async #finishCancelled(): Promise<INodeExecutionData[]> {
		const facts = batchFacts(this.#results);
		if (facts.accepted.length + facts.unknown.length > 0) {
			this.context.logger?.warn(`Kaspersky TIP: canceled. ${describeBatch(this.#results)}`);
		}
		const error = new TipError({
			code: 'cancelled',
			kind: 'cancelled',
			outcome: facts.unknown.length > 0 ? 'unknown' : 'notSent',
			message: 'The run was canceled',
			advice: describeBatch(this.#results) || 'Nothing is under way any more.',
		});
		if (!this.#continues) this.#throw(error, explain(error).advice);
		this.items.forEach((_, index) => {
			this.#results[index] ??= { outcome: 'failed', error: cancelledBeforeSent() };
		});
		return await this.finish();
	}

	#throw(error: TipError, description: string, index?: number): never {
		const taskId =
			index === undefined
				? undefined
				: (this.#results[index]?.taskId ?? taskIdOf(this.#prepared[index]));
		throw toNodeError(this.context.getNode(), error, { itemIndex: index, taskId }, description, {
			...batchFacts(this.#results),
		});
	}
}

/** The journal of the run or, as an AI agent's tool, of the call: both outlive a try. */
function openJournal(context: IExecuteFunctions, items: INodeExecutionData[]): Journal {
	const { json } = items[0]!;
	// A tool's tries have a run number each, but share the arguments of the call.
	const isCall = context.isToolExecution?.() === true && typeof json === 'object';
	const journal = Journal.of(isCall ? json : context.getContext('node'));
	journal.turnTo(isCall ? 0 : (context.getWorkflowDataProxy(0).$runIndex as number));
	return journal;
}

/** What to do about an error, and what became of the other items. */
function describe(error: TipError, results: ReadonlyArray<ItemResult | undefined>): string {
	const nothingSent = results.every(
		(result) =>
			result === undefined || (result.outcome === 'failed' && result.error.kind === 'input'),
	);
	const batch = nothingSent ? 'Nothing was sent.' : describeBatch(results);
	return [explain(error).advice, batch].filter(Boolean).join(' ');
}

/** A signal that follows another, so that one listener stands there and not one per item. */
function follow(source: AbortSignal | undefined) {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	const abort = () => controller.abort();
	if (source?.aborted) abort();
	source?.addEventListener('abort', abort, { once: true });
	return {
		signal: controller.signal,
		abort,
		unfollow: () => source?.removeEventListener('abort', abort),
	};
}

function taskIdOf(prepared: Prepared | undefined): string | undefined {
	return prepared === undefined || prepared instanceof TipError ? undefined : prepared.taskId;
}

/** Whether another try may send it: the portal did nothing, or doing it twice changes nothing. */
function mayBeSentAgain(result: ItemResult, request: TipRequest): boolean {
	if (result.outcome === 'accepted') return false;
	return request.safe || ['notSent', 'rejected'].includes(result.error.outcome);
}

function asTipError(thrown: unknown): TipError {
	if (thrown instanceof TipError) return thrown;
	// Only its kind: the text of a foreign error may hold anything.
	return lostTrack(thrown instanceof Error ? thrown.name : typeof thrown);
}

/** The portal answered, and n8n could not take what the answer was made into. */
function unusableAnswer(thrown: unknown): TipError {
	return new TipError({
		code: 'node.output',
		kind: 'input',
		outcome: 'accepted',
		message: `The portal did what was asked, but its answer could not be stored (${thrown instanceof Error ? thrown.name : typeof thrown})`,
		advice: 'Check the fields that name where the output goes, and the disk space of n8n.',
	});
}

function cancelledBeforeSent(): TipError {
	return new TipError({
		code: 'cancelled',
		kind: 'cancelled',
		outcome: 'notSent',
		message: 'The run was canceled before the request was sent',
		advice: 'Run the workflow again to send it.',
	});
}

/** An error of n8n's own, such as a credential that can't be read, in a try that isn't the first. */
function notStarted(thrown: unknown): TipError {
	return new TipError({
		code: 'node.notStarted',
		kind: 'input',
		outcome: 'notSent',
		message: thrown instanceof Error ? thrown.message : 'The node could not start',
		advice: 'Run the workflow again to send what is left.',
	});
}
