import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { IDataObject } from 'n8n-workflow';
import { answerCache } from '../../nodes/KasperskyTip/batch/answerCache';
import { openConnection } from '../../nodes/shared/signIn/connection';
import { TipClient } from '../../tip/portal/client';
import { startPortal, type Portal } from '../portal';
import { runLookup, type LookupRun } from './lookupWorkflow';
import { runRescan } from './rescanWorkflow';
import { until } from './until';

/** Three indicators, each in several spellings. */
const SPELLINGS = [
	['bad.example.com', 'BAD.example.com', 'bad[.]example[.]com', ' "bad.example.com" '],
	['203.0.113.7', '203[.]0[.]113[.]7', '203.0.113[.]7', '::ffff:203.0.113.7'],
	[
		'44d88612fea8a8f36de82e1278abb02f',
		'44D88612FEA8A8F36DE82E1278ABB02F',
		'MD5: 44d88612fea8a8f36de82e1278abb02f',
		'<44d88612fea8a8f36de82e1278abb02f>',
	],
];
const VALUES = SPELLINGS.map(([value]) => value!);
const hundred = Array.from({ length: 100 }, (_, index) => SPELLINGS[index % 3]![index % 4]!);

const CONTINUE = { onError: 'continueRegularOutput' } as const;

/** A portal of its own for each test: an answer that is kept is one of this portal. */
let portal: Portal;
beforeEach(async () => {
	portal = await startPortal({
		requireClientCertificate: 'http',
		users: { 'a@example.org': 'first-password', 'b@example.org': 'second-password' },
	});
});
const { send } = TipClient.prototype;
afterEach(async () => {
	TipClient.prototype.send = send;
	await portal.close();
});

const run = (change: Omit<LookupRun, 'portal'> = {}) => runLookup({ portal, ...change });
const paths = () => portal.requests.map(({ path }) => path).sort();
const paired = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));

