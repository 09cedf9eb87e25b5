import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeParameters,
	type JsonObject,
} from 'n8n-workflow';
import type { TipError } from '../../tip/values/error';
import { SENSITIVE_PARAMETERS } from '../../tip/tasks/parameters';
import { explain } from './messages';

export interface ErrorPlace {
	/** Position of the input item, counted from 0 as n8n does. */
	itemIndex?: number;
	/** What the item is about, by the keys its answer names it with. */
	about?: IDataObject;
}

/**
 * A TIP error as n8n's own kind. It is built from plain values, so nothing of a socket or a header
 * can be stored with the execution.
 *
 * @param description what to do; the error's own advice when left out
 * @param context further facts kept with the error, such as what became of the other items
 */
export function toNodeError(
	node: INode,
	error: TipError,
	place: ErrorPlace = {},
	description = explain(error).advice,
	context: IDataObject = {},
): NodeApiError | NodeOperationError {
	const suffix = place.itemIndex === undefined ? '' : ` [item ${place.itemIndex}]`;
	const message = `${explain(error).message}${suffix}`;
	const isLocal =
		error.kind === 'input' ||
		error.kind === 'cancelled' ||
		(error.kind === 'credential' && error.status === undefined);
	const failure = failureOf(error);
	const options = {
		message,
		description,
		itemIndex: place.itemIndex,
		...(failure && { failure }),
	};

	const shownNode = withoutSecrets(node);
	const result = isLocal
		? new NodeOperationError(shownNode, message, options)
		: new NodeApiError(shownNode, { message, description } as JsonObject, {
				...options,
				...(error.status !== undefined && { httpCode: String(error.status) }),
			});
	// n8n swaps a message that happens to hold a code such as ECONNRESET for a general one.
	result.message = message;
	result.description = description;
	Object.assign(result.context, place.about, errorFacts(error, place.about), context);
	return result;
}

/** What an item or an error carries of a TIP error, for a workflow to branch on. */
export function errorFacts(error: TipError, about: IDataObject = {}): IDataObject {
	return {
		code: error.code,
		outcome: error.outcome,
		retryable: error.retryable,
		...(error.status !== undefined && { statusCode: error.status }),
		...(error.errorId !== undefined && { errorId: error.errorId }),
		...(error.portalDescription !== undefined && { portalDescription: error.portalDescription }),
		...(error.retryAfterMs !== undefined && { retryAfterSeconds: error.retryAfterMs / 1000 }),
		...(error.detail !== undefined && { detail: error.detail }),
		...(error.attempts !== undefined && { attempts: error.attempts }),
		// The name under which it is known in the fields of the node.
		...(about.task_id !== undefined && { taskId: about.task_id }),
	};
}

/**
 * An error keeps its node, parameters and all, and n8n stores it with the execution: a password
 * typed into a field would be in there.
 */
function withoutSecrets(node: INode): INode {
	const { additionalFields } = node.parameters;
	if (additionalFields === null || typeof additionalFields !== 'object') return node;
	const masked = { ...(additionalFields as INodeParameters) };
	for (const name of SENSITIVE_PARAMETERS) if (name in masked) masked[name] = '***';
	return { ...node, parameters: { ...node.parameters, additionalFields: masked } };
}

/** n8n's own words for what lies behind an error: a polling trigger waits by them. */
function failureOf(error: TipError) {
	const { code, errorId = '', kind, retryAfterMs, status } = error;
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	if (status === 429) return { cause: 'rate-limited' as const, ...wait };
	if (/quota/i.test(`${code} ${errorId}`)) return { cause: 'quota-exhausted' as const };
	if (CONFIGURATION.has(code)) return { cause: 'configuration-invalid' as const };
	if (kind === 'credential') return { cause: 'credential-invalid' as const };
	if (kind === 'input') return { cause: 'configuration-invalid' as const };
	if (kind === 'network' || (status ?? 0) >= 500) {
		return { cause: 'temporarily-unavailable' as const, ...wait };
	}
	return undefined;
}

/** Codes whose usual cause is an address or a proxy that somebody has to set right. */
const CONFIGURATION = new Set([
	'egress.blocked',
	'portal.redirect',
	'portal.unreadable',
	'proxy.authentication',
	'proxy.notEncoded',
	'proxy.unsupported',
	'tls.name',
	'tls.plainHttp',
	'tls.untrusted',
]);
