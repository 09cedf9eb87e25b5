import { createHash } from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	startPortal,
	type ConnectionFault,
	type Portal,
	type RecordedRequest,
	type Step,
} from '../portal';
import { AnswersRead } from './answersRead';
import { holdTimers, type HeldTimers } from './heldTimers';
import { runRescan, type RescanResult } from './rescanWorkflow';
import { until } from './until';

/**
 * Many workflows with faults at every point of the exchange, drawn from a seed. What happened is
 * compared with the portal's own record. `npm run test:random` draws new ones; `-- --seed n` draws the
 * same again, `-- --workflows n` asks for more of them.
 */
const SEED = Number(process.env.SEED ?? 20_260_101);
const WORKFLOWS = Number(process.env.WORKFLOWS ?? 100);
/** As many at once, two of them with each login, whose pace they share. */
const LANES = 6;
const LOGINS = LANES / 2;
/** Long enough that each piece of it is looked for, and not easy to put into a header. */
const PASSWORD = 'tip:random:wörd+%7';
const REPEAT = `npm run test:random -- --seed ${SEED} --workflows ${WORKFLOWS}`;

/**
 * The client's timeout. It runs out when all that is left under way has been stalled, so that no machine
 * is too busy for an answer to be read in time.
 */
const TIMEOUT_S = 3000;
/** So many looks at the portal in a row have to find it as it was. They are counted, not timed. */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 15;

/** Mulberry32, by seed and purpose, so that what one task meets does not hang on the order of all. */
function seeded(seed: number, purpose: string) {
	let state = createHash('sha256').update(`${seed} ${purpose}`).digest().readUInt32LE();
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		chance: (probability: number) => next() < probability,
		below: (limit: number) => Math.floor(next() * limit),
		pick: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!,
	};
}

const STEPS: Step[] = [
	{ reset: 'beforeAnswer' },
	{ reset: 'afterHeaders' },
	{ reset: 'midBody' },
	{ close: 'beforeAnswer' },
	{ close: 'afterHeaders' },
	{ close: 'midBody' },
	{ flood: { bytes: 100 * 1024 * 1024, contentLength: true } },
	{ malformed: true },
	{ rawBody: '{"task_id":', headers: { 'content-type': 'application/json' } },
	{ rawBody: 'done' },
	{ rawBody: '' },
	{ headers: { connection: 'close' } },
	{ delayMs: 40 },
	{ retryAfter: '0' },
	{ status: 429 },
	{ status: 503 },
	{ status: 503, retryAfter: '400' },
	{ status: 400 },
	{ status: 404 },
	{ status: 408 },
	{ status: 500 },
	{ status: 502 },
	{ redirect: 'https://localhost:9/' },
];
/** Only the timeout ends these. */
const STALLS: Step[] = [
	{ never: true },
	{ trickle: { bytes: 1, everyMs: 30 } },
	{ trickle: { bytes: 1, everyMs: 30, part: 'head' } },
];
const CONNECTION_FAULTS: ConnectionFault[] = [
	'refuseTls',
	'plainHttp',
	'stallHandshake',
	'resetInHandshake',
	'resetAfterHandshake',
	{ resetBeforeRead: true, afterMs: 0 },
	{ resetBeforeRead: true, afterMs: 10 },
];

interface Plan {
	tasks: string[];
	parameters: IDataObject;
	settings: IDataObject;
}

