import type { IncomingHttpHeaders } from 'node:http';

export type Engine = 'sandbox' | 'attribution';

/** One request as the portal received it. Nothing here is decoded unless it says so. */
export interface RecordedRequest {
	/** Counts up from 1 for the life of the portal. */
	number: number;
	method: string;
	/** Without the query, still percent-encoded. */
	path: string;
	rawQuery: string;
	/** Decoded. Of a repeated name the last value. */
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	rawHeaders: string[];
	bodyBytes: number;
	/** Of the body; undefined until all of it is here, and without one. */
	bodySha256: string | undefined;
	/** The whole request has arrived (always true for one that announces no body). */
	complete: boolean;
	/** Subject of the client's certificate as it came through TLS, '' when none was shown. */
	clientSubject: string;
	/** The client certificate was signed by the portal's own authority and is in date. */
	authorized: boolean;
	/** One number per TCP connection. */
	socketId: number;
	engine: Engine | undefined;
	/** The `{task_id}` of a rescan path, decoded. */
	taskId: string | undefined;
	/** Status line that was sent, undefined when none was. */
	status: number | undefined;
	/**
	 * For rescans: the portal took the job, whether or not the client could read the answer. False
	 * when it refused, and undefined until it has decided.
	 */
	accepted: boolean | undefined;
	/** The id in the answer to an accepted rescan. */
	newTaskId: string | undefined;
	/** What a script did to this exchange, such as `reset:midBody`. */
	fault: string | undefined;
	/** When the whole answer had been handed to the machine's network, by `performance.now()`. */
	handedOverAt: number | undefined;
	/** The client was gone before the answer was sent. */
	aborted: boolean;
}

/** A task id, a pattern on the raw path, or any test on the recorded request. */
export type RequestMatch = string | RegExp | ((request: RecordedRequest) => boolean);
