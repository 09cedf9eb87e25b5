import { createHash } from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	startPortal,
	type ConnectionFault,
	type Portal,
	type RecordedRequest,
	type Step,
} from '../portal';
import { runRescan, type RescanResult } from './rescanWorkflow';
import { until } from './until';

/**
 * Many workflows with faults at every point of the exchange, drawn from a seed: `SEED=n` draws the
 * same again, `WORKFLOWS=n` asks for more of them. What happened is compared with the portal's own
 * record.
 */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const WORKFLOWS = Number(process.env.WORKFLOWS ?? 100);
const LANES = 6;

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
/** Only the timeout ends these, so there are fewer of them. */
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
				timeout: 1.5,
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

/** A request as the portal recorded it, with the step it met. */
type Arrived = RecordedRequest & { step?: Step };

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
function check(plan: Plan, told: Told[], requestsFor: (task: string) => Arrived[]): string[] {
	return plan.tasks.flatMap((task, index) => {
		const { outcome, text } = told[index]!;
		const requests = requestsFor(task);
		const last = requests.at(-1);
		const wrong: string[] = [];

		// Never twice: whatever came before the last one was refused, in so many words.
		if (!requests.slice(0, -1).every(isRefused)) wrong.push('sent again though it was not refused');
		if (requests.filter(({ accepted }) => accepted).length > 1) wrong.push('accepted twice');

		// Never lost: an answer that was delivered whole is handed over.
		if (last?.accepted && last.fault === undefined && !last.aborted) {
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

/** A whole answer that says the portal did nothing. */
function isRefused({ fault, status }: Arrived): boolean {
	if (fault !== undefined || status === undefined) return false;
	return status === 503 || (status >= 300 && status < 500);
}

describe(`${WORKFLOWS} workflows under random faults (seed ${SEED})`, () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterAll(async () => {
		await portal.close();
	});

	it('never sends a rescan twice and never loses an answer', async () => {
		const arrived = new Map<string, Arrived[]>();
		portal.onRequest((request: Arrived) => {
			const { taskId } = request;
			arrived.set(taskId!, [...(arrived.get(taskId!) ?? []), request]);
			const random = seeded(SEED, `${taskId} ${arrived.get(taskId!)!.length}`);
			if (random.chance(0.01)) return random.pick(STALLS);
			if (!random.chance(0.3)) return undefined;
			request.step = random.pick(STEPS);
			return random.chance(0.2) ? { delayMs: random.below(20), then: request.step } : request.step;
		});
		portal.onConnection(({ id }) => {
			const random = seeded(SEED, `connection ${id}`);
			return random.chance(0.15) ? random.pick(CONNECTION_FAULTS) : undefined;
		});

		const wrong: string[] = [];
		const outcomes: Record<string, number> = {};
		let started = 0;
		let items = 0;
		const lane = async () => {
			while (started < WORKFLOWS) {
				const plan = draw(started++);
				items += plan.tasks.length;
				const result = await runRescan({
					credential: portal.credential,
					parameters: plan.parameters,
					settings: plan.settings,
					items: plan.tasks.map((task) => ({ task })),
				});
				const told = toldOf(plan, result);
				wrong.push(...check(plan, told, (task) => arrived.get(task) ?? []));
				for (const { outcome } of told) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
			}
		};
		await Promise.all(Array.from({ length: LANES }, lane));

		expect({ seed: SEED, wrong: wrong.slice(0, 20) }).toEqual({ seed: SEED, wrong: [] });
		// The run has to have been one: every outcome came about, and most items got through.
		expect(Object.keys(outcomes).sort()).toEqual(['accepted', 'notSent', 'rejected', 'unknown']);
		expect(outcomes.accepted!).toBeGreaterThan(items / 4);
		await until(() => portal.inFlight === 0);
	}, 120_000);
});
