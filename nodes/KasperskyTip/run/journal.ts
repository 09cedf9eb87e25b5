import { createHmac, randomBytes } from 'node:crypto';
import type { TipAnswer } from '../../../tip/answer';
import type { TipError } from '../../../tip/errors';
import { requestTarget, type TipRequest } from '../../../tip/requests';

/** What became of a request that reached the portal, or may have. */
export type Settled =
	{ outcome: 'accepted'; answer: TipAnswer } | { outcome: 'unknown'; error?: TipError };

interface Entry {
	/** The very input item; n8n hands the same object to every try of one run. */
	item: object;
	fingerprint: string;
	settled: Settled;
}

const journals = new WeakMap<object, Journal>();
const fingerprintSecret = randomBytes(32);

/**
 * Remembers, for one node in one execution, which rescans the portal took or may have taken. n8n's
 * Retry On Fail runs the whole node again for all items; with this the second run sends only what
 * the first did not get through (architecture decision 5).
 *
 * It lives in memory as long as the execution does, and holds no secret: requests are kept as a
 * keyed digest.
 */
export class Journal {
	readonly #entries = new Map<string, Entry>();

	/** @param execution an object that lives exactly as long as the execution, the same in every try */
	static of(execution: object): Journal {
		const known = journals.get(execution);
		if (known) return known;
		const journal = new Journal();
		journals.set(execution, journal);
		return journal;
	}

	/**
	 * What is known of this item's request from an earlier try of the same run.
	 *
	 * The same item in the same place counts as the same request even when an expression gives
	 * another value now (a time stamp, a signed address), as long as it is for the same task.
	 */
	recall(run: number, index: number, item: object, request: TipRequest): Settled | undefined {
		const entry = this.#entries.get(place(run, index, request));
		if (entry === undefined) return undefined;
		if (entry.item === item) return entry.settled;
		return entry.fingerprint === fingerprint(request) ? entry.settled : undefined;
	}

	/** To be called before anything is sent: until settled, the outcome counts as unknown. */
	begin(run: number, index: number, item: object, request: TipRequest): void {
		this.#entries.set(place(run, index, request), {
			item,
			fingerprint: fingerprint(request),
			settled: { outcome: 'unknown' },
		});
	}

	/** To be called when the outcome is known. */
	settle(run: number, index: number, request: TipRequest, settled: Settled): void {
		const entry = this.#entries.get(place(run, index, request));
		if (entry) entry.settled = settled;
	}

	/** The portal did nothing: the next try may send it. */
	forget(run: number, index: number, request: TipRequest): void {
		this.#entries.delete(place(run, index, request));
	}
}

function place(run: number, index: number, request: TipRequest): string {
	return `${run}:${index}:${request.method} ${request.path}`;
}

function fingerprint(request: TipRequest): string {
	return createHmac('sha256', fingerprintSecret)
		.update(`${request.method} ${requestTarget(request)}`)
		.digest('base64');
}
