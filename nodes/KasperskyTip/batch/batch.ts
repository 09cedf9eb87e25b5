import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { SendOptions, TipClient } from '../../../tip/portal/client';
import { connectionFault } from '../../../tip/connection/faults';
import { TipError } from '../../../tip/values/error';
import { explain } from '../../shared/messages';
import { toNodeError } from '../../shared/nodeError';
import type { SignIn } from '../../shared/signIn/authentication';
import type { LocalPlan, Operation, Plan, Sharing, WorkflowFacts } from '../resources/operation';
import { answerCache, type KeptAnswers } from './answerCache';
import { follow } from './follow';
import { outputOf } from './items';
import { Journal, mayBeSentAgain } from './journal';
import { logHandles } from './log';
import type { RunOptions } from './options';
import { showSlowdown } from './pace';
import { Progress } from './progress';
import { groupSame } from './questions';
import { aboutOf, defect, planItem } from './read';
import type { Failed, ItemResult } from './result';
import { ask, resultsOf, type Reply } from './send';
import { Steps } from './steps';
import { cancelledRun, describeStop } from './stop';
import { batchFacts, countBatch, describeBatch } from './summary';
import { turnGiver, type GiveTurns } from './turns';

/** The input items of one run of the node, what is to be done with each, and what became of it. */
export class Batch {
	readonly #plans: Array<Plan | LocalPlan | TipError | undefined>;
	readonly #results: Array<ItemResult | undefined>;
	readonly #continues: boolean;
	readonly #journal: Journal;
	readonly #progress: Progress;
	readonly #steps: Steps;
	/** Where the first fault is, of a node that stops on one. */
	#fault: number | undefined;
	readonly #workflow: WorkflowFacts;
	readonly #sharing: Sharing | undefined;
	/** Why an answer said to send nothing more. */
	#stopped: TipError | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly operation: Operation | TipError,
		private readonly items: INodeExecutionData[],
		signIn: SignIn,
	) {
		this.#workflow = {
			timezone: context.getTimezone(),
			signIn,
			isAgents: context.isToolExecution?.() === true,
		};
		this.#sharing = operation instanceof TipError ? undefined : operation.sharing;
		this.#continues = context.continueOnFail();
		this.#journal = Journal.forRun(context, items);
		this.#plans = new Array<undefined>(items.length).fill(undefined);
		this.#results = items.map((item, index) => this.#journal.recall(index, item));
		this.#progress = new Progress(context, this.#results);
		this.#steps = new Steps(context);
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
	 * first requests. Where answers are shared, all are read: only then is it known who asks the same.
	 */
	async prepare(): Promise<void> {
		// What an earlier try sent has to be known before anything can end this one.
		for (const index of this.#journal.indexes()) {
			if (index >= this.items.length) continue;
			this.#planFor(index);
			this.#noteFault(index);
		}
		const isLocal = !(this.operation instanceof TipError) && this.operation.isLocal === true;
		const isWhole = !this.#continues || isLocal || this.#sharing !== undefined;
		if (isWhole && this.#fault === undefined) await this.#prepareAll();
	}

	/** Sends what is left with bounded concurrency, and waits until nothing is under way any more. */
	async run(client: TipClient, options: RunOptions): Promise<INodeExecutionData[]> {
		const groups = await groupSame(this.#plans, this.#sharing !== undefined);
		const kept = this.#sharing && answerCache.for(client.key, this.#sharing, options.cacheMs);
		const cancel = follow(this.context.getExecutionCancelSignal?.());
		const halt = follow(cancel.signal);
		const sendOptions: SendOptions = {
			...options,
			signal: cancel.signal,
			noMoreAttempts: halt.signal,
		};
		if (this.#results.some((result) => this.#noteStop(result))) halt.abort();
		const giveTurns = turnGiver();
		let next = 0;
		let ahead = 0;
		/** Reads one more item while answers are awaited, so that none has to wait for n8n to read it. */
		const readAhead = () => {
			ahead = Math.max(ahead, next);
			if (ahead < this.items.length && !halt.signal.aborted) this.#planFor(ahead++);
		};
		const work = async () => {
			while (next < groups.length && !halt.signal.aborted) {
				const group = groups[next++]!;
				const open = group.filter((index) => this.#planFor(index) !== undefined);
				if (open.length === 0) {
					await giveTurns();
				} else {
					if (this.#continues && this.#sharing === undefined) setImmediate(readAhead);
					await this.#send(client, open, { ...sendOptions, kept, giveTurns });
				}
				group.forEach(() => this.#progress.noteDone());
				// What waits for its start or a repeat need not wait any longer, once the batch has failed.
				if (group.some((index) => this.#noteFault(index) || this.#noteStop(this.#results[index]))) {
					halt.abort();
				}
			}
		};
		const length = Math.min(options.workers, groups.length);
		await Promise.all(Array.from({ length }, work)).finally(() => {
			halt.unfollow();
			cancel.unfollow();
			showSlowdown(this.context, client.slowedDown);
			client.close({ abandon: cancel.signal.aborted });
		});
		if (cancel.signal.aborted) return await this.#finishCancelled();
		if (this.#stopped !== undefined) await this.#failUnsent(this.#stopped);
		return await this.finish();
	}

	/** @throws NodeApiError | NodeOperationError when the node stops on a fault and there is one */
	async finish(): Promise<INodeExecutionData[]> {
		if (this.#fault !== undefined) {
			const { error } = this.#results[this.#fault] as Failed;
			this.#throw(error, describeStop(error, this.#results, this.context.logger), this.#fault);
		}
		const output = await outputOf(this.context, this.#results as ItemResult[]);
		// A try that succeeds is the last one; but n8n takes a json that holds an `error` for a fault.
		const isLast = this.#results.every((result) => result?.outcome === 'accepted');
		if (isLast && !output.some(({ json }) => 'error' in json)) this.#journal.close();
		return output;
	}

	/** Nothing more can be sent, for a reason that holds for every item. */
	async failAll(error: TipError): Promise<INodeExecutionData[]> {
		// A bad item has its own.
		if (this.#continues && !(this.operation instanceof TipError)) await this.#prepareAll();
		if (!this.#continues) {
			const hasResults = this.#results.some((result) => result !== undefined);
			const { logger } = this.context;
			this.#throw(
				error,
				hasResults ? describeStop(error, this.#results, logger) : explain(error).advice,
			);
		}
		this.items.forEach((_, index) => {
			this.#results[index] ??= this.#failed(index, error);
		});
		return await this.finish();
	}

	async #prepareAll(): Promise<void> {
		const giveTurns = turnGiver();
		for (let index = 0; index < this.items.length; index++) {
			if (this.context.getExecutionCancelSignal?.()?.aborted) return;
			this.#planFor(index);
			if (this.#noteFault(index)) return;
			await giveTurns();
		}
	}

	/** What is to be done with an item; undefined when it is bad, or an earlier try has settled it. */
	#planFor(index: number): Plan | undefined {
		if (this.#results[index] !== undefined || this.operation instanceof TipError) return undefined;
		const plan = (this.#plans[index] ??= planItem(
			this.context,
			this.operation,
			index,
			this.#workflow,
		));
		if (plan instanceof TipError) this.#results[index] = this.#failed(index, plan);
		else if ('items' in plan) {
			this.#results[index] = { outcome: 'accepted', about: plan.about, items: plan.items };
		} else {
			this.#results[index] = this.#recall(index, plan);
			if (this.#results[index] === undefined) return plan;
		}
		return undefined;
	}

	/** What an earlier try did with a copy of this item; if that can't be told, it is unknown. */
	#recall(index: number, plan: Plan): ItemResult | undefined {
		try {
			return this.#journal.recallRequest(index, plan.request);
		} catch (thrown) {
			return this.#failed(index, defect(thrown, 'unknown'));
		}
	}

	/** Sends one request, and gives each of the items it is for its result. The answer is gone then. */
	async #send(
		client: TipClient,
		group: number[],
		{ kept, giveTurns, ...options }: SendOptions & { kept?: KeptAnswers; giveTurns: GiveTurns },
	): Promise<void> {
		const plans = group.map((index) => this.#plans[index] as Plan);
		if (plans[0]!.steps !== undefined) return await this.#takeSteps(client, group[0]!, options);
		let reply: Reply;
		try {
			const mayBeDone = this.#journal.mayBeDone(plans[0]!.request);
			group.forEach((index, nth) =>
				this.#journal.begin(index, this.items[index]!, plans[nth]!.request),
			);
			reply = await ask(client, plans[0]!, { ...options, mayBeDone }, kept);
		} catch (thrown) {
			// Only what came before the request: whatever happens to it is a reply.
			reply = { refusal: defect(thrown, 'notSent') };
		}
		let nth = 0;
		for await (const result of resultsOf(plans, reply, client.origin, this.context.helpers)) {
			this.#settle(group[nth]!, plans[nth++]!, result);
			// A run that was canceled has its say in the very turn in which n8n begins to save it.
			if (!options.signal?.aborted) await giveTurns();
		}
	}

	/** The same for an item that takes several requests, which are for no other. */
	async #takeSteps(client: TipClient, index: number, options: SendOptions): Promise<void> {
		const plan = this.#plans[index] as Plan;
		this.#journal.begin(index, this.items[index]!, plan.request);
		this.#settle(index, plan, await this.#steps.take(client, plan, options, index));
	}

	#settle(index: number, plan: Plan, result: ItemResult): void {
		this.#results[index] = result;
		this.#stopped ??= result.stop;
		if (mayBeSentAgain(result, plan.request)) this.#journal.forget(index, result);
		else this.#journal.settle(index, result);
		this.#plans[index] = undefined;
	}

	/** Whether this item is what the node stops on: the first to fail, and only if it stops at all. */
	#noteFault(index: number): boolean {
		if (this.#continues || this.#results[index]?.outcome !== 'failed') return false;
		this.#fault ??= index;
		return true;
	}

	/** Whether the answer to an item says that nothing more is to be sent. */
	#noteStop(result: ItemResult | undefined): boolean {
		this.#stopped ??= result?.stop;
		return result?.stop !== undefined;
	}

	/** What was not sent, or was still waiting to be, fails for this reason. */
	async #failUnsent(error: TipError): Promise<void> {
		if (this.#continues) await this.#prepareAll();
		this.items.forEach((_, index) => {
			const result = this.#results[index];
			const isWaiting = result?.outcome === 'failed' && result.error.code === 'cancelled';
			if (result !== undefined && !isWaiting) return;
			this.#results[index] = this.#failed(index, error, result?.about);
			this.#noteFault(index);
		});
	}

	#failed(index: number, error: TipError, about = aboutOf(this.#plans[index])): Failed {
		return { outcome: 'failed', about, error };
	}

	/**
	 * The engine keeps what a cancelled node hands back: items when the node continues on faults, the
	 * error otherwise. n8n itself stores neither, so all that was accepted goes to the log.
	 */
	async #finishCancelled(): Promise<INodeExecutionData[]> {
		const said = describeBatch(this.#results);
		logHandles(this.context.logger, `canceled (${countBatch(this.#results)})`, this.#results);
		const error = cancelledRun(this.#results);
		if (!this.#continues) this.#throw(error, said || explain(error).advice);
		this.items.forEach((_, index) => {
			this.#results[index] ??= this.#failed(index, connectionFault('cancelled'));
		});
		return await this.finish();
	}

	#throw(error: TipError, description: string, index?: number): never {
		const about = index === undefined ? {} : (this.#results[index]?.about ?? {});
		throw toNodeError(
			this.context.getNode(),
			error,
			{ itemIndex: index, about },
			description,
			batchFacts(this.#results),
		);
	}
}
