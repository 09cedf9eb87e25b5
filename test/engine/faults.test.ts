import type { IDataObject } from 'n8n-workflow';
import { CONNECT_TIMEOUT_MS } from '../../tip/connection/socket';
import { startPortal, type ConnectionFault, type Portal, type Step } from '../portal';
import { fireWhile, holdTimers, waitForRefusals } from './heldTimers';
import { runRescan } from './rescanWorkflow';

/**
 * Every way an exchange can fail, and what comes of it: for both engines, without and with repeats,
 * and in each of the node's On Error modes. Three tasks go to the portal one after the other, and the
 * second one meets the fault.
 */
type Fault =
	| { answer: Step }
	/** The answer comes when the run is over. */
	| { late: true }
	/** The connection over which the second task would be sent. */
	| { connection: ConnectionFault };

type Row = [
	name: string,
	fault: Fault,
	/** What is known of the request afterwards. */
	outcome: 'notSent' | 'rejected' | 'accepted' | 'unknown',
	code: string,
	/** Whether it is sent again as long as repeats are left. */
	repeated: boolean,
];

const MiB = 1024 * 1024;

// prettier-ignore
const FAULTS: Row[] = [
	// Nothing was sent: sent again.
	['TCP is closed at once', { connection: 'refuseTls' }, 'notSent', 'network.resetInHandshake', true],
	['a reset in the handshake', { connection: 'resetInHandshake' }, 'notSent', 'network.resetInHandshake', true],
	['a handshake nobody answers', { connection: 'stallHandshake' }, 'notSent', 'network.connectTimeout', true],
	['plain HTTP instead of TLS', { connection: 'plainHttp' }, 'notSent', 'tls.plainHttp', false],

	// Written, and no whole answer came: never sent again.
	['a reset before the request is read', { connection: { resetBeforeRead: true } }, 'unknown', 'network.brokenOff', false],
	['a reset before the answer', { answer: { reset: 'beforeAnswer' } }, 'unknown', 'network.brokenOff', false],
	['a reset after the headers', { answer: { reset: 'afterHeaders' } }, 'unknown', 'network.brokenOff', false],
	['a reset within the body', { answer: { reset: 'midBody' } }, 'unknown', 'network.brokenOff', false],
	['a close before the answer', { answer: { close: 'beforeAnswer' } }, 'unknown', 'network.brokenOff', false],
	['a close after the headers', { answer: { close: 'afterHeaders' } }, 'unknown', 'network.brokenOff', false],
	['a close within the body', { answer: { close: 'midBody' } }, 'unknown', 'network.brokenOff', false],
	['no answer, ever', { answer: { never: true } }, 'unknown', 'network.timeout', false],
	['an answer after the timeout', { late: true }, 'unknown', 'network.timeout', false],
	['headers that never end', { answer: { trickle: { bytes: 1, everyMs: 20, part: 'head' } } }, 'unknown', 'network.timeout', false],
	['a body that never ends', { answer: { trickle: { bytes: 1, everyMs: 20 } } }, 'unknown', 'network.timeout', false],
	['a body of more than 1 MiB, announced', { answer: { flood: { bytes: MiB + 1, contentLength: true } } }, 'unknown', 'network.answerTooLarge', false],
	['a body of more than 1 MiB, as it comes', { answer: { flood: { bytes: MiB + 1 } } }, 'unknown', 'network.answerTooLarge', false],
	['a body packed in a way nobody knows', { answer: { status: 200, body: {}, headers: { 'content-encoding': 'zstd' } } }, 'unknown', 'network.packed', false],
	['an answer that is not HTTP', { answer: { malformed: true } }, 'unknown', 'network.notHttp', false],
	['500', { answer: { status: 500 } }, 'unknown', 'portal.serverFault', false],
	['502', { answer: { status: 502 } }, 'unknown', 'portal.serverFault', false],
	['504', { answer: { status: 504 } }, 'unknown', 'portal.serverFault', false],
	['503 of a gateway', { answer: { status: 503, rawBody: '<html>busy</html>' } }, 'unknown', 'portal.serverFault', false],
	['503 of a gateway, with Retry-After', { answer: { status: 503, rawBody: '', retryAfter: '0' } }, 'unknown', 'portal.serverFault', false],
	['303', { answer: { redirect: 'https://localhost:9/elsewhere', status: 303 } }, 'unknown', 'portal.redirect', false],

	// Refused for now: sent again.
	['429', { answer: { status: 429 } }, 'rejected', 'portal.tooManyRequests', true],
	['429 with Retry-After in seconds', { answer: { retryAfter: '0' } }, 'rejected', 'portal.tooManyRequests', true],
	['429 with Retry-After as a date', { answer: { retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' } }, 'rejected', 'portal.tooManyRequests', true],
	['503 in the portal’s own words', { answer: { status: 503 } }, 'rejected', 'portal.unavailable', true],
	['503 in its own words, with Retry-After', { answer: { status: 503, retryAfter: '0' } }, 'rejected', 'portal.unavailable', true],
	['408', { answer: { status: 408 } }, 'unknown', 'portal.requestTimeout', false],

	// Refused: sending it again at once would not help.
	['429 with Retry-After beyond five minutes', { answer: { retryAfter: '301' } }, 'rejected', 'portal.tooManyRequests', false],
	['400', { answer: { status: 400 } }, 'rejected', 'portal.badRequest', false],
	['401', { answer: { status: 401 } }, 'rejected', 'portal.unauthorized', false],
	['403', { answer: { status: 403 } }, 'rejected', 'portal.forbidden', false],
	['404', { answer: { status: 404 } }, 'rejected', 'portal.notReady', false],
	['451', { answer: { status: 451 } }, 'rejected', 'portal.legal', false],
	['a redirect', { answer: { redirect: 'https://localhost:9/elsewhere' } }, 'rejected', 'portal.redirect', false],

	// Taken, with an answer nobody can read: never sent again either.
	['200 with a page', { answer: { status: 200, rawBody: '<html>welcome</html>' } }, 'accepted', 'portal.unreadable', false],
	['200 with broken JSON', { answer: { rawBody: '{"task_id": "5ca1' } }, 'accepted', 'portal.unreadable', false],
];

const ENGINES = ['sandbox', 'tae'] as const;
const RETRIES = [0, 2] as const;
const MODES = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;

interface Combination {
	engine: (typeof ENGINES)[number];
	maxRetries: (typeof RETRIES)[number];
	onError: (typeof MODES)[number];
}

const COMBINATIONS: Combination[] = ENGINES.flatMap((engine) =>
	RETRIES.flatMap((maxRetries) => MODES.map((onError) => ({ engine, maxRetries, onError }))),
);

const TASKS = ['before', 'faulty', 'after'];
/** Each run has a timeout of its own, which runs out when the fault has come about, and never else. */
let lastTimeoutS = 600;

async function play(
	fault: Fault,
	times: number,
	ends: boolean,
	onFault: () => void,
	{ engine, maxRetries, onError }: Combination,
) {
	const portal = await startPortal();
	const timeout = ++lastTimeoutS;
	const timers = holdTimers(timeout * 1000);
	let runIsOver = () => {};
	const over = new Promise<void>((resolve) => (runIsOver = resolve));
	try {
		if ('answer' in fault) portal.script('faulty', { ...fault.answer, repeat: true });
		else if ('late' in fault) portal.script('faulty', { until: over });
		else {
			portal.script('before', { headers: { connection: 'close' } });
			// The first connection carries the first task; each attempt for the second opens one.
			portal.onConnection(({ id }) => {
				if (id < 2 || id >= 2 + times) return undefined;
				onFault();
				return fault.connection;
			});
		}
		const running = runRescan({
			credential: portal.credential,
			parameters: { resource: engine, options: { maxRetries, concurrency: 1, timeout } },
			items: TASKS.map((task) => ({ task })),
			settings: { onError },
		});
		if (ends)
			await fireWhile(
				running,
				timers,
				onceForEach(() => begun(fault, portal, times)),
			);
		const { items, errorItems, error, run } = await running;
		const sent = (task: string) =>
			portal.rescans().filter((request) => request.taskId === task).length;
		return {
			requests: { before: sent('before'), faulty: sent('faulty'), after: sent('after') },
			connections: portal.connections,
			status: run.status,
			items,
			errorItems,
			error,
		};
	} finally {
		runIsOver();
		timers.release();
		await portal.close();
	}
}

/** How often the portal has begun to play the fault. */
function begun(fault: Fault, portal: Portal, times: number): number {
	return 'connection' in fault
		? Math.min(portal.connections - 1, times)
		: portal.rescans().filter(({ taskId }) => taskId === 'faulty').length;
}

/** True once for each that the count goes up. */
function onceForEach(count: () => number): () => boolean {
	let seen = 0;
	return () => {
		if (count() <= seen) return false;
		seen++;
		return true;
	};
}

/** What an item or an error says, down to what the table is about. */
function told(facts: IDataObject) {
	const { outcome, code } = facts;
	return { outcome, code, taskId: facts.taskId };
}

describe('A fault at the second of three tasks', () => {
	beforeAll(() => {
		// Waits without a Retry-After are drawn from a window that begins at 0.
		jest.spyOn(Math, 'random').mockReturnValue(0);
	});
	afterAll(() => jest.restoreAllMocks());

	it.each(FAULTS)('%s', async (_name, fault, outcome, code, repeated) => {
		// A handshake is given up when all that are waited for are ones that nobody answers.
		const patience = holdTimers(CONNECT_TIMEOUT_MS);
		let left = 0;
		const running = Promise.all(
			COMBINATIONS.map(async (combination) => {
				const attempts = repeated ? combination.maxRetries + 1 : 1;
				const { requests, items, errorItems, error, status } = await play(
					fault,
					attempts,
					code.startsWith('network.timeout'),
					() => left++,
					combination,
				);
				const facts = (error?.context ?? {}) as Record<string, unknown>;
				return {
					combination,
					requests,
					status,
					items: items.map(({ json, pairedItem }) => ({
						item: (pairedItem as { item: number }).item,
						...(json.error === undefined ? { from: json.previous_task_id } : told(json)),
					})),
					errorItems: errorItems.map(({ json, pairedItem }) => ({
						item: (pairedItem as { item: number }).item,
						...told(json),
						complete: ['error', 'description', 'retryable'].every((key) => key in json),
					})),
					error: error && {
						...told(error.context),
						item: error.context.itemIndex,
						accepted: (facts.accepted as Array<{ item: number; answer: IDataObject }>).map(
							({ item, answer }) => ({ item, from: answer.previous_task_id }),
						),
						rejected: facts.rejected,
						unknown: facts.unknown,
						notSent: facts.notSent,
					},
				};
			}),
		);
		const isTime = () => {
			if (code !== 'network.connectTimeout' || left === 0) return false;
			const areAll = left === patience.waiting;
			if (areAll) left = 0;
			return areAll;
		};
		await fireWhile(running, patience, isTime).finally(() => patience.release());
		const found = await running;

		const reached = !('connection' in fault);
		const expected = COMBINATIONS.map((combination) => {
			const attempts = repeated ? combination.maxRetries + 1 : 1;
			const stops = combination.onError === 'stopWorkflow';
			const failed = { outcome, code, taskId: 'faulty' };
			const good = (item: number) => ({ item, from: TASKS[item] });
			return {
				combination,
				requests: { before: 1, faulty: reached ? attempts : 0, after: stops ? 0 : 1 },
				status: stops ? 'error' : 'success',
				items: {
					stopWorkflow: [],
					continueRegularOutput: [good(0), { item: 1, ...failed }, good(2)],
					continueErrorOutput: [good(0), good(2)],
				}[combination.onError],
				errorItems:
					combination.onError === 'continueErrorOutput'
						? [{ item: 1, ...failed, complete: true }]
						: [],
				error: stops
					? {
							...failed,
							item: 1,
							accepted: [
								good(0),
								...(outcome === 'accepted' ? [{ item: 1, from: undefined }] : []),
							],
							rejected: outcome === 'rejected' ? [1] : [],
							unknown: outcome === 'unknown' ? [1] : [],
							notSent: outcome === 'notSent' ? [1, 2] : [2],
						}
					: undefined,
			};
		});
		expect(found).toEqual(expected);
	});
});

describe('An answer that breaks the reader', () => {
	it('is never taken for a request that was not sent', async () => {
		const portal = await startPortal();
		try {
			// Quotes the password, which is looked for and masked, from beyond what a stack can hold.
			const deep = 100_000;
			const body = `${'['.repeat(deep)}${JSON.stringify(portal.password)}${']'.repeat(deep)}`;
			portal.script('task-1', { rawBody: body, repeat: true });
			const { error } = await runRescan({
				credential: portal.credential,
				parameters: { options: { maxRetries: 3 } },
			});
			expect(error!.context).toMatchObject({ outcome: 'accepted', code: 'portal.unreadable' });
			expect(portal.rescans()).toHaveLength(1);
		} finally {
			await portal.close();
		}
	});
});

describe('A portal that is not there, or that has no use for the certificate', () => {
	const NOWHERE = 'https://localhost:1';
	waitForRefusals();

	it.each<[string, (credential: Record<string, string>) => Record<string, string>, string]>([
		['nobody listens', (credential) => ({ ...credential, baseUrl: NOWHERE }), 'network.refused'],
		[
			'its certificate is not trusted',
			(credential) => ({ ...credential, caCertificate: '' }),
			'tls.untrusted',
		],
		[
			'its certificate has another name',
			(credential) => ({
				...credential,
				baseUrl: credential.baseUrl!.replace('localhost', '127.0.0.2'),
			}),
			'tls.name',
		],
	])('%s', async (_name, change, code) => {
		const portal = await startPortal({ host: '0.0.0.0' });
		try {
			const found = await Promise.all(
				MODES.map(async (onError) => {
					const { items, errorItems, error } = await runRescan({
						credential: change(portal.credential),
						parameters: { options: { maxRetries: 0 } },
						items: [{ task: 'a' }, { task: 'b' }],
						settings: { onError },
					});
					return [...items, ...errorItems].map(({ json }) => json).concat(error?.context ?? []);
				}),
			);
			for (const facts of found.flat()) expect(facts).toMatchObject({ code, outcome: 'notSent' });
			expect(found.map(({ length }) => length)).toEqual([1, 2, 2]);
			expect(portal.received).toBe(0);
		} finally {
			await portal.close();
		}
	});

	it('refuses the client certificate in the handshake', async () => {
		const portal = await startPortal();
		try {
			const foreign = await portal.certificates.issueClient({ signedByOtherCa: true });
			const { items } = await runRescan({
				credential: { ...portal.credential, certificate: foreign.combinedPem },
				parameters: { options: { maxRetries: 2 } },
				settings: { onError: 'continueRegularOutput' },
			});
			expect(items[0]!.json).toMatchObject({
				code: 'tls.closedAfterHandshake',
				outcome: 'notSent',
			});
			expect(portal.received).toBe(0);
		} finally {
			await portal.close();
		}
	});
});
