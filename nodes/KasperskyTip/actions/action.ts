import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { TipRequest } from '../../../tip/requests';

/** What the user filled in for one item, expressions already resolved. */
export interface ItemParameters {
	taskId: unknown;
	additionalFields: IDataObject;
}

/** One operation of the node: what it asks for, and the request it makes of the answers. */
export interface Action {
	/** Shown for this resource and operation only, in this order. */
	readonly fields: INodeProperties[];
	/**
	 * Checks one item's parameters and builds the request.
	 *
	 * @throws TipError `input`, naming the field by its label
	 */
	toRequest(parameters: ItemParameters): TipRequest;
}
