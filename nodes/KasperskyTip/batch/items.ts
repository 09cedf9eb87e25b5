import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { explain } from '../../shared/messages';
import { errorFacts, toNodeError } from '../../shared/nodeError';
import type { TipError } from '../../../tip/values/error';
import type { Failed, ItemResult } from './result';

/** What an input item becomes in the output of the node. */
export function outputOf(
	context: IExecuteFunctions,
	index: number,
	result: ItemResult,
): INodeExecutionData[] {
	if (result.outcome === 'failed') return [errorItem(context, index, result)];
	return result.items.map((item) => ({ ...item, pairedItem: { item: index } }));
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
