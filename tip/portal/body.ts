import type { TipRequest } from '../values/request';

/** A body goes out at this pace at least, or its time is over. In bytes per millisecond. */
const SLOWEST_UPLOAD = 125;

/** How long a request's body may take to be sent, in milliseconds: whole seconds, 0 without a body. */
export function transferMs({ body }: TipRequest): number {
	return body === undefined ? 0 : Math.ceil(body.size / SLOWEST_UPLOAD / 1000) * 1000;
}

/** Raw bytes of a length that is known (opentip-api.md 1, row 5). */
export function bodyHeaders({ body }: TipRequest): Record<string, string> {
	if (body === undefined) return {};
	return { 'content-type': 'application/octet-stream', 'content-length': String(body.size) };
}
