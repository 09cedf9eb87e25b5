import type { IDataObject } from 'n8n-workflow';
import type { SendOptions, TipClient } from '../../../tip/portal/client';
import type { TipAnswer } from '../../../tip/values/answer';
import { TipError } from '../../../tip/values/error';
import { nodeFault } from '../../shared/faults';
import { asItem, type Helpers, type Plan } from '../resources/operation';
import { defect, nameOf } from './read';
import type { ItemResult } from './result';

/**
 * Asks the portal for one item, and makes the answer into items there and then. Never throws:
 * whatever goes wrong is the result.
 */
export async function sendItem(
	client: TipClient,
	plan: Plan,
	options: SendOptions,
	helpers: Helpers,
): Promise<ItemResult> {
	const { about, request } = plan;
	let answer: TipAnswer | undefined;
	try {
		answer = await client.send(request, options);
	} catch (thrown) {
		const error = asTipError(thrown, request.safe);
		answer = answerTo(plan, error);
		if (answer === undefined) {
			const stop = plan.stopAfterRefusal?.(error);
			return { outcome: 'failed', about, error, ...(stop && { stop }) };
		}
	}
	try {
		const stop = plan.stopAfter?.(answer);
		const items = (await plan.toItems?.(answer, helpers, { origin: client.origin })) ?? [
			asItem(answer),
		];
		const handle = request.safe ? undefined : (answer as IDataObject);
		return {
			outcome: 'accepted',
			about,
			items,
			...(handle && { handle }),
			...(stop && { stop }),
		};
	} catch (thrown) {
		const error =
			thrown instanceof TipError
				? thrown
				: nodeFault('node.output', { facts: { said: nameOf(thrown) } });
		return { outcome: 'failed', about, error };
	}
}

function answerTo(plan: Plan, refusal: TipError): TipAnswer | undefined {
	try {
		return plan.answerTo?.(refusal);
	} catch {
		// The refusal itself says more than what went wrong in reading it.
		return undefined;
	}
}

/** What is not ours came from the client all the same: a rescan may be under way. */
function asTipError(thrown: unknown, isSafe: boolean): TipError {
	if (thrown instanceof TipError) return thrown;
	return defect(thrown, isSafe ? 'notSent' : 'unknown');
}
