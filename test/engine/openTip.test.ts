import { CredentialTestContext } from 'n8n-core';
import type { ICredentialTestFunctions, IDataObject } from 'n8n-workflow';
import { KasperskyOpenTipApi } from '../../credentials/KasperskyOpenTipApi.credentials';
import { testKasperskyOpenTip } from '../../nodes/shared/signIn/credentialTest';
import { forgetPaces } from '../../tip/portal/pace/paces';
import { assumed, startPortal, type Portal, type Step } from '../portal';
import { AnswersRead } from './answersRead';
import { additionalDataFor } from './engine';
import { waitForRefusals } from './heldTimers';
import { runLookup, type LookupRun } from './lookupWorkflow';
import { fromSources, tipNode } from './rescanWorkflow';

const EICAR = '44d88612fea8a8f36de82e1278abb02f';
const { token } = assumed.openTip;

let portal: Portal;
beforeAll(async () => {
	// OpenTIP asks for no client certificate.
	portal = await startPortal({ requireClientCertificate: false });
});
afterEach(() => {
	portal.reset();
	// What one test was refused slows down no other.
	forgetPaces();
});
afterAll(() => portal.close());

const lookUp = (run: Omit<LookupRun, 'portal'> = {}) =>
	runLookup({ portal, ...run, parameters: { authentication: 'openTip', ...run.parameters } });

const only = () => {
	expect(portal.requests).toHaveLength(1);
	return portal.requests[0]!;
};

describe('A lookup through OpenTIP, on the wire', () => {
	it.each([
		['hash', EICAR.toUpperCase(), 'hash', EICAR],
		['ip', '203[.]0[.]113[.]7', 'ip', '203.0.113.7'],
		['domain', 'Bücher[.]example', 'domain', 'xn--bcher-kva.example'],
		['url', 'hxxp://bad.example[.]com/A b?x=1', 'url', 'bad.example.com/a b?x=1'],
		['url', 'https://bad.example.com?x=1', 'url', 'bad.example.com?x=1'],
		['url', 'bad.example.com/a%20b', 'url', 'bad.example.com/a%20b'],
		['indicator', EICAR, 'hash', EICAR],
		['indicator', '203.0.113.7', 'ip', '203.0.113.7'],
		['indicator', 'bad[.]example[.]com', 'domain', 'bad.example.com'],
		['indicator', 'http://bad.example.com/path', 'url', 'bad.example.com/path'],
	])('%s: %s', async (operation, indicator, kind, value) => {
		const { error, items } = await lookUp({ parameters: { operation }, indicators: [indicator] });
		expect(error).toBeUndefined();
		expect(only()).toMatchObject({
			method: 'GET',
			path: `/api/v1/search/${kind}`,
			query: { request: value },
			bodyBytes: 0,
		});
		expect(only().headers['x-api-key']).toBe(token);
		expect(only().headers.authorization).toBeUndefined();
		expect(items[0]!.json).toMatchObject({ indicator: value, kind });
	});

	it('has a web address in the query as one value, encoded', async () => {
		await lookUp({ indicators: ['https://bad.example.com/a?b=c&d=%2F#f'] });
		expect(only().rawQuery).toBe('request=bad.example.com%2Fa%3Fb%3Dc%26d%3D%252f');
	});

	// OpenTIP answers 400 to a web address without a path (opentip-api.md 0, 9).
	it.each([
		['url', 'https://bad.example.com/', 'domain', 'bad.example.com'],
		['url', 'bad.example.com', 'domain', 'bad.example.com'],
		['indicator', 'hxxp://bad[.]example[.]com', 'domain', 'bad.example.com'],
		['indicator', 'https://www.example.com:8443/', 'domain', 'www.example.com'],
		['indicator', 'https://user:pw@www.example.com/#top', 'domain', 'www.example.com'],
		['indicator', 'http://203.0.113.7/', 'ip', '203.0.113.7'],
	])('asks for a bare host as one: %s: %s', async (operation, indicator, kind, value) => {
		const { items } = await lookUp({ parameters: { operation }, indicators: [indicator] });
		expect(only()).toMatchObject({
			path: `/api/v1/search/${kind}`,
			query: { request: value },
		});
		expect(items[0]!.json).toMatchObject({ indicator: value, kind });
	});

	it.each([
		['', '/api/v1/search/domain'],
		['/api/v1', '/api/v1/search/domain'],
		['/api/v1/', '/api/v1/search/domain'],
		['/api', '/api/v1/search/domain'],
	])('has the path once, with %j at the end of the base URL', async (end, path) => {
		await lookUp({ openTip: { baseUrl: portal.baseUrl + end } });
		expect(only().path).toBe(path);
	});
});