function draw(workflow: number): Plan {
	const random = seeded(SEED, `workflow ${workflow}`);
	const retryOnFail = random.chance(0.5);
	return {
		tasks: Array.from({ length: 1 + random.below(50) }, (_, item) => `w${workflow}-i${item}`),
		parameters: {
			resource: random.pick(['sandbox', 'tae']),
			options: {
				concurrency: random.pick([1, 3, 5, 20]),
				maxRetries: random.pick([0, 1, 3]),
				timeout: TIMEOUT_S,
				...(random.chance(0.2) && {
					retryNotReady: true,
					retryNotReadyInterval: 0.01,
					retryNotReadyTotal: 0.05,
				}),
			},
		},
		settings: {
			onError: random.pick(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']),
			...(retryOnFail && { retryOnFail, maxTries: 2 + random.below(3), waitBetweenTries: 1 }),
		},
	};
}

/** Items n8n handed on, each with the position of the one it came from. */
function byPosition(items: INodeExecutionData[]): Map<number, IDataObject> {
	return new Map(
		items.map(({ json, pairedItem }) => [(pairedItem as { item: number }).item, json]),
	);
}

/** A request as the portal recorded it, with the step it met and when the client set out to write it. */
type Arrived = RecordedRequest & { step?: Step; begunAt?: number };

/** Lets the client's timeouts run out whenever nothing happens any more. */
async function breakStalls(
	portal: Portal,
	timers: HeldTimers,
	read: AnswersRead,
	timeouts: number[],
	isOver: () => boolean,
) {
	let looks = 0;
	let before = '';
	while (!isOver()) {
		const { received, connections, handshakes, inFlight, openSockets } = portal;
		const now = [received, connections, handshakes, inFlight, openSockets, read.count].join();
		looks = now === before ? looks + 1 : 0;
		before = now;
		if (looks >= LOOKS && timers.waiting > 0) {
			timeouts.push(performance.now());
			timers.fire();
			looks = 0;
		}
		await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
	}
}

interface Told {
	outcome: string;
	/** All that was handed over about the item. */
	text: string;
}

/** What the node said of each item, in whatever place it had to say it. */
function toldOf({ tasks, settings }: Plan, result: RescanResult): Told[] {
	const { items, errorItems, error } = result;
	if (settings.onError !== 'stopWorkflow' || error === undefined) {
		expect(error).toBeUndefined();
		const all = byPosition([...items, ...errorItems]);
		expect(all.size).toBe(tasks.length);
		expect(items.length + errorItems.length).toBe(tasks.length);
		return tasks.map((_, index) => {
			const json = all.get(index)!;
			return { outcome: String(json.outcome ?? 'accepted'), text: JSON.stringify(json) };
		});
	}
	const { accepted, ...others } = error.context as unknown as {
		accepted: Array<{ item: number; answer: IDataObject }>;
	} & Record<'unknown' | 'rejected' | 'notSent', number[]>;
	const told: Told[] = [];
	for (const { item, answer } of accepted) {
		told[item] = { outcome: 'accepted', text: JSON.stringify(answer) };
	}
	for (const outcome of ['unknown', 'rejected', 'notSent'] as const) {
		for (const item of others[outcome]) {
			expect(told[item]).toBeUndefined();
			told[item] = { outcome, text: '' };
		}
	}
	expect(Object.keys(told)).toHaveLength(tasks.length);
	return told;
}

/** Holds what the node said of a workflow against what the portal recorded. */
function check(
	plan: Plan,
	told: Told[],
	requestsFor: (task: string) => Arrived[],
	timeouts: number[],
): string[] {
	return plan.tasks.flatMap((task, index) => {
		const { outcome, text } = told[index]!;
		const requests = requestsFor(task);
		const last = requests.at(-1);
		const wrong: string[] = [];

		// Never twice: whatever came before the last one was refused, in so many words.
		if (!requests.slice(0, -1).every(isRefused)) wrong.push('sent again though it was not refused');
		if (requests.filter(({ accepted }) => accepted).length > 1) wrong.push('accepted twice');

		// Never lost: an answer that was delivered whole, and in time, is handed over.
		if (last?.accepted && isDelivered(last, timeouts)) {
			if (outcome !== 'accepted') wrong.push('the outcome of an accepted rescan is lost');
			else if (last.step?.rawBody === undefined && !text.includes(last.newTaskId!)) {
				wrong.push('the answer to an accepted rescan is lost');
			}
		}

		// What is said is what was. (Of what is unknown, the portal may not have read a word.)
		const consistent: Record<string, boolean> = {
			accepted: last?.accepted === true,
			notSent: requests.every(isRefused),
			rejected: last !== undefined && requests.every(isRefused),
			unknown: true,
		};
		if (!consistent[outcome]) wrong.push('not what the portal recorded');

		const seen = requests.map(
			({ status, accepted, fault }) =>
				`${status ?? '-'}${accepted ? ' accepted' : ''} ${fault ?? ''}`,
		);
		return wrong.map(
			(what) =>
				`${task}: ${what}. Told: ${outcome} ${text}. Portal: ${seen.join(', ')}. ` +
				JSON.stringify([plan.parameters, plan.settings, last?.step]),
		);
	});
}

/** The client's socket had the whole answer before the client's time for it had run out. */
function isDelivered({ begunAt, handedOverAt }: Arrived, timeouts: number[]): boolean {
	if (handedOverAt === undefined) return false;
	return !timeouts.some((at) => at >= begunAt! && at <= handedOverAt);
}

/** A whole answer that says the portal did nothing. */
function isRefused({ fault, status }: Arrived): boolean {
	if (fault !== undefined || status === undefined) return false;
	return status === 503 || (status >= 300 && status < 500);
}

describe(`${WORKFLOWS} workflows under random faults (${REPEAT})`, () => {
	let portal: Portal;
	const timers = holdTimers(TIMEOUT_S * 1000);
	/** When the client last set out to write a request, by task. */
	const begun = new Map<string, number>();
	const read = new AnswersRead((path) => {
		begun.set(/[^/?]+(?=\?|$)/.exec(path)![0], performance.now());
	});
	beforeAll(async () => {
		const logins = Array.from({ length: LOGINS }, (_, login) => [`analyst-${login}`, PASSWORD]);
		portal = await startPortal({ users: Object.fromEntries(logins) as Record<string, string> });
	});
	afterAll(async () => {
		read.stop();
		timers.release();
		await portal.close();
	});

	it('never sends a rescan twice and never loses an answer', async () => {
		const arrived = new Map<string, Arrived[]>();
		portal.onRequest((request: Arrived) => {
			const taskId = request.taskId!;
			request.begunAt = begun.get(taskId);
			arrived.set(taskId, [...(arrived.get(taskId) ?? []), request]);
			const random = seeded(SEED, `${taskId} ${arrived.get(taskId)!.length}`);
			if (random.chance(0.01)) return random.pick(STALLS);
			if (!random.chance(0.3)) return undefined;
			request.step = random.pick(STEPS);
			return random.chance(0.2) ? { delayMs: random.below(20), then: request.step } : request.step;
		});
		portal.onConnection(({ id }) => {
			const random = seeded(SEED, `connection ${id}`);
			return random.chance(0.15) ? random.pick(CONNECTION_FAULTS) : undefined;
		});

		const timeouts: number[] = [];
		const wrong: string[] = [];
		const outcomes: Record<string, number> = {};
		let started = 0;
		let items = 0;
		const lane = async (_: unknown, number: number) => {
			const username = `analyst-${number % LOGINS}`;
			while (started < WORKFLOWS) {
				const plan = draw(started++);
				items += plan.tasks.length;
				const result = await runRescan({
					credential: { ...portal.credential, username },
					parameters: plan.parameters,
					settings: plan.settings,
					items: plan.tasks.map((task) => ({ task })),
				});
				const told = toldOf(plan, result);
				wrong.push(...check(plan, told, (task) => arrived.get(task) ?? [], timeouts));
				for (const { outcome } of told) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
			}
		};
		let over = false;
		const stalls = breakStalls(portal, timers, read, timeouts, () => over);
		try {
			await Promise.all(Array.from({ length: LANES }, lane));
		} finally {
			over = true;
			await stalls;
		}

		expect({ again: REPEAT, wrong: wrong.slice(0, 20) }).toEqual({ again: REPEAT, wrong: [] });
		// The run has to have been one: every outcome came about, and most items got through.
		expect(Object.keys(outcomes).sort()).toEqual(['accepted', 'notSent', 'rejected', 'unknown']);
		expect(outcomes.accepted!).toBeGreaterThan(items / 4);
		await until(() => portal.inFlight === 0);
	});
});
