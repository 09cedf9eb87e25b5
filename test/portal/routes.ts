/**
 * The endpoints of the stand-in portal (tip-api.md 1), one row each, and how a request that
 * arrives whole is answered when no script interferes. Parameters are recorded and not judged: what a
 * test wants to know of them it reads off the wire.
 */
import { assumed } from './assumed';
import type { LookupBook } from './lookup';
import { openTipRefusal, type OpenTipBook } from './openTip';
import { publicationMethods, type PublicationBook } from './publications';
import type { Engine, RecordedRequest } from './records';

export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: string | Buffer;
}

/** What the two list endpoints answer: any JSON. */
export interface Lists {
	channels: unknown;
	execEnv: unknown;
}

/** What a route needs to know of the portal. */
export interface RouteContext {
	lists: Lists;
	publications(): PublicationBook;
	lookups(): LookupBook;
	openTip(): OpenTipBook;
	statusOfTask(taskId: string): number;
	nextTaskId(): string;
	deleteTask(taskId: string): void;
}

interface Exchange {
	request: RecordedRequest;
	/** Undefined when the query could not be decoded. */
	pairs: Array<[string, string]> | undefined;
	context: RouteContext;
}

export interface Route {
	method: string;
	/** On the raw path below the prefix. */
	path: RegExp;
	operation: 'rescan' | 'delete' | 'channels' | 'execEnv' | 'publications' | 'lookup' | 'openTip';
	engine?: Engine;
	/** An API token opens it too (tip-api.md 1). */
	takesToken?: boolean;
	/** It is one of OpenTIP's, which takes its own token and nothing else (opentip-api.md 2). */
	takesApiKey?: true;
	answer(exchange: Exchange): Answer;
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
	return {
		status,
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	};
}

/** A refusal in the shape of tip-api.md 3.6 (assumed for all but 400). */
export const refusal = (status: number, description?: string) =>
	json(status, assumed.errorBody(status, description));

/** `Content-Length: 0`, no body, no chunking (tip-api.md 0.6; the statuses are assumed). */
function bodyProblem(request: RecordedRequest): Answer | undefined {
	const { headers } = request;
	if (headers['transfer-encoding'] !== undefined) {
		return refusal(assumed.statusForBody, 'Transfer-Encoding is not expected');
	}
	if (headers['content-length'] === undefined) return refusal(assumed.statusForNoLength);
	if (headers['content-length'] !== '0') {
		return refusal(assumed.statusForBody, 'A request body is not expected');
	}
	return undefined;
}

/** PUT …/tasks/{source}/{task_id} (tip-api.md 3 and 4). */
function rescan(engine: Engine) {
	return ({ request, pairs, context }: Exchange): Answer => {
		const wrongBody = bodyProblem(request);
		if (wrongBody) return wrongBody;
		const { taskId } = request;
		if (taskId === undefined || pairs === undefined) {
			return refusal(400, 'The percent-encoding is broken');
		}
		const taskStatus = context.statusOfTask(taskId);
		if (taskStatus !== 200) return refusal(taskStatus);
		const newTaskId = context.nextTaskId();
		request.newTaskId = newTaskId;
		return json(200, assumed.rescanAnswer({ engine, taskId, newTaskId }));
	};
}

/** DELETE …/tasks/{source}/{task_id}: no body is described for the answer (tip-api.md 3.6). */
function deleteTask({ request, context }: Exchange): Answer {
	const { taskId } = request;
	if (taskId === undefined) return refusal(400, 'The percent-encoding is broken');
	const status = context.statusOfTask(taskId);
	if (status !== 200) return refusal(status);
	context.deleteTask(taskId);
	return { status: 200, headers: {}, body: '' };
}

const taskPath = (engine: Engine, source: string) =>
	new RegExp(`^/api/${engine}/tasks/${source}/([^/]+)$`);

/** POST or GET /api/publications/{method} (tip-api.md 1, rows 21 to 24): a POST has no body. */
function publications(method: string) {
	return ({ request, pairs, context }: Exchange): Answer => {
		const wrongBody = request.method === 'POST' ? bodyProblem(request) : undefined;
		if (wrongBody) return wrongBody;
		if (pairs === undefined) return refusal(400, 'The percent-encoding is broken');
		return json(200, publicationMethods[method]!(new Map(pairs), context.publications()));
	};
}

/** GET /api/{kind}/{indicator} (tip-api.md 1, rows 17 to 20). */
function lookup(kind: 'hash' | 'ip' | 'domain' | 'url'): Route {
	const path = new RegExp(`^/api/${kind}/[^/]+$`);
	return {
		method: 'GET',
		path,
		operation: 'lookup',
		takesToken: true,
		answer: ({ request, pairs, context }) => {
			const indicator = decodeSegment(request.path.slice(request.path.lastIndexOf('/') + 1));
			if (indicator === undefined || pairs === undefined) {
				return refusal(400, 'The percent-encoding is broken');
			}
			const answer = context.lookups().answer(kind, indicator, pairs);
			return 'body' in answer ? json(200, answer.body) : refusal(answer.status);
		},
	};
}

