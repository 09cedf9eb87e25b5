import type { IDataObject } from 'n8n-workflow';
import type { SendOptions, TipClient } from '../../../tip/portal/client';
import { ReadingPlace } from '../../../tip/portal/readingRoom';
import type { TipAnswer } from '../../../tip/values/answer';
import { TipError } from '../../../tip/values/error';
import { nodeFault } from '../../shared/faults';
import { asItem, type Helpers, type OutputItem, type Plan } from '../resources/operation';
import type { KeptAnswers } from './answerCache';
import { copyOf } from './copy';
import { defect, nameOf } from './read';
import type { ItemResult } from './result';
import { turnGiver } from './turns';

/** What the portal said, for all who asked the same. */
export type Reply =
	| {
			readonly answer: TipAnswer;
			/** Which a large answer has until it has been made into items. */
			readonly place?: ReadingPlace;
	  }
	| { readonly refusal: TipError };

/** Asks the portal, unless an answer has been kept. What goes wrong is a refusal. */
export async function ask(
	client: TipClient,
	plan: Plan,
	options: SendOptions,
	kept?: KeptAnswers,
): Promise<Reply> {
	const known = kept?.recall(plan.request);
	if (known !== undefined) return { answer: known };
	const reply = await askPortal(client, plan, options);
	if ('answer' in reply) kept?.keep(plan.request, reply.answer);
	return reply;
}

async function askPortal(client: TipClient, plan: Plan, options: SendOptions): Promise<Reply> {
	const place = new ReadingPlace();
	try {
		return { answer: await client.send(plan.request, { ...options, place }), place };
	} catch (thrown) {
		const refusal = asTipError(thrown, plan.request.safe);
		const answer = answerTo(plan, refusal);
		return answer === undefined ? { refusal } : { answer };
	}
}

/**
 * What the reply is to each of the plans, in their order. Never throws: whatever goes wrong is a result.
 *
 * @param origin of the portal
 */
export async function* resultsOf(
	plans: readonly Plan[],
	reply: Reply,
	origin: string,
	helpers: Helpers,
): AsyncGenerator<ItemResult> {
	try {
		for (const [nth, plan] of plans.entries()) {
			const result = await resultOf(plan, reply, origin, helpers);
			yield nth === 0 ? result : await ofItsOwn(result);
		}
	} finally {
		if ('place' in reply) reply.place?.leave();
	}
}

/** Who shares an answer gets items of their own: a later node may alter one, and must not alter two. */
async function ofItsOwn(result: ItemResult): Promise<ItemResult> {
	if (result.outcome === 'failed') return result;
	const giveTurns = turnGiver();
	const items: OutputItem[] = [];
	for (const item of result.items)
		items.push({ ...item, json: await copyOf(item.json, giveTurns) });
	return { ...result, items };
}

async function resultOf(
	plan: Plan,
	reply: Reply,
	origin: string,
	helpers: Helpers,
): Promise<ItemResult> {
	const { about, request } = plan;
	if ('refusal' in reply) {
		const { refusal: error } = reply;
		const stop = stopAfter(plan, error);
		return { outcome: 'failed', about, error, ...(stop && { stop }) };
	}
	try {
		const { answer } = reply;
		const stop = plan.stopAfter?.(answer);
		const items = (await plan.toItems?.(answer, helpers, { origin })) ?? [asItem(answer)];
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

/** A reason in a refusal why nothing more is to be sent. */
export function stopAfter(plan: Plan, refusal: TipError): TipError | undefined {
	try {
		return plan.stopAfterRefusal?.(refusal);
	} catch {
		return undefined;
	}
}

/** What is not ours came from the client all the same: a rescan may be under way. */
export function asTipError(thrown: unknown, isSafe: boolean): TipError {
	if (thrown instanceof TipError) return thrown;
	return defect(thrown, isSafe ? 'notSent' : 'unknown');
}
