import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { keyedDigest } from '../../../tip/values/digest';
import { requestTarget, type TipRequest } from '../../../tip/values/request';
import { mayBeDone } from '../../../tip/portal/retry';
import { nodeFault } from '../../shared/faults';
import type { ItemResult } from './result';

interface Entry {
	/** The very input item; n8n hands the same object to every try of one run. */
	item: object;
	fingerprint: string;
	taskId?: string;
	/** Undefined while the request is under way. */
	result?: ItemResult;
}

const journals = new WeakMap<object, Journal>();

/**
 * Remembers, for one node in one execution, which rescans the portal took or may have taken. n8n's
 * Retry On Fail runs the whole node again for all items; with this the second try sends only what
 * the first did not get through.
 *
 * It lives in memory as long as the execution does, keeps one run of the node at a time, and holds
 * no secret: requests are kept as a keyed digest.
 */
export class Journal {
	readonly #entries = new Map<number, Entry>();
	/** Fingerprints of what may be done and was forgotten all the same. */
	readonly #maybeDone = new Set<string>();
	#run: number | undefined;

	/** The journal of the run or, as an AI agent's tool, of the call: both outlive a try. */
	static forRun(context: IExecuteFunctions, items: readonly INodeExecutionData[]): Journal {
		const { json } = items[0]!;
		// A tool's tries have a run number each, but share the arguments of the call.
		const isCall = context.isToolExecution?.() === true && typeof json === 'object';
		const journal = Journal.of(isCall ? json : context.getContext('node'));
		journal.turnTo(isCall ? 0 : (context.getWorkflowDataProxy(0).$runIndex as number));
		return journal;
	}

	/** @param owner an object that lives exactly as long as the tries do, the same in every try */
	static of(owner: object): Journal {
		const known = journals.get(owner);
		if (known) return known;
		const journal = new Journal();
		journals.set(owner, journal);
		return journal;
	}

	/**
	 * Turns to one run of the node. All tries of a run have its number and come before the next run,
	 * so what another run did (the round before in a loop) is over and is forgotten.
	 */
	turnTo(run: number): void {
		if (run === this.#run) return;
		this.close();
		this.#run = run;
	}

	/** Positions of the items that an earlier try sent, ascending. */
	indexes(): number[] {
		return [...this.#entries.keys()].sort((a, b) => a - b);
	}

	/**
	 * What an earlier try did with this item. It counts whatever the item's parameters say now: an
	 * expression may give another value in every try (a time stamp, a signed address).
	 */
	recall(index: number, item: object): ItemResult | undefined {
		const entry = this.#entries.get(index);
		return entry?.item === item ? resultOf(entry) : undefined;
	}

	/** The same, should the engine have handed over a copy of the item: then the request decides. */
	recallRequest(index: number, request: TipRequest): ItemResult | undefined {
		const entry = this.#entries.get(index);
		if (entry === undefined) return undefined;
		return entry.fingerprint === fingerprintOf(request) ? resultOf(entry) : undefined;
	}

	/** To be called before anything is sent: until told otherwise, the outcome counts as unknown. */
	begin(index: number, item: object, request: TipRequest): void {
		this.#entries.set(index, { item, fingerprint: fingerprintOf(request), taskId: request.taskId });
	}

	/** To be called when the portal took the request or may have. */
	settle(index: number, result: ItemResult): void {
		const entry = this.#entries.get(index);
		if (entry) entry.result = result;
	}

	/** All is done, and there will be no further try: nothing is held any longer. */
	close(): void {
		this.#entries.clear();
		this.#maybeDone.clear();
	}

	/** The next try may send it: the portal did nothing, or doing it twice changes nothing. */
	forget(index: number, result?: ItemResult): void {
		const entry = this.#entries.get(index);
		this.#entries.delete(index);
		const isOpen = result?.outcome === 'failed' && mayBeDone(result.error);
		if (entry !== undefined && isOpen) this.#maybeDone.add(entry.fingerprint);
	}

	/** Whether an earlier try may have done this: a deletion then finds nothing, and is right to. */
	mayBeDone(request: TipRequest): boolean {
		return this.#maybeDone.size > 0 && this.#maybeDone.has(fingerprintOf(request));
	}
}

function resultOf({ taskId, result }: Entry): ItemResult {
	if (result !== undefined) return result;
	const facts = { said: 'an earlier try was interrupted' };
	const error = nodeFault('node.defect', { outcome: 'unknown', facts });
	return { outcome: 'failed', about: { task_id: taskId }, error };
}

/** Whether another try may send it: the portal did nothing, or doing it twice changes nothing. */
export function mayBeSentAgain(result: ItemResult, request: TipRequest): boolean {
	if (result.outcome === 'accepted') return false;
	return request.safe || ['notSent', 'rejected'].includes(result.error.outcome);
}

function fingerprintOf(request: TipRequest): string {
	return keyedDigest(request.method, requestTarget(request));
}
