import type { Readable } from 'node:stream';
import { encodeRfc3986 } from './encoding';
import { reveal, Sensitive } from './secret';

export type QueryParameter = readonly [name: string, value: string | Sensitive];

/** What a request is about: the words for a refusal, and how large an answer can be, go by it. */
export type Topic =
	| 'choices'
	| 'delete'
	| 'fileResult'
	| 'lookup'
	| 'masterFile'
	| 'report'
	| 'reports'
	| 'rescan'
	| 'upload';

/** Bytes that go out with a request. They are read from their source as they are written. */
export interface RequestBody {
	/** In bytes. */
	readonly size: number;
	/** From the beginning, for each attempt anew. */
	open(): Promise<Readable>;
}

/** One call of the TIP API: a plain value that is safe to print. */
export interface TipRequest {
	readonly about: Topic;
	readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
	/** Below the credential's base URL, already percent-encoded. */
	readonly path: string;
	readonly query: readonly QueryParameter[];
	/** Whether a second run of this request changes nothing and costs nothing. */
	readonly safe: boolean;
	readonly body?: RequestBody;
	/** The task it acts on, as the user gave it. */
	readonly taskId?: string;
	/** The answer comes inside `{ status, status_msg, return_data }` (tip-api.md 7). */
	readonly enveloped?: true;
	/**
	 * Whether a JSON value is an answer to this question at all; anything else is no answer, and never
	 * "nothing known". Left out, any JSON is, except a refusal in the portal's own words.
	 */
	readonly isAnswer?: (value: unknown) => boolean;
	/** What it goes by beside the kind, so that two who ask the same also take the same for an answer. */
	readonly asked?: readonly string[];
}

/** The values in it that no message may show. */
export function sensitiveValues({ query }: TipRequest): string[] {
	return query.flatMap(([, value]) => (value instanceof Sensitive ? [value.reveal()] : []));
}

/** Path and query as they are written to the socket. */
export function requestTarget(request: TipRequest): string {
	if (request.query.length === 0) return request.path;
	const query = request.query
		.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(reveal(value))}`)
		.join('&');
	return `${request.path}?${query}`;
}