/** POST /api/v1/scan/file?filename=… with the bytes of a file (opentip-api.md 1, row 5). */
function openTipUpload({ request, context }: Exchange): Answer {
	const { bodySha256 } = request;
	if (bodySha256 === undefined) return openTipRefusal(400);
	return json(200, context.openTip().firstAnswer(bodySha256));
}

/** POST /api/v1/getresult/file?request=… (opentip-api.md 1, row 6). */
function openTipResult({ pairs, context }: Exchange): Answer {
	const hash = new Map(pairs).get('request');
	if (hash === undefined) return openTipRefusal(400);
	const { unknownFile } = assumed.openTip;
	const found = context.openTip().result(hash);
	if (found !== undefined) return json(200, found);
	return 'body' in unknownFile ? json(200, unknownFile.body) : openTipRefusal(unknownFile.status);
}

const exactly = (path: string) => new RegExp(`^${path.replaceAll('.', '\\.')}$`);

/** GET /api/v1/search/{kind}?request=… (opentip-api.md 1, rows 1 to 4). */
function openTipSearch(kind: 'hash' | 'ip' | 'domain' | 'url'): Route {
	return {
		method: 'GET',
		path: exactly(`/api/v1/search/${kind}`),
		operation: 'openTip',
		takesApiKey: true,
		answer: ({ pairs, context }) => {
			const value = new Map(pairs).get('request');
			if (value === undefined) return openTipRefusal(400);
			const found = context.openTip().search(kind, value);
			return found === undefined ? openTipRefusal(404) : json(200, found);
		},
	};
}

export const routes: Route[] = [
	// Rows 1, 2 and 13 of the endpoint table are confirmed, row 14 is inferred.
	...(['sandbox', 'attribution'] as const).flatMap((engine) =>
		(['file_from_url', 'file'] as const).map((source): Route => ({
			method: 'PUT',
			path: taskPath(engine, source),
			operation: 'rescan',
			engine,
			answer: rescan(engine),
		})),
	),
	// Row 3 is confirmed, row 8 inferred.
	...(['file_from_url', 'file'] as const).map((source): Route => ({
		method: 'DELETE',
		path: taskPath('sandbox', source),
		operation: 'delete',
		engine: 'sandbox',
		answer: deleteTask,
	})),
	// Rows 4 and 5: they exist; method and answer are assumed.
	{
		method: 'GET',
		path: exactly(assumed.channelsPath),
		operation: 'channels',
		engine: 'sandbox',
		answer: ({ context }) => json(200, context.lists.channels),
	},
	{
		method: 'GET',
		path: exactly(assumed.execEnvPath),
		operation: 'execEnv',
		engine: 'sandbox',
		answer: ({ context }) => json(200, context.lists.execEnv),
	},
	...(['hash', 'ip', 'domain', 'url'] as const).map(lookup),
	...(['hash', 'ip', 'domain', 'url'] as const).map(openTipSearch),
	{
		method: 'POST',
		path: exactly('/api/v1/scan/file'),
		operation: 'openTip',
		takesApiKey: true,
		answer: openTipUpload,
	},
	{
		method: 'POST',
		path: exactly('/api/v1/getresult/file'),
		operation: 'openTip',
		takesApiKey: true,
		answer: openTipResult,
	},
	// Rows 21 to 24: POST is confirmed for all of them, GET for get_one.
	...Object.keys(publicationMethods).flatMap((method) =>
		['POST', 'GET'].map((verb): Route => ({
			method: verb,
			path: exactly(`/api/publications/${method}`),
			operation: 'publications',
			answer: publications(method),
		})),
	),
];

/** The route of a method and raw path, or the status that says there is none. */
export function findRoute(
	method: string,
	path: string,
): { route: Route; taskId?: string } | { status: 404 | 405; engine?: Engine } {
	let otherMethod: Route | undefined;
	for (const route of routes) {
		const found = route.path.exec(path);
		if (!found) continue;
		if (route.method === method) return { route, taskId: decodeSegment(found[1]) };
		otherMethod = route;
	}
	if (otherMethod) return { status: 405, engine: otherMethod.engine };
	const engine = /^\/api\/(sandbox|attribution)\//.exec(path)?.[1] as Engine | undefined;
	return { status: 404, engine };
}

function decodeSegment(segment: string | undefined): string | undefined {
	try {
		return segment === undefined ? undefined : decodeURIComponent(segment);
	} catch {
		return undefined;
	}
}

/** Decodes a query string into its pairs, or answers undefined when the encoding is broken. */
export function parseQuery(rawQuery: string): Array<[string, string]> | undefined {
	if (rawQuery === '') return [];
	const decode = (text: string) =>
		decodeURIComponent(assumed.plusMeansSpace ? text.replaceAll('+', ' ') : text);
	try {
		return rawQuery.split('&').map((pair) => {
			const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
			return [decode(name), decode(value)];
		});
	} catch {
		return undefined;
	}
}