describe('Items of a batch that ask the same share one request', () => {
	it.each([
		['stops', {}, 0],
		['stops, one at a time', {}, 1],
		['continues', CONTINUE, 0],
		['continues, one at a time', CONTINUE, 1],
	])('each in its place, when the node %s', async (_name, settings, concurrency) => {
		const { items, error } = await run({
			indicators: hundred,
			settings,
			parameters: { options: { concurrency } },
		});
		expect(error).toBeUndefined();
		expect(paths()).toEqual([
			'/api/domain/bad.example.com',
			'/api/hash/44d88612fea8a8f36de82e1278abb02f',
			'/api/ip/203.0.113.7',
		]);
		expect(items.map(({ json }) => json.indicator)).toEqual(
			hundred.map((_, index) => VALUES[index % 3]),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(paired(100));
		expect(items.map(({ json }) => json.verdict)).toEqual(
			hundred.map((_, index) => ['malicious', 'suspicious', 'malicious'][index % 3]),
		);
		// It looks like any other: the same quota figures too.
		expect(items[3]!.json).toEqual(items[0]!.json);
	});

	it('with OpenTIP too', async () => {
		const { items } = await run({
			indicators: hundred.filter((_, index) => index % 3 === 0),
			parameters: { authentication: 'openTip' },
		});
		expect(paths()).toEqual(['/api/v1/search/domain']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(paired(34));
	});

	it('but not with other sections or another number of records', async () => {
		const { items } = await run({
			indicators: ['Zone 1', 'Zone 2', 'FileNames 1', 'Zone 1', 'FileNames 1'],
			parameters: {
				indicator: VALUES[2],
				output: 'raw',
				additionalFields: {
					sections: '={{ $json.indicator.split(" ")[0] }}',
					count: '={{ Number($json.indicator.split(" ")[1]) }}',
				},
			},
		});
		expect(portal.requests.map(({ query }) => `${query.sections} ${query.count}`).sort()).toEqual([
			'FileNames 1',
			'Zone 1',
			'Zone 2',
		]);
		expect(items.map(({ json }) => Object.keys(json))).toEqual([
			['Zone'],
			['Zone'],
			['FileNames'],
			['Zone'],
			['FileNames'],
		]);
	});

	it('and each gives out what it was told to', async () => {
		const outputs = ['simplified', 'stix', 'theHive', 'selected', 'simplified'];
		const { items } = await run({
			indicators: outputs,
			parameters: { indicator: 'bad.example.com', output: '={{ $json.indicator }}' },
		});
		expect(portal.requests).toHaveLength(1);
		expect(items.map(({ json }) => json.type ?? json.dataType ?? Object.keys(json).length)).toEqual(
			[12, 'bundle', 'domain', 5, 12],
		);
	});

	it('unless they would take something else for an answer', async () => {
		// Both ask for the same sections; only to the second one is the quota alone an answer.
		portal.onRequest(() => ({ status: 200, body: { LicenseInfo: { DayRequests: 1 } } }));
		const { items } = await run({
			indicators: ['simplified', 'raw', 'raw'],
			parameters: {
				indicator: '203.0.113.7',
				output: '={{ $json.indicator }}',
				additionalFields: {
					sections: '={{ $json.indicator === "raw" ? "Zone,LicenseInfo,IpGeneralInfo" : "" }}',
				},
			},
			settings: CONTINUE,
		});
		expect(portal.requests).toHaveLength(2);
		expect(items.map(({ json }) => json.code ?? Object.keys(json)[0])).toEqual([
			'portal.unreadable',
			'LicenseInfo',
			'LicenseInfo',
		]);
	});

	it('when they list related objects', async () => {
		const { items } = await run({
			indicators: ['FileNames 2', 'FileNames 1', 'FileNames 2', 'FilePaths 2'],
			parameters: {
				operation: 'getRelated',
				indicator: VALUES[2],
				section: '={{ $json.indicator.split(" ")[0] }}',
				limit: '={{ Number($json.indicator.split(" ")[1]) }}',
			},
		});
		expect(portal.requests.map(({ query }) => `${query.sections} ${query.count}`).sort()).toEqual([
			'Zone,FileNames 1',
			'Zone,FileNames 2',
			'Zone,FilePaths 2',
		]);
		expect(items.map(({ pairedItem }) => (pairedItem as { item: number }).item)).toEqual([
			0, 0, 1, 2, 2,
		]);
	});

	it('and no object of an item is in another one', async () => {
		const { items } = await run({
			indicators: Array<string>(3).fill(VALUES[2]!),
			parameters: { output: 'raw' },
		});
		const [first, second, third] = items.map(({ json }) => json);
		expect(second).toEqual(first);
		expect(third).toEqual(first);
		const seen = new Set<unknown>();
		const gather = (value: unknown): void => {
			if (value === null || typeof value !== 'object') return;
			expect(seen.has(value)).toBe(false);
			seen.add(value);
			Object.values(value).forEach(gather);
		};
		items.forEach(({ json }) => gather(json));
		expect(seen.size).toBeGreaterThan(12);
	});

	it('and a bad item among them has its own reason', async () => {
		const { items } = await run({
			indicators: ['bad.example.com', 'no indicator', 'bad[.]example[.]com'],
			settings: CONTINUE,
		});
		expect(portal.requests).toHaveLength(1);
		expect(items.map(({ json }) => json.code ?? json.verdict)).toEqual([
			'malicious',
			'input.indicator',
			'malicious',
		]);
	});

	it('and let go of the answer when the last one has it', async () => {
		setFlagsFromString('--expose-gc');
		const collectGarbage = runInNewContext('gc') as () => void;
		const answers: Array<WeakRef<object>> = [];
		// A mock of Jest would hold what it has seen.
		TipClient.prototype.send = async function (...args) {
			const answer = await send.apply(this, args);
			answers.push(new WeakRef(answer));
			return answer;
		};
		let open = () => {};
		const gate = new Promise<void>((resolve) => (open = resolve));
		portal.script(/ip/, { until: gate });
		const running = run({
			indicators: ['203.0.113.7', 'bad.example.com', 'bad[.]example[.]com'],
			settings: CONTINUE,
		});
		// One answer is still awaited, so the batch and the items that it has so far are there.
		await until(() => answers.length === 1);
		await until(() => {
			collectGarbage();
			return answers[0]!.deref() === undefined;
		});
		open();
		expect((await running).items.map(({ json }) => json.verdict)).toEqual([
			'suspicious',
			'malicious',
			'malicious',
		]);
	});
});

describe('A shared request that fails', () => {
	const indicators = ['bad.example.com', '203.0.113.7', 'BAD.example.com', 'bad[.]example[.]com'];
	const refuse = () =>
		portal.script(/domain/, { status: 400, body: { error: 'invalid-params' }, repeat: true });

	it('gives each item its own reason as an item', async () => {
		refuse();
		const { items } = await run({ indicators, settings: CONTINUE });
		expect(paths()).toEqual(['/api/domain/bad.example.com', '/api/ip/203.0.113.7']);
		expect(items.map(({ json }) => [json.indicator, json.statusCode, json.attempts])).toEqual([
			['bad.example.com', 400, 1],
			['203.0.113.7', undefined, undefined],
			['bad.example.com', 400, 1],
			['bad.example.com', 400, 1],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(paired(4));
	});

	it('gives each item its own reason at the error output', async () => {
		refuse();
		const { items, errorItems } = await run({
			indicators,
			settings: { onError: 'continueErrorOutput' },
		});
		expect(portal.requests).toHaveLength(2);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
		expect(errorItems.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 2, 3].map((item) => ({ item })),
		);
		expect(errorItems.map(({ json }) => json.statusCode)).toEqual([400, 400, 400]);
	});

	it('stops the node at the first of them, and tells of all', async () => {
		refuse();
		const { error } = await run({ indicators, parameters: { options: { concurrency: 1 } } });
		expect(portal.requests).toHaveLength(1);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(error?.context).toMatchObject({
			itemIndex: 0,
			counts: { accepted: 0, unknown: 0, rejected: 3, notSent: 1 },
			rejected: [0, 2, 3],
			notSent: [1],
		});
	});

	it('is repeated once for all of them', async () => {
		portal.script(/domain/, { reset: 'midBody', repeat: true });
		const { items } = await run({
			indicators,
			settings: CONTINUE,
			parameters: { options: { maxRetries: 1 } },
		});
		expect(paths()).toEqual([
			'/api/domain/bad.example.com',
			'/api/domain/bad.example.com',
			'/api/ip/203.0.113.7',
		]);
		expect(items.map(({ json }) => json.attempts)).toEqual([2, undefined, 2, 2]);
	});

	it("is sent once more for all of them by n8n's Retry On Fail", async () => {
		portal.script(/domain/, { status: 400 });
		const { items, error } = await run({
			indicators,
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			parameters: { options: { concurrency: 1 } },
		});
		expect(error).toBeUndefined();
		expect(paths()).toEqual([
			'/api/domain/bad.example.com',
			'/api/domain/bad.example.com',
			'/api/ip/203.0.113.7',
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(paired(4));
	});

	it.each([
		['stops', {}],
		['continues', CONTINUE],
	])(
		'because the run was canceled is canceled for all, when the node %s',
		async (_name, settings) => {
			let cancel = () => {};
			portal.onRequest(() => ({ never: true }));
			const running = run({
				indicators,
				settings,
				parameters: { options: { concurrency: 1 } },
				onStart: (stop) => (cancel = stop),
			});
			await until(() => portal.received === 1);
			cancel();
			const { run: finished, items, error } = await running;
			expect(finished.status).toBe('canceled');
			const codes = items.map(({ json }) => json.code);
			if (settings === CONTINUE) expect(codes).toEqual(Array(4).fill('cancelled'));
			else expect(error?.message).toBe('The run was canceled');
			expect(portal.received).toBe(1);
			await until(() => portal.openSockets === 0);
		},
	);
});

describe('What is done, or says what is left, is never shared', () => {
	it('two rescans of one task', async () => {
		const { items } = await runRescan({
			credential: portal.credential,
			items: [{ task: 'a' }, { task: 'a' }],
			parameters: { options: { cache: 60 } },
		});
		expect(portal.rescans()).toHaveLength(2);
		expect(new Set(items.map(({ json }) => json.task_id)).size).toBe(2);
	});

	it('the quota', async () => {
		const quota = {
			indicators: [1, 2],
			parameters: { resource: 'account', operation: 'getQuota', options: { cache: 60 } },
		};
		const first = await run(quota);
		const second = await run(quota);
		expect(portal.requests).toHaveLength(4);
		expect(
			[...first.items, ...second.items].map(({ json }) => json.requestsUsed as number).sort(),
		).toEqual([1, 2, 3, 4]);
	});
});

describe('Cache (Minutes)', () => {
	const { clock } = answerCache;
	let minutes = 0;
	beforeEach(() => {
		answerCache.clock = { now: () => minutes * 60_000, after: () => () => undefined };
	});
	afterEach(() => {
		answerCache.clock = clock;
	});

	const cached = (cache: unknown, change: Omit<LookupRun, 'portal'> = {}) =>
		run({
			...change,
			parameters: { ...change.parameters, options: { cache: cache as number } },
		});

	it('is off unless it is added', async () => {
		await run();
		await cached(10);
		await run();
		expect(portal.requests).toHaveLength(3);
	});

	it('keeps an answer for later executions, without the quota of its moment', async () => {
		const first = await cached(10, { indicators: hundred });
		const second = await cached(10, { indicators: hundred });
		expect(portal.requests).toHaveLength(3);
		const withoutFigures = first.items.map(({ json, ...rest }) => ({
			json: {
				...json,
				details: { ...(json.details as IDataObject), quotaUsed: null, quotaLeft: null },
			},
			...rest,
		}));
		expect((first.items[0]!.json.details as IDataObject).quotaLeft).toEqual(expect.any(Number));
		expect(second.items).toEqual(withoutFigures);
	});

	it('leaves the quota out of raw output too', async () => {
		const raw = { parameters: { output: 'raw' } };
		const first = await cached(10, raw);
		const second = await cached(10, raw);
		const { LicenseInfo, ...rest } = first.items[0]!.json;
		expect(LicenseInfo).toBeDefined();
		expect(second.items[0]!.json).toEqual(rest);
		expect(portal.requests).toHaveLength(1);
	});

	it('asks anew when the answer is too old for who asks, or for who had it kept', async () => {
		await cached(10);
		minutes += 5;
		await cached(5);
		expect(portal.requests).toHaveLength(2);
		minutes += 4.9;
		await cached(5);
		await cached(60);
		expect(portal.requests).toHaveLength(2);
		minutes += 0.1;
		await cached(60);
		expect(portal.requests).toHaveLength(3);
	});

	it('keeps "nothing known"', async () => {
		const unknown = { indicators: ['nobody.example.com'] };
		await cached(10, unknown);
		const { items } = await cached(10, unknown);
		expect(portal.requests).toHaveLength(1);
		expect(items[0]!.json).toMatchObject({ known: false, verdict: 'unknown' });
	});

	it.each([
		['a refusal', { status: 400, body: { error: 'invalid-params' } }],
		['a page', { status: 200, rawBody: '<html>Sign in</html>' }],
		['an answer that is cut off', { close: 'midBody' as const, repeat: false }],
	])('does not keep %s', async (_name, step) => {
		portal.script(/domain/, step);
		await run({ parameters: { options: { cache: 10, maxRetries: 0 } }, settings: CONTINUE });
		const { items } = await cached(10);
		expect(items[0]!.json.verdict).toBe('malicious');
		expect(portal.requests).toHaveLength(2);
	});

	it('does not keep an answer that was nothing but the quota', async () => {
		portal.script(/domain/, { status: 200, body: { LicenseInfo: { DayRequests: 9 } } });
		const raw = { parameters: { output: 'raw', additionalFields: { sections: ['LicenseInfo'] } } };
		const first = await cached(10, raw);
		const second = await cached(10, raw);
		expect(portal.requests).toHaveLength(2);
		expect(first.items[0]!.json.LicenseInfo).toBeDefined();
		expect(second.items[0]!.json.LicenseInfo).toBeDefined();
	});

	it('gives no answer to another login, nor to another portal', async () => {
		await cached(10, { certificate: { username: 'a@example.org', password: 'first-password' } });
		await cached(10, { certificate: { username: 'b@example.org', password: 'second-password' } });
		await cached(10, { parameters: { authentication: 'token' } });
		expect(portal.requests).toHaveLength(3);

		const keys = await Promise.all(
			['', '/gateway'].map(async (path) => {
				const { client } = await openConnection(
					{ ...portal.credential, baseUrl: portal.baseUrl + path },
					{},
				);
				const { key } = client;
				client.close();
				return key;
			}),
		);
		expect(new Set(keys).size).toBe(2);
	});

	it('ends no batch for the quota of an earlier moment', async () => {
		portal.lookups.dayQuota = 10;
		const floor = { parameters: { additionalFields: { stopBelowQuota: 10 } } };
		const first = await cached(10, { ...floor, settings: CONTINUE });
		expect(first.items[0]!.json.verdict).toBe('malicious');
		portal.lookups.dayRequests = 0;
		portal.lookups.dayQuota = 1000;
		const { error, items } = await cached(10, {
			...floor,
			indicators: ['bad.example.com', '203.0.113.7'],
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(2);
		expect(portal.requests).toHaveLength(2);
	});

	it.each([[-1], [1441], ['soon'], [1.5]])('is not %j minutes', async (cache) => {
		const { error } = await cached(cache);
		expect(error?.message).toMatch(/^'Cache \(Minutes\)'/);
		expect(portal.requests).toHaveLength(0);
	});
});
