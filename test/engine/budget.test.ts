import { LoadOptionsContext, PollContext } from 'n8n-core';
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { searchChannels } from '../../nodes/KasperskyTip/listSearch';
import { KasperskyTipTrigger } from '../../nodes/KasperskyTipTrigger/KasperskyTipTrigger.node';
import { explain } from '../../nodes/shared/messages';
import { openConnection } from '../../nodes/shared/signIn/connection';
import { forgetPaces } from '../../tip/portal/pace/paces';
import { choicesRequest, deleteTaskRequest, rescanRequest } from '../../tip/tasks/requests';
import type { TipRequest } from '../../tip/values/request';
import type { TipError } from '../../tip/values/error';
import type { SendOptions } from '../../tip/portal/client';
import { startPortal, type Portal, type Step } from '../portal';
import { additionalDataFor, startNode, workflowOf } from './engine';
import { fromSources, tipNode } from './rescanWorkflow';
import { until } from './until';

let portal: Portal;
beforeAll(async () => {
	portal = await startPortal();
});
afterEach(() => {
	portal.reset();
	// What it asked for in one test is not asked for in the next.
	forgetPaces();
});
afterAll(() => portal.close());

const LIST = choicesRequest('channels');
const RESCAN = rescanRequest('sandbox', 'file_from_url', 'task-1', []);
const DELETION = deleteTaskRequest('file_from_url', 'task-1');

async function send(request: TipRequest, options: Partial<SendOptions> = {}) {
	const { client } = await openConnection(portal.credential, {});
	try {
		return await client.send(request, { timeoutMs: 60_000, maxRetries: 3, ...options });
	} finally {
		client.close();
	}
}

/** Long enough for any machine, and shorter than the portal asks to wait: the test ends it. */
const BUDGET_MS = 50_000;

const stalls = () => portal.requests[0]?.fault !== undefined;

/** Lets the time run out, as `AbortSignal.timeout` says it, if the condition holds before the end. */
async function endsWhen<T>(condition: () => boolean, begin: () => Promise<T>): Promise<T> {
	const end = new AbortController();
	const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(end.signal);
	try {
		let over = false;
		const running = begin().finally(() => (over = true));
		await until(() => over || condition());
		end.abort(new DOMException('The operation timed out', 'TimeoutError'));
		return await running;
	} finally {
		timeout.mockRestore();
	}
}

const fault = (request: TipRequest, options: Partial<SendOptions>) =>
	send(request, options).then(
		() => {
			throw new Error('it came to an answer');
		},
		(thrown: TipError) => thrown,
	);

/** One time for everything: attempts, repeats and waits. */
describe('The time there is for a request', () => {
	it.each<[string, Step | undefined, TipRequest, object]>([
		['an answer that never comes', { never: true }, LIST, { outcome: 'unknown' }],
		['the same, to a rescan', { never: true }, RESCAN, { outcome: 'unknown' }],
		[
			'a wait the portal asks for',
			{ retryAfter: '60' },
			RESCAN,
			{ outcome: 'rejected', status: 429, retryAfterMs: 60_000 },
		],
		['a body without end', { trickle: { bytes: 1, everyMs: 20 } }, LIST, { outcome: 'unknown' }],
	])('ends %s', async (_name, step, request, expected) => {
		portal.onRequest(() => step);
		const error = await endsWhen(stalls, () => fault(request, { deadlineMs: BUDGET_MS }));
		expect(error).toMatchObject({ code: 'budget.spent', kind: 'network', retryable: false });
		expect(error).toMatchObject(expected);
		expect(portal.received).toBe(1);
	});

	it('ends a wait for a turn, and says that nothing was sent', async () => {
		const pace = { perMinute: 1 };
		await send(LIST, { pace });
		const error = await endsWhen(
			() => true,
			() => fault(RESCAN, { deadlineMs: BUDGET_MS, pace }),
		);
		expect(error).toMatchObject({ code: 'budget.spent', outcome: 'notSent' });
		expect(portal.received).toBe(1);
	});

	it('is not the same as being canceled', async () => {
		const controller = new AbortController();
		portal.onRequest(() => {
			controller.abort();
			return { never: true };
		});
		const running = fault(LIST, { deadlineMs: 60_000, signal: controller.signal });
		expect(await running).toMatchObject({ code: 'cancelled', kind: 'cancelled' });
	});

	it('does not cover up what the portal refused', async () => {
		portal.onRequest(() => ({ status: 401 }));
		expect(await fault(LIST, { deadlineMs: 60_000 })).toMatchObject({
			code: 'portal.unauthorized',
		});
	});
});