describe('What OpenTIP can not do', () => {
	it.each<[string, IDataObject, string, RegExp]>([
		['sections', { additionalFields: { sections: ['Zone'] } }, 'input.sections', /'Sections'/],
		['a number of records', { additionalFields: { count: 5 } }, 'input.count', /'Max Records/],
		['a quota', { additionalFields: { stopBelowQuota: 5 } }, 'input.stopBelowQuota', /'Stop Below/],
		['IPv6', { indicator: '2001:db8::7' }, 'input.indicator', /'Indicator' is an IPv6 address/],
		[
			'IPv6 as an IP address',
			{ operation: 'ip', indicator: '2001:db8::7' },
			'input.indicator',
			/'IP Address' is an IPv6 address/,
		],
		[
			'a host that is an IPv6 address',
			{ operation: 'url', indicator: 'http://[2001:db8::7]/' },
			'input.indicator',
			/'Web Address' is an IPv6 address/,
		],
	])(
		'is refused by its name before anything is sent: %s',
		async (_name, parameters, code, text) => {
			const { error } = await lookUp({ parameters });
			expect(error).toMatchObject({
				message: expect.stringMatching(text),
				description: expect.stringMatching(/Authentication/),
				context: { code, outcome: 'notSent' },
			});
			expect(portal.requests).toHaveLength(0);
		},
	);

	it('is what is not sent along when left empty', async () => {
		const { error } = await lookUp({
			parameters: { additionalFields: { sections: [], count: '', stopBelowQuota: null } },
		});
		expect(error).toBeUndefined();
		expect(only().query).toEqual({ request: 'bad.example.com' });
	});
});

describe('The answer of OpenTIP', () => {
	it('becomes the same item as one of the portal, with a link to its page', async () => {
		const { items } = await lookUp({ indicators: [EICAR] });
		const portals = await runLookup({
			portal,
			parameters: { authentication: 'token' },
			indicators: [EICAR],
		});
		const shape = (json: IDataObject) => {
			const { details, ...top } = json;
			return [Object.keys(top), typeof details];
		};
		expect(shape(items[0]!.json)).toEqual(shape(portals.items[0]!.json));
		expect(items[0]!.json).toMatchObject({
			known: true,
			verdict: 'malicious',
			severity: 'critical',
			zone: 'Red',
			hashType: 'MD5',
			firstSeen: '2024-02-02T15:17:00Z',
			link: `${portal.baseUrl}/${EICAR}`,
			details: {
				detections: ['EICAR-Test-File'],
				fileStatus: 'Malware',
				fileSize: 68,
				sha1: '3395856ce81f2b7382dee72602f798b642f14140',
				quotaLeft: null,
			},
		});
	});

	it.each([
		['203.0.113.7', { zone: 'Orange', verdict: 'suspicious' }, ['CATEGORY_BOTNET_CNC']],
		['bad.example.com', { zone: 'Red', verdict: 'malicious' }, ['CATEGORY_MALWARE']],
		['grey.example.com', { zone: 'Grey', verdict: 'unknown' }, []],
	])('is read for %s', async (indicator, top, categories) => {
		const { items } = await lookUp({ indicators: [indicator] });
		expect(items[0]!.json).toMatchObject({ ...top, details: { categories } });
	});

	it('links to the page of a web address', async () => {
		const { items } = await lookUp({ indicators: ['http://bad.example.com/a b?x=1'] });
		expect(items[0]!.json.link).toBe(`${portal.baseUrl}/bad.example.com%2Fa%20b%3Fx%3D1/`);
	});

	it('is passed on as it is when asked for raw', async () => {
		const { items } = await lookUp({ parameters: { output: 'raw' }, indicators: [EICAR] });
		expect(items[0]!.json).toEqual(assumed.openTip.known[`hash ${EICAR}`]);
	});

	it.each<[string, Step]>([
		['problem details', {}],
		['an object of any form', { status: 404, body: { message: 'nothing' } }],
		['nothing', { status: 404, rawBody: '' }],
	])('is "nothing known" with 404 and %s', async (_name, step) => {
		portal.script(/./, step);
		const { items } = await lookUp({ indicators: ['nobody.example'] });
		expect(items[0]!.json).toMatchObject({ known: false, verdict: 'unknown', zone: null });
	});

	it.each<[string, Step]>([
		['a page with 404', { status: 404, rawBody: '<html>nginx</html>' }],
		['a text with 404', { status: 404, rawBody: '404 page not found' }],
		['400', { status: 400, body: {} }],
		['a page with 200', { rawBody: '<html>sign in</html>' }],
		['another object with 200', { body: { message: 'ok' } }],
		['an answer about another kind', { body: { IpGeneralInfo: {} } }],
		['an empty 200', { rawBody: '' }],
	])('is none when it is %s', async (_name, step) => {
		portal.script(/./, step);
		const { error } = await lookUp();
		expect(error).toBeDefined();
		expect(error!.context.code).toMatch(/^portal\./);
	});

	it('repeats a broken exchange: asking twice changes nothing', async () => {
		portal.script(/./, { reset: 'beforeAnswer' }, { retryAfter: '0' });
		const { items } = await lookUp({ parameters: { options: { maxRetries: 3 } } });
		expect(items[0]!.json.verdict).toBe('malicious');
		expect(portal.requests).toHaveLength(3);
	});
});

describe('A refusal of OpenTIP', () => {
	it.each<[number, string, RegExp, RegExp]>([
		[401, 'portal.unauthorized', /OpenTIP did not accept the API token \(401\)/, /a year old/],
		[403, 'portal.quotaUsedUp', /quota or the request limit.*\(403\)/, /token itself is all right/],
		[400, 'portal.badRequest', /\(400\)/, /web addresses with a path/],
	])('%i is explained', async (status, code, message, advice) => {
		portal.script(/./, { status, body: {} });
		const { error } = await lookUp();
		expect(error).toMatchObject({
			message: expect.stringMatching(message),
			description: expect.stringMatching(advice),
			httpCode: String(status),
			context: { code, outcome: 'rejected' },
		});
		expect(portal.requests).toHaveLength(1);
	});

	const indicators = Array.from({ length: 20 }, (_, index) => `host${index}.example`);

	it.each([1, 4])(
		'403 ends the batch: the rest is not sent (concurrency %i)',
		async (concurrency) => {
			// Those that are under way with it are answered when the 403 has been read.
			const read = new AnswersRead();
			const refused = read.reach(1);
			portal.onRequest(({ query }) => {
				if (query.request === 'host3.example') return { status: 403, body: {} };
				return concurrency === 1 ? undefined : { until: refused };
			});
			const { items, error } = await lookUp({
				indicators,
				parameters: { options: { concurrency } },
				settings: { onError: 'continueRegularOutput' },
			});
			read.stop();
			expect(error).toBeUndefined();
			expect(items).toHaveLength(20);
			const codes = items.map(({ json }) => json.code);
			expect(codes[3]).toBe('portal.quotaUsedUp');
			expect(items[3]!.json.outcome).toBe('rejected');
			const unsent = items.filter(({ json }) => json.code === 'quota.usedUp');
			for (const { json } of unsent) expect(json).toMatchObject({ outcome: 'notSent' });
			expect(portal.requests).toHaveLength(4);
			expect(unsent).toHaveLength(16);
			expect(items.slice(0, 3).map(({ json }) => json.known)).toEqual([false, false, false]);
		},
	);

	it('403 ends a batch that stops on faults, and says how far it came', async () => {
		portal.script(({ query }) => query.request === 'host3.example', { status: 403, body: {} });
		const { error } = await lookUp({
			indicators,
			parameters: { options: { concurrency: 1 } },
		});
		expect(error!.context.code).toBe('portal.quotaUsedUp');
		expect(portal.requests).toHaveLength(4);
	});

	it("403 of the portal's paid side stays a matter of permission", async () => {
		portal.script(/./, { status: 403, body: {} });
		const { error } = await runLookup({ portal, parameters: { authentication: 'token' } });
		expect(error!.context.code).toBe('portal.forbidden');
	});

	it('never shows the token, whoever quotes it', async () => {
		for (const status of [400, 401, 403, 500]) {
			portal.script(/./, { status, rawBody: `token ${token} is not welcome` });
			const { error } = await lookUp({ parameters: { options: { maxRetries: 0 } } });
			expect(JSON.stringify([error!.message, error!.description])).not.toContain(token);
		}
	});
});

/** The Test button, in the context n8n gives it. */
describe('The test of the OpenTIP credential', () => {
	waitForRefusals();
	const test = async (changes: Record<string, string> = {}) => {
		const data = { ...portal.openTipCredential, ...changes };
		const options = { installed: fromSources, credentials: { kasperskyOpenTipApi: data } };
		const context = new CredentialTestContext(
			additionalDataFor({ nodes: [tipNode({})], connections: {} }, options),
		);
		const result = await testKasperskyOpenTip.call(context as unknown as ICredentialTestFunctions, {
			id: '1',
			name: 'OpenTIP',
			type: 'kasperskyOpenTipApi',
			data,
		});
		if (data.token.trim() !== '') expect(result.message).not.toContain(data.token);
		return result;
	};

	it('is green with the right token, and asks one question', async () => {
		expect((await test()).status).toBe('OK');
		expect(only()).toMatchObject({
			method: 'GET',
			path: '/api/v1/search/domain',
			query: { request: 'example.com' },
		});
	});

	it.each<[number, RegExp]>([
		[401, /OpenTIP did not accept the API token \(401\).*opentip\.kaspersky\.com\/token/],
		[403, /quota or the request limit of the OpenTIP token is used up \(403\).*all right/],
		[404, /OpenTIP knows nothing of it \(404\).*'Base URL'.*https:\/\/opentip\.kaspersky\.com/],
	])('explains %i', async (status, text) => {
		portal.script(/./, { status, body: {} });
		const { status: result, message } = await test();
		expect(result).toBe('Error');
		expect(message).toMatch(text);
	});

	it('takes a page with 404 for a wrong address', async () => {
		portal.script(/./, { status: 404, rawBody: '<html>not here</html>' });
		expect((await test()).message).toMatch(/OpenTIP has nothing at this address \(404\).*Base URL/);
	});

	it('explains an empty token without asking', async () => {
		expect((await test({ token: ' ' })).message).toMatch(/'Token' is empty/);
		expect(portal.requests).toHaveLength(0);
	});

	it("brings the token under its header to n8n's own request helper", async () => {
		const result = await new KasperskyOpenTipApi().authenticate(portal.openTipCredential, {
			url: `${portal.baseUrl}/api/v1/search/domain`,
			headers: { a: 'b' },
		} as never);
		expect(result).toMatchObject({
			headers: { a: 'b', 'x-api-key': token },
			disableFollowRedirect: true,
		});
		expect(result.headers).not.toHaveProperty('authorization');
	});
});

describe('The node', () => {
	const { properties, credentials } = fromSources.nodes[tipNode({}).type]!.description;

	it('offers OpenTIP where it can be used, and there only', () => {
		for (const { name, displayOptions, options } of properties) {
			if (name !== 'authentication') continue;
			const values = (options as Array<{ value: string }>).map(({ value }) => value);
			const isOpenTips = ['lookup', 'file'].includes(String(displayOptions!.show!.resource![0]));
			expect([displayOptions!.show!.resource, values.includes('openTip')]).toEqual([
				displayOptions!.show!.resource,
				isOpenTips,
			]);
		}
	});

	it('asks for its credential only when it is chosen', () => {
		const { displayOptions } = credentials!.find(({ name }) => name === 'kasperskyOpenTipApi')!;
		expect(displayOptions!.hide!.authentication).toEqual(['certificate', 'token']);
		expect(displayOptions!.hide!.resource).toContain('sandbox');
		expect(displayOptions!.hide!.resource).not.toContain('lookup');
	});
});
