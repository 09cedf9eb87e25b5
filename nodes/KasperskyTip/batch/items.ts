import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { explain } from '../../shared/messages';
import { errorFacts, toNodeError } from '../../shared/nodeError';
import type { TipError } from '../../../tip/values/error';
import type { Failed, ItemResult } from './result';
import { turnGiver } from './turns';

/** What the input items become in the output of the node. */
export async function outputOf(
	context: IExecuteFunctions,
	results: readonly ItemResult[],
): Promise<INodeExecutionData[]> {
	const giveTurns = turnGiver();
	const output: INodeExecutionData[] = [];
	for (const [index, result] of results.entries()) {
		if (result.outcome === 'failed') output.push(errorItem(context, index, result));
		else for (const item of result.items) output.push({ ...item, pairedItem: { item: index } });
		await giveTurns();
	}
	return output;
}

/** An item that says why, for a node that continues. */
export function errorItem(
	context: IExecuteFunctions,
	index: number,
	{ error, about }: Pick<Failed, 'error' | 'about'>,
): INodeExecutionData {
	const { message, advice } = explain(error);
	const item: INodeExecutionData = {
		json: { error: message, description: advice, ...about, ...errorFacts(error, about) },
		pairedItem: { item: index },
	};
	if (context.getNode().onError === 'continueErrorOutput') markAsError(context, item, error, index);
	return item;
}

/**
 * n8n sends items with an `error` to the error branch, but replaces the json of those that still have
 * one afterwards. It copies items on the way: a property that is not enumerable is seen by the first
 * step and gone for the second.
 */
function markAsError(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	error: TipError,
	itemIndex: number,
): void {
	Object.defineProperty(item, 'error', {
		value: toNodeError(context.getNode(), error, { itemIndex }),
		enumerable: false,
		writable: true,
		configurable: true,
	});
}
