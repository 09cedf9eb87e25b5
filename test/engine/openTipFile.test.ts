import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { assumed, startPortal, type Portal, type Step } from '../portal';
import { runFile, sha256, type FileRun } from './fileWorkflow';
import { holdTimers } from './heldTimers';
import { runLookup } from './lookupWorkflow';

const CONTENT = 'a file nobody knows';
const HASH = sha256(CONTENT);
const MiB = 1024 * 1024;

let portal: Portal;
beforeAll(async () => {
	portal = await startPortal({ requireClientCertificate: false });
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

const analyze = (run: Omit<FileRun, 'portal'> = {}) => runFile({ portal, ...run });
/** What was asked for, in short. */
const asked = () =>
	portal.requests.map(({ method, path }) => `${method} ${path.replace('/api/v1/', '')}`);
const SEARCH = 'GET search/hash';
const UPLOAD = 'POST scan/file';
const POLL = 'POST getresult/file';

describe('Analyze', () => {
	it('answers what is known by the hash, and hands nothing in', async () => {
		portal.openTip.known.set(`hash ${HASH}`, {
			Zone: 'Red',
			FileGeneralInfo: { FileStatus: 'Malware' },
			DetectionsInfo: [{ DetectionName: 'Trojan.Example', Zone: 'Red' }],
		});
		const { items, error } = await analyze();
		expect(error).toBeUndefined();
		expect(asked()).toEqual([SEARCH]);
		expect(portal.requests[0]!.query).toEqual({ request: HASH });
		expect(items[0]!.json).toMatchObject({
			indicator: HASH,
			kind: 'hash',
			sha256: HASH,
			known: true,
			verdict: 'malicious',
			finished: true,
			uploaded: false,
			link: `${portal.baseUrl}/${HASH}`,
			details: { detections: ['Trojan.Example'] },
		});
	});

	it('else hands the file in, and asks until its result is there', async () => {
		portal.openTip.pollsInProgress = 3;
		const { items, error } = await analyze();
		expect(error).toBeUndefined();
		expect(asked()).toEqual([SEARCH, UPLOAD, POLL, POLL, POLL, POLL]);
		const upload = portal.uploads()[0]!;
		expect(upload).toMatchObject({
			query: { filename: HASH },
			bodyBytes: CONTENT.length,
			bodySha256: HASH,
		});
		expect(upload.headers).toMatchObject({
			'content-type': 'application/octet-stream',
			'content-length': String(CONTENT.length),
			'x-api-key': assumed.openTip.token,
		});
		expect(upload.headers['transfer-encoding']).toBeUndefined();
		const poll = portal.requests.at(-1)!;
		expect(poll).toMatchObject({ query: { request: HASH }, bodyBytes: 0 });
		expect(poll.headers['content-length']).toBe('0');
		expect(items[0]!.json).toMatchObject({
			status: 'complete',
			finished: true,
			uploaded: true,
			verdict: 'clean',
			sha256: HASH,
		});
	});

	it.each(['DynamicAnalisysResults', 'DynamicAnalysisResults'])(
		'gives verdict, detections and counts, with %s',
		async (block) => {
			portal.openTip.verdicts.set(HASH, {
				Zone: 'Red',
				FileGeneralInfo: { FileStatus: 'Malware', Size: 19, Type: 'text' },
				DetectionsInfo: [{ DetectionName: 'Trojan.Example' }],
				[block]: {
					Detections: [{ Zone: 'Red', Count: 2 }],
					NetworkActivities: [{ Zone: 'Grey', Count: 7 }, 'rubbish', { Zone: 'Red' }],
					TriggeredNetworkRules: [{ Zone: 'Red', RuleName: 'Example.Rule' }],
				},
				DynamicDetections: [
					{ Zone: 'Red', Threat: 'Trojan.Dynamic' },
					{ Zone: 'Yellow', Threat: 3 },
				],
			});
			const { items } = await analyze();
			expect(items[0]!.json).toMatchObject({
				verdict: 'malicious',
				details: { detections: ['Trojan.Example'], fileStatus: 'Malware', fileSize: 19 },
				dynamic: {
					detections: [{ zone: 'Red', count: 2 }],
					suspiciousActivities: [],
					networkActivities: [{ zone: 'Grey', count: 7 }],
					networkRules: [{ zone: 'Red', name: 'Example.Rule' }],
					threats: [
						{ zone: 'Red', threat: 'Trojan.Dynamic' },
						{ zone: 'Yellow', threat: 3 },
					],
				},
			});
		},
	);

	it('gives the state at once when it is not to wait', async () => {
		const { items } = await analyze({ parameters: { wait: 0 } });
		expect(asked()).toEqual([SEARCH, UPLOAD]);
		expect(items[0]!.json).toMatchObject({
			finished: false,
			uploaded: true,
			verdict: 'unknown',
			sha256: HASH,
		});
	});

	it('says how far the analysis is when the time is over, and never that a file is clean', async () => {
		portal.script(/getresult/, {
			body: { Status: 'In_Progress', Zone: 'Green', FileGeneralInfo: {} },
			repeat: true,
		});
		const { items } = await analyze({ parameters: { wait: 75 } });
		expect(asked()).toEqual([SEARCH, UPLOAD, POLL, POLL, POLL]);
		expect(items[0]!.json).toMatchObject({
			status: 'in progress',
			finished: false,
			zone: 'Green',
			verdict: 'unknown',
		});
	});

	it.each([
		['not started', { body: { Status: 'not started', Zone: 'Grey' }, repeat: true }],
		['404', { status: 404, body: {}, repeat: true }],
	])('believes "%s" the third time, and looks the hash up once more', async (_name, step) => {
		portal.script(/getresult/, step);
		const { items } = await analyze();
		expect(asked()).toEqual([SEARCH, UPLOAD, POLL, POLL, POLL, SEARCH]);
		expect(items[0]!.json).toMatchObject({ finished: false, uploaded: true, verdict: 'unknown' });
	});

	it('hands on the answer as it is when asked for raw', async () => {
		const { items } = await analyze({ parameters: { output: 'raw' } });
		expect(items[0]!.json).toEqual({ Status: 'complete', ...assumed.openTip.cleanFile });
	});

	it('says how long it has waited in the log', async () => {
		const lines: string[] = [];
		await analyze({ log: (line) => lines.push(line) });
		expect(lines.filter((line) => line.includes('waiting for the result'))).toEqual([
			expect.stringContaining(`file ${HASH}, 0 s so far`),
			expect.stringContaining('20 s so far (in progress)'),
		]);
	});
});

describe('A file that is not handed in', () => {
	it.each<[string, Omit<FileRun, 'portal'>, string, RegExp]>([
		[
			'in another field',
			{ parameters: { inputDataFieldName: 'nope' } },
			'input.inputDataFieldName',
			/no file.*'Input Data Field Name' \('nope'\)/,
		],
		['an empty one', { files: [''] }, 'input.inputDataFieldName', /is empty/],
		['for a wait that is none', { parameters: { wait: -1 } }, 'input.wait', /'Wait \(Seconds\)'/],
		[
			'with no field',
			{ parameters: { inputDataFieldName: '={{ "" }}' } },
			'input.inputDataFieldName',
			/empty/,
		],
	])('is %s', async (_name, run, code, text) => {
		const { error } = await analyze(run);
		expect(error).toMatchObject({
			message: expect.stringMatching(text),
			context: { code, outcome: 'notSent' },
		});
		expect(portal.requests).toHaveLength(0);
	});

	it('is one of more than 256 MB', async () => {
		const zeros = Buffer.alloc(MiB);
		let read = 0;
		const { error } = await analyze({
			files: [{ id: 'filesystem-v2:x', data: 'filesystem-v2', mimeType: 'a/b' }],
			change: ({ helpers }) => {
				helpers.getBinaryStream = async () =>
					Readable.from(
						(function* () {
							for (let count = 0; count < 1000; count++, read++) yield zeros;
						})(),
					);
			},
		});
		expect(error).toMatchObject({
			message: expect.stringMatching(/larger than the 256 MB/),
			context: { code: 'input.inputDataFieldName', outcome: 'notSent' },
		});
		expect(read).toBeLessThan(300);
		expect(portal.requests).toHaveLength(0);
	});

	const asTool = (context: IExecuteFunctions) => {
		context.isToolExecution = () => true;
	};

	it('is one of an AI agent, unless the user lets it', async () => {
		const { error } = await analyze({ change: asTool });
		expect(error).toMatchObject({
			message: expect.stringMatching(/AI agent/),
			description: expect.stringMatching(/'Let AI Agents Hand In Files'/),
			context: { code: 'input.allowAgents', outcome: 'notSent' },
		});
		expect(portal.requests).toHaveLength(0);
		const allowed = await analyze({ change: asTool, parameters: { allowAgents: true } });
		expect(allowed.error).toBeUndefined();
		expect(portal.uploads()).toHaveLength(1);
	});

	it.each<[string, Step, string]>([
		['is broken', { reset: 'beforeAnswer' }, 'network.brokenOff'],
		['can not be read', { rawBody: '<html>' }, 'portal.unreadable'],
		['is a page with 404', { status: 404, rawBody: '<html>' }, 'portal.notFound'],
		['is 401', { status: 401, body: {} }, 'portal.unauthorized'],
		['is 502', { status: 502, body: {} }, 'portal.serverFault'],
	])('is one of which the answer to the first question %s', async (_name, step, code) => {
		portal.script(/search/, { ...step, repeat: true });
		const { error } = await analyze({ parameters: { options: { maxRetries: 0 } } });
		expect(error!.context).toMatchObject({ code, sha256: HASH });
		expect(['notSent', 'rejected']).toContain(error!.context.outcome);
		expect(asked()).toEqual([SEARCH]);
	});
});

/** Every way in which handing in can go wrong, and what comes of it. */
describe('Handing a file in, never twice', () => {
	const DONE: Array<[string, Step]> = [
		['a reset before the answer', { reset: 'beforeAnswer' }],
		['a reset after the headers', { reset: 'afterHeaders' }],
		['a reset within the body', { reset: 'midBody' }],
		['a close before the answer', { close: 'beforeAnswer' }],
		['a close after the headers', { close: 'afterHeaders' }],
		['a close within the body', { close: 'midBody' }],
		['an answer that is not HTTP', { malformed: true }],
		['200 with a page', { rawBody: '<html>' }],
		['200 with broken JSON', { rawBody: '{"Zone": "Gr' }],
		['200 with nothing in it', { rawBody: '' }],
		['200 with something else', { body: { ok: true } }],
	];

	describe.each([0, 2])('with %i repeats', (maxRetries) => {
		const parameters = { options: { maxRetries } };

		it.each(DONE)('%s: it has arrived, and is found by its hash', async (_name, step) => {
			portal.script(/scan/, step);
			const { items, error } = await analyze({ parameters });
			expect(error).toBeUndefined();
			expect(portal.uploads()).toHaveLength(1);
			expect(items[0]!.json).toMatchObject({ status: 'complete', uploaded: true, finished: true });
		});

		const UNKNOWN: Array<[string, Step, string]> = [
			['500', { status: 500 }, 'portal.serverFault'],
			['502', { status: 502 }, 'portal.serverFault'],
			['504', { status: 504 }, 'portal.serverFault'],
			['503 of a gateway', { status: 503, rawBody: '<html>' }, 'portal.serverFault'],
			[
				'503 of a gateway with Retry-After',
				{ status: 503, rawBody: '', retryAfter: '0' },
				'portal.serverFault',
			],
			['408', { status: 408 }, 'portal.requestTimeout'],
			['303', { status: 303, redirect: 'https://localhost:9/' }, 'portal.redirect'],
			['a reset while it is read', { early: true, reset: 'beforeAnswer' }, 'network.brokenOff'],
		];

		it.each(UNKNOWN)('%s, and nobody knows it: unknown', async (_name, step, code) => {
			portal.script(/scan/, step);
			const { error } = await analyze({ parameters });
			expect(error!.context).toMatchObject({ code, outcome: 'unknown', sha256: HASH });
			expect(portal.uploads()).toHaveLength(1);
			expect(asked()).toEqual([SEARCH, UPLOAD, POLL, POLL, POLL, SEARCH]);
		});

		it.each(UNKNOWN)('%s, but it has arrived: found by its hash', async (_name, step) => {
			portal.script(/scan/, step);
			portal.onRequest(({ path }) => {
				if (path.includes('getresult')) portal.openTip.submit(HASH);
				return undefined;
			});
			const { items, error } = await analyze({ parameters });
			expect(error).toBeUndefined();
			expect(portal.uploads()).toHaveLength(1);
			expect(items[0]!.json).toMatchObject({ status: 'complete', uploaded: true });
		});

		it.each<[string, Step, string]>([
			['400', { status: 400 }, 'portal.badRequest'],
			['401', { status: 401 }, 'portal.unauthorized'],
			['403', { status: 403 }, 'portal.quotaUsedUp'],
			['413', { status: 413 }, 'portal.tooLarge'],
			['a redirect', { redirect: 'https://localhost:9/' }, 'portal.redirect'],
			['413 before it is read', { early: true, status: 413 }, 'portal.tooLarge'],
		])('%s: refused, and not sent again', async (_name, step, code) => {
			portal.script(/scan/, step);
			const { error } = await analyze({ parameters });
			expect(error!.context).toMatchObject({ code, outcome: 'rejected' });
			expect(portal.uploads()).toHaveLength(1);
			expect(asked()).toEqual([SEARCH, UPLOAD]);
		});

		it.each<[string, Step]>([
			['429', { retryAfter: '0' }],
			['503 in the form of a refusal', { status: 503, retryAfter: '0' }],
		])('%s: sent again, from its first byte, while repeats are left', async (_name, step) => {
			portal.script(/scan/, step);
			const { items, error } = await analyze({ parameters });
			expect(portal.uploads()).toHaveLength(maxRetries === 0 ? 1 : 2);
			if (maxRetries === 0) {
				expect(error!.context.outcome).toBe('rejected');
			} else {
				expect(portal.uploads()[1]).toMatchObject({ bodySha256: HASH, accepted: true });
				expect(items[0]!.json).toMatchObject({ status: 'complete' });
			}
		});
	});

	it('no answer in time: found by its hash', async () => {
		const timeout = 3_111;
		// A second on top for sending it.
		const held = holdTimers((timeout + 1) * 1000);
		portal.script(/scan/, { never: true });
		const look = setInterval(() => portal.uploads().length > 0 && held.fire(), 20);
		try {
			const { items, error } = await analyze({ parameters: { options: { timeout } } });
			expect(error).toBeUndefined();
			expect(items[0]!.json).toMatchObject({ status: 'complete', uploaded: true });
			expect(portal.uploads()).toHaveLength(1);
		} finally {
			clearInterval(look);
			held.release();
		}
	});

	it('no answer, and no time to wait: one look by its hash decides', async () => {
		portal.script(/scan/, { reset: 'beforeAnswer' });
		const { error } = await analyze({ parameters: { wait: 0 } });
		expect(asked()).toEqual([SEARCH, UPLOAD, SEARCH]);
		expect(error!.context).toMatchObject({ outcome: 'unknown', sha256: HASH });
	});

	it.each<[string, Step, string]>([
		['unknown', { status: 502 }, 'unknown'],
		['refused', { status: 400 }, 'rejected'],
	])("n8n's Retry On Fail, after %s", async (_name, step, outcome) => {
		portal.script(/scan/, { ...step, repeat: true });
		const { error } = await analyze({
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(error!.context.outcome).toBe(outcome);
		expect(portal.uploads()).toHaveLength(outcome === 'unknown' ? 1 : 3);
	});

	it("n8n's Retry On Fail, for one file of three: the others are not handed in again", async () => {
		const files = ['one', 'two', 'three'];
		portal.script(({ query }) => query.filename === sha256('two'), { status: 400 });
		const { items, error } = await analyze({
			files,
			parameters: { options: { concurrency: 1 } },
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.sha256)).toEqual(files.map(sha256));
		const names = portal.uploads().map(({ query }) => query.filename);
		expect(names.filter((name) => name === sha256('one'))).toHaveLength(1);
		expect(names.filter((name) => name === sha256('three'))).toHaveLength(1);
	});
});

describe('Asking for the result', () => {
	it.each<[string, Step]>([
		['a reset', { reset: 'beforeAnswer' }],
		['502', { status: 502 }],
		['429', { retryAfter: '0' }],
		['a page', { rawBody: '<html>' }],
		['something else', { body: { ok: true } }],
	])('goes on after %s', async (_name, step) => {
		portal.script(/getresult/, step, step, step, step);
		const { items, error } = await analyze({ parameters: { options: { maxRetries: 0 } } });
		expect(error).toBeUndefined();
		expect(items[0]!.json).toMatchObject({ status: 'complete', finished: true });
		expect(portal.uploads()).toHaveLength(1);
	});

	it.each<[number, string]>([
		[401, 'did not accept the API token'],
		[403, 'is used up'],
	])('ends with %i, and says what was handed in', async (status, cause) => {
		portal.script(/getresult/, { status, body: {}, repeat: true });
		const { error } = await analyze({
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(error).toMatchObject({
			message: expect.stringMatching(new RegExp(`was handed in.*${cause}`)),
			description: expect.stringContaining(HASH),
			context: { code: 'analysis.interrupted', outcome: 'accepted', sha256: HASH },
		});
		expect(portal.uploads()).toHaveLength(1);
	});

	describe('the same file in several items of a batch', () => {
		const files = [CONTENT, CONTENT, CONTENT];

		it.each([1, 3])('is handed in once, at Concurrency %d', async (concurrency) => {
			const { items, error } = await analyze({ files, parameters: { options: { concurrency } } });
			expect(error).toBeUndefined();
			expect(portal.uploads()).toHaveLength(1);
			expect(items.map(({ json }) => json.finished)).toEqual([true, true, true]);
		});

		it.each([1, 3])(
			'nor again when it may have arrived, at Concurrency %d',
			async (concurrency) => {
				portal.script(/scan/, { status: 502, repeat: true });
				const { items } = await analyze({
					files,
					parameters: { options: { concurrency, maxRetries: 0 } },
					settings: { onError: 'continueRegularOutput' },
				});
				expect(portal.uploads()).toHaveLength(1);
				expect(items.map(({ json }) => json.outcome)).toEqual(['unknown', 'unknown', 'unknown']);
			},
		);

		it('is handed in by the next one when it was refused', async () => {
			portal.script(/scan/, { status: 400 });
			const { items } = await analyze({
				files,
				parameters: { options: { concurrency: 1 } },
				settings: { onError: 'continueRegularOutput' },
			});
			expect(items.map(({ json }) => json.outcome ?? json.finished)).toEqual([
				'rejected',
				true,
				true,
			]);
		});
	});

	it('403 stops the batch: what has not been handed in is not sent', async () => {
		const files = ['one', 'two', 'three', 'four'];
		portal.script(/getresult/, { status: 403, body: {} });
		const { items } = await analyze({
			files,
			parameters: { options: { concurrency: 1 } },
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items.map(({ json }) => json.code)).toEqual([
			'analysis.interrupted',
			'quota.usedUp',
			'quota.usedUp',
			'quota.usedUp',
		]);
		expect(portal.uploads()).toHaveLength(1);
	});

	it('ends at once when the run is canceled, and says in the log what was handed in', async () => {
		const lines: string[] = [];
		let cancel = () => {};
		const { run } = await analyze({
			onStart: (stop) => (cancel = stop),
			isTime: (waiting) => {
				// Within the first wait, which nothing but the cancellation ends.
				if (waiting > 0 && portal.uploads().length > 0) cancel();
				return false;
			},
			log: (line) => lines.push(line),
		});
		expect(run.status).toBe('canceled');
		expect(asked()).toEqual([SEARCH, UPLOAD]);
		expect(lines.join('\n')).toContain(`file ${HASH} accepted, The file was handed in`);
	});
});

it.each([/search/, /scan/, /getresult/])(
	'the token never shows, whoever quotes it: %s',
	async (question) => {
		const { token } = assumed.openTip;
		for (const status of [200, 400, 401, 403, 500]) {
			portal.script(question, { status, rawBody: `token ${token} is not welcome`, repeat: true });
			const lines: string[] = [];
			const { run, error } = await analyze({
				// The first three waits and no more: all are in the test's hand.
				parameters: { wait: 75, options: { maxRetries: 0 } },
				log: (line) => lines.push(line),
			});
			// Of a file of which nothing more is known, what there is.
			if (status !== 200 && question.source !== 'getresult') expect(error).toBeDefined();
			expect(JSON.stringify([run.data.resultData, error?.message, lines])).not.toContain(token);
			portal.reset();
		}
	},
);

describe('Get Result', () => {
	const get = (indicator: unknown, parameters: IDataObject = {}) =>
		runFile({
			portal,
			files: ['x'],
			parameters: { operation: 'getResult', indicator, ...parameters } as IDataObject,
		});

	it('asks for a hash, once, and tells how far the analysis is', async () => {
		portal.openTip.submit(HASH);
		const first = await get(HASH.toUpperCase());
		expect(first.items[0]!.json).toMatchObject({
			indicator: HASH,
			status: 'in progress',
			finished: false,
			verdict: 'unknown',
		});
		const second = await get(`SHA256: ${HASH}`);
		expect(second.items[0]!.json).toMatchObject({
			status: 'complete',
			finished: true,
			verdict: 'clean',
		});
		expect(asked()).toEqual([POLL, POLL]);
		expect(portal.requests[0]).toMatchObject({ query: { request: HASH }, bodyBytes: 0 });
	});

	it.each<[string, Step, IDataObject]>([
		['404', {}, { known: false, status: null, finished: false, verdict: 'unknown' }],
		[
			'"not started"',
			{ body: { Status: 'not started' } },
			{ known: true, status: 'not started', finished: false, verdict: 'unknown' },
		],
	])('of a hash nobody has handed in: %s', async (_name, step, json) => {
		portal.script(/getresult/, step);
		const { items } = await get(HASH);
		expect(items[0]!.json).toMatchObject(json);
	});

	it.each<[string, Step]>([
		['a page with 404', { status: 404, rawBody: '<html>' }],
		['a page with 200', { rawBody: '<html>' }],
		['something else', { body: { ok: true } }],
	])('has no answer in %s', async (_name, step) => {
		portal.script(/getresult/, step);
		expect((await get(HASH)).error!.context.code).toMatch(/^portal\./);
	});

	it('repeats a broken exchange: it only reads', async () => {
		portal.openTip.submit(HASH);
		portal.script(/getresult/, { reset: 'beforeAnswer' });
		expect((await get(HASH)).error).toBeUndefined();
		expect(portal.requests).toHaveLength(2);
	});

	it('refuses what is no hash before anything is sent', async () => {
		const { error } = await get('example.com');
		expect(error!.message).toMatch(/'Hash'/);
		expect(portal.requests).toHaveLength(0);
	});

	it('has the form of a lookup', async () => {
		portal.openTip.known.set(`hash ${HASH}`, { Zone: 'Red', FileGeneralInfo: {} });
		const lookup = await runLookup({
			portal,
			parameters: { authentication: 'openTip' },
			indicators: [HASH],
		});
		const { items } = await get(HASH);
		expect(Object.keys(items[0]!.json)).toEqual([
			...Object.keys(lookup.items[0]!.json),
			'status',
			'finished',
			'dynamic',
		]);
	});
});

it('many files at random faults: none is taken twice after an answer was lost', async () => {
	const faults: Step[] = [
		{ reset: 'beforeAnswer' },
		{ close: 'midBody' },
		{ status: 502 },
		{ early: true, reset: 'beforeAnswer' },
		{ retryAfter: '0' },
		{ malformed: true },
		{ status: 400 },
		{ rawBody: '<html>' },
	];
	const files = Array.from({ length: 60 }, () => randomBytes(200));
	portal.onRequest(({ path, number }) =>
		path.includes('scan') || path.includes('getresult')
			? [...faults, undefined, undefined, undefined][number % (faults.length + 3)]
			: undefined,
	);
	const { items } = await analyze({
		files,
		parameters: { options: { concurrency: 8, maxRetries: 2 } },
		settings: {
			onError: 'continueRegularOutput',
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		},
	});
	expect(items).toHaveLength(60);
	const arrived = new Map<string, number>();
	for (const { bodySha256, status } of portal.uploads()) {
		// What was refused in so many words did not arrive.
		if (bodySha256 === undefined || status === 429 || status === 400) continue;
		arrived.set(bodySha256, (arrived.get(bodySha256) ?? 0) + 1);
	}
	expect(Math.max(...arrived.values())).toBe(1);
});
