import type { IDataObject } from 'n8n-workflow';
import type { Outcome, TipError } from '../../../tip/values/error';
import type { OutputItem } from '../resources/operation';

/** What became of one input item. */
export type ItemResult = Accepted | Failed;

export interface Accepted {
	outcome: 'accepted';
	/** What the item is about, see `Plan`. */
	about: IDataObject;
	/** What the answer was made into; the answer itself is gone. */
	items: readonly OutputItem[];
	/** Of a rescan: what the portal answered, the only handle on what it started. */
	handle?: IDataObject;
	/** Why the answer says that nothing more of the batch is to be sent. */
	stop?: TipError;
}

export interface Failed {
	outcome: 'failed';
	about: IDataObject;
	error: TipError;
	/** Why the refusal says that nothing more of the batch is to be sent. */
	stop?: TipError;
}

/** The results so far, by position; `undefined` for what was never sent. */
export type Results = ReadonlyArray<ItemResult | undefined>;

/** What the portal is known to have done about an item. */
export function outcomeOf(result: ItemResult | undefined): Outcome {
	if (result === undefined) return 'notSent';
	return result.outcome === 'accepted' ? 'accepted' : result.error.outcome;
}

/** Positions of the items, by what became of them. */
export function byOutcome(results: Results): Record<Outcome, number[]> {
	const groups: Record<Outcome, number[]> = {
		accepted: [],
		unknown: [],
		rejected: [],
		notSent: [],
	};
	for (let index = 0; index < results.length; index++)
		groups[outcomeOf(results[index])].push(index);
	return groups;
}
