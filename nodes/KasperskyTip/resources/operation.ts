import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import type { TipAnswer } from '../../../tip/values/answer';
import type { TipError } from '../../../tip/values/error';
import type { TipRequest } from '../../../tip/values/request';

/** What the user filled in for one item, by field name, expressions already resolved. */
export type FieldValues = Record<string, unknown>;

/** What of the workflow gives a value its meaning. */
export interface WorkflowFacts {
	/** In which a date is meant that names no zone. */
	timezone: string;
}

/** One operation of the node: what it asks for, and the request it makes of the answers. */
export interface Action {
	/** Shown for this resource and operation only, in this order. Each is read for every item. */
	readonly fields: INodeProperties[];
	/**
	 * Checks one item's values and builds the request.
	 *
	 * @throws TipError `input`, naming the field by its label
	 */
	toRequest(values: FieldValues, workflow: WorkflowFacts): TipRequest;
	/** An answer in place of a refusal that says something: "not known" to a question, for one. */
	answerTo?(refusal: TipError, request: TipRequest): TipAnswer | undefined;
	/**
	 * A reason in an answer why nothing more of the batch is to be sent, a used-up quota for one. What
	 * has not been sent by then fails with it.
	 */
	stopAfter?(answer: TipAnswer, values: FieldValues): TipError | undefined;
	/**
	 * The items an answer becomes; left out, it is the json of one item.
	 *
	 * @throws TipError when the answer can't be read
	 */
	toItems?(answer: TipAnswer, output: OutputContext): Promise<OutputItem[]> | OutputItem[];
}

export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/** What an action may need to make items of an answer. */
export interface OutputContext {
	/** The values of the item, read again. */
	values: FieldValues;
	helpers: IExecuteFunctions['helpers'];
}

/** The answer as the one item it becomes unless an action says otherwise. */
export function asItem(answer: TipAnswer): OutputItem {
	return { json: answer as IDataObject };
}