/** What may have been deleted is rightly not found any more. */
describe('A deletion that finds nothing', () => {
	it.each<[string, Step]>([
		['408', { status: 408 }],
		['500, which is not repeated', { status: 500 }],
		['502', { status: 502 }],
		['503 of a gateway', { status: 503, rawBody: 'busy' }],
		['a lost answer', { reset: 'beforeAnswer' }],
		['an answer that broke off', { close: 'midBody' }],
	])('after %s has done its work', async (_name, step) => {
		portal.script('task-1', step, { status: 404 });
		const first = await send(DELETION).catch((error: TipError) => error);
		if (first instanceof Error) {
			// Not repeated by the client; the caller's next try says what it knows.
			await expect(send(DELETION, { mayBeDone: true })).resolves.toEqual({});
		} else {
			expect(first).toEqual({});
		}
		expect(portal.received).toBe(2);
	});

	it.each<[string, Step]>([
		['429', { status: 429 }],
		['503 in the portal’s own words', { status: 503 }],
	])('after %s alone has not', async (_name, step) => {
		portal.script('task-1', step, { status: 404 });
		await expect(send(DELETION)).rejects.toMatchObject({ code: 'portal.taskNotFound' });
		expect(portal.received).toBe(2);
	});

	it('has not when a gateway says so', async () => {
		portal.script(
			'task-1',
			{ reset: 'beforeAnswer' },
			{ status: 404, rawBody: '<html>404</html>' },
		);
		await expect(send(DELETION)).rejects.toMatchObject({ code: 'portal.notFound' });
	});

	it('has done it when an earlier try may have', async () => {
		portal.script('task-1', { status: 404, repeat: true });
		await expect(send(DELETION)).rejects.toMatchObject({ code: 'portal.taskNotFound' });
		await expect(send(DELETION, { mayBeDone: true })).resolves.toEqual({});
	});
});

describe('A list in the editor', () => {
	const search = async () => {
		const node = tipNode({});
		const options = { installed: fromSources, credentials: { kasperskyTipApi: portal.credential } };
		const definition = { nodes: [node], connections: {} };
		const context = new LoadOptionsContext(
			workflowOf(definition, options),
			node,
			additionalDataFor(definition, options),
			'',
		);
		return await searchChannels.call(context as unknown as ILoadOptionsFunctions);
	};

	it('does not wait longer than a person would, whatever the portal asks for', async () => {
		portal.onRequest(() => ({ retryAfter: '20' }));
		await expect(search()).rejects.toMatchObject({
			message: expect.stringMatching(/gave no list within the 15 s there were for it.*'By Name'/),
			description: expect.stringMatching(/too many requests \(429\)\. It asks to wait 20 s/),
		});
		expect(portal.received).toBe(1);
	});
});

describe('A poll that runs out of its budget', () => {
	const poll = async (budgetMs: number) => {
		const type = new KasperskyTipTrigger();
		const node = {
			...startNode('Trigger'),
			type: 'test.trigger',
			parameters: {},
			credentials: { kasperskyTipApi: { id: 'a', name: 'a' } },
		};
		const options = {
			installed: {
				nodes: { 'test.trigger': type },
				credentials: { kasperskyTipApi: new KasperskyTipApi() },
			},
			credentials: { kasperskyTipApi: portal.credential },
		};
		const definition = { nodes: [node], connections: {} };
		const workflow = workflowOf(definition, options);
		const context = new PollContext(
			workflow,
			node,
			additionalDataFor(definition, options),
			'trigger',
			'activate',
		);
		Object.assign(context, { getPollBudgetMs: () => budgetMs });
		return await type.poll.call(context).catch((error: Error) => error);
	};

	it.each<[string, Step, object]>([
		['while it waits for the answer', { never: true }, { outcome: 'unknown' }],
		['while it waits to ask again', { retryAfter: '60' }, { outcome: 'rejected' }],
	])('says so, and not that it was stopped (%s)', async (_name, step, context) => {
		portal.onRequest(() => step);
		const error = await endsWhen(stalls, () => poll(BUDGET_MS));
		expect(error).toMatchObject({
			message: expect.stringMatching(/^localhost:\d+ gave no list within the \d+ s/),
			description: expect.stringMatching(/nothing is lost.*'Look Back \(Days\)'/),
			context: expect.objectContaining({ code: 'budget.spent', ...context }),
		});
		expect(portal.received).toBe(1);
	});
});

describe('What is said of a time that is over', () => {
	it('names what the last attempt came to', async () => {
		portal.onRequest(() => ({ retryAfter: '60' }));
		const { message, advice } = explain(await fault(RESCAN, { deadlineMs: BUDGET_MS }));
		expect(message).toMatch(/gave no answer within the 50 s/);
		expect(advice).toMatch(
			/^The last attempt: The portal is receiving too many requests \(429\)\./,
		);
	});
});
