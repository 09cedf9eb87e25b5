import type { IDataObject } from 'n8n-workflow';
import { KasperskyTip } from '../../nodes/KasperskyTip/KasperskyTip.node';
import { assumed, startPortal, type Portal, type Step } from '../portal';
import { runLookup } from './lookupWorkflow';
import { runRescan } from './rescanWorkflow';

const EICAR = '44d88612fea8a8f36de82e1278abb02f';

/** A portal that takes certificates and tokens, as the real one does on one address. */
let portal: Portal;
beforeAll(async () => {
	portal = await startPortal({ requireClientCertificate: 'http' });
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

const only = () => {
	expect(portal.requests).toHaveLength(1);
	return portal.requests[0]!;
};

describe('A lookup on the wire', () => {
	const general: Record<string, string> = {
		hash: 'Zone,LicenseInfo,FileGeneralInfo,DetectionsInfo',
		ip: 'Zone,LicenseInfo,IpGeneralInfo',
		domain: 'Zone,LicenseInfo,DomainGeneralInfo',
		url: 'Zone,LicenseInfo,UrlGeneralInfo',
	};

	it.each([
		['hash', EICAR.toUpperCase(), 'hash', `/api/hash/${EICAR}`],
		['ip', '203[.]0[.]113[.]7', 'ip', '/api/ip/203.0.113.7'],
		['ip', '2001:DB8::0007', 'ip', '/api/ip/2001%3Adb8%3A%3A7'],
		['domain', 'Bücher[.]example', 'domain', '/api/domain/xn--bcher-kva.example'],
		[
			'url',
			'hxxp://me:pw@www.Bad.example[.]com:8080/A b/?',
			'url',
			'/api/url/bad.example.com%2Fa%20b%2F%3F',
		],
		['indicator', EICAR, 'hash', `/api/hash/${EICAR}`],
		['indicator', '203.0.113.7', 'ip', '/api/ip/203.0.113.7'],
		['indicator', 'bad[.]example[.]com', 'domain', '/api/domain/bad.example.com'],
		['indicator', 'http://203.0.113.7/', 'url', '/api/url/203.0.113.7'],
	])('%s: %s', async (operation, indicator, kind, path) => {
		const { error } = await runLookup({
			portal,
			parameters: { operation },
			indicators: [indicator],
		});
		expect(error).toBeUndefined();
		expect(only()).toMatchObject({
			method: 'GET',
			path,
			query: { sections: general[kind] },
			bodyBytes: 0,
			clientSubject: portal.certificates.client.subject,
		});
	});

	it('asks for further sections and records when told to', async () => {
		await runLookup({
			portal,
			parameters: {
				operation: 'hash',
				additionalFields: { sections: ['FileNames', 'Zone'], count: 3 },
			},
			indicators: [EICAR],
		});
		expect(only().query).toEqual({
			count: '3',
			sections: 'Zone,LicenseInfo,FileGeneralInfo,DetectionsInfo,FileNames',
		});
	});

	it.each([
		[{}, {}],
		[{ sections: ['IpWhoIs'] }, { sections: 'IpWhoIs' }],
		[{ stopBelowQuota: 5 }, {}],
		[{ sections: ['IpWhoIs'], stopBelowQuota: 5 }, { sections: 'LicenseInfo,IpWhoIs' }],
	])('for raw output asks for what was chosen and no more: %j', async (additionalFields, query) => {
		await runLookup({
			portal,
			parameters: { output: 'raw', additionalFields },
			indicators: ['203.0.113.7'],
		});
		expect(only().query).toEqual(query);
	});

	it('repeats a broken exchange: asking twice changes nothing', async () => {
		portal.script(/domain/, { reset: 'midBody' });
		const { items } = await runLookup({ portal });
		expect(items).toHaveLength(1);
		expect(portal.requests).toHaveLength(2);
	});
});

describe('The answer to a lookup', () => {
	it('is simplified unless asked for raw', async () => {
		const { items } = await runLookup({ portal });
		expect(items).toEqual([
			{
				json: {
					indicator: 'bad.example.com',
					kind: 'domain',
					hashType: null,
					known: true,
					verdict: 'malicious',
					severity: 'critical',
					zone: 'Red',
					firstSeen: null,
					lastSeen: null,
					link: `${portal.baseUrl}/search?searchString=bad.example.com`,
					text: expect.stringMatching(/^Domain bad\[\.\]example\[\.\]com is malicious/),
					details: {
						score: 100,
						categories: ['CATEGORY_MALWARE', 'CATEGORY_APT'],
						detections: [],
						hits: 100,
						apt: true,
						aptReports: [{ id: 'a1b2', title: 'An example of a campaign' }],
						quotaUsed: 1,
						quotaLeft: 999,
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('is passed on untouched when asked for raw', async () => {
		const body = { Zone: 'Red', New: { Field: [1, null, 'x'] }, DomainGeneralInfo: null };
		portal.script(/domain/, { status: 200, body });
		const { items } = await runLookup({ portal, parameters: { output: 'raw' } });
		expect(items).toEqual([{ json: body, pairedItem: { item: 0 } }]);
	});

	it('holds further sections as they are', async () => {
		const { items } = await runLookup({
			portal,
			parameters: { additionalFields: { sections: ['FileNames', 'Industries'], count: 1 } },
			indicators: [EICAR],
		});
		expect(items[0]!.json).toMatchObject({
			hashType: 'MD5',
			details: {
				detections: ['EICAR-Test-File'],
				md5: EICAR,
				sections: { FileNames: [{ FileName: 'eicar.com' }], Industries: ['Finance'] },
			},
		});
	});

	it.each(['simplified', 'raw'])('says when nothing is known (%s)', async (output) => {
		const { items, error } = await runLookup({
			portal,
			parameters: { output },
			indicators: ['nobody[.]example[.]com', 'bad.example.com'],
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(2);
		expect(items[0]).toMatchObject({
			json: {
				indicator: 'nobody.example.com',
				kind: 'domain',
				known: false,
				verdict: 'unknown',
				zone: null,
				severity: 'low',
			},
			pairedItem: { item: 0 },
		});
		expect(items[1]!.json).toHaveProperty(output === 'raw' ? 'Zone' : 'zone', 'Red');
	});

	it('gives one item for each indicator, in order, of every kind', async () => {
		const indicators = [
			'grey.example.com',
			EICAR,
			'203.0.113.7',
			'http://203.0.113.7/',
			'example.com',
		];
		const { items } = await runLookup({ portal, indicators });
		expect(items.map(({ json }) => [json.kind, json.verdict])).toEqual([
			['domain', 'unknown'],
			['hash', 'malicious'],
			['ip', 'suspicious'],
			['url', 'suspicious'],
			['domain', 'clean'],
		]);
		items.forEach(({ pairedItem }, item) => expect(pairedItem).toEqual({ item }));
	});
});

describe('A lookup that is refused', () => {
	it('is refused before anything is sent when one indicator is not one', async () => {
		const { error } = await runLookup({
			portal,
			indicators: ['bad.example.com', 'not an indicator'],
		});
		expect(error?.message).toMatch(/^'Indicator' \('not an indicator'\) is no hash.* \[item 1\]$/);
		expect(portal.requests).toHaveLength(0);
	});

	it('leaves the others to be looked up when the node continues', async () => {
		const { items, errorItems } = await runLookup({
			portal,
			indicators: ['10.0.0.0/8', 'bad.example.com'],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(items.map(({ json }) => json.indicator)).toEqual(['bad.example.com']);
		expect(errorItems.map(({ json }) => [json.code, json.outcome])).toEqual([
			['input.indicator', 'notSent'],
		]);
	});

	it.each([
		[{ output: 'xml' }, "'Output' is 'xml', which is not one of its values"],
		[{ additionalFields: { count: 0 } }, "'Max Records per Section' is 0, not a whole number"],
		[{ additionalFields: { stopBelowQuota: -1 } }, "'Stop Below Quota' is -1, not a whole number"],
		[{ additionalFields: { sections: '={{ "a;b" }}' } }, "'Sections' holds 'a;b'"],
	])('checks %j', async (parameters, message) => {
		const { error } = await runLookup({ portal, parameters });
		expect(error?.message).toContain(message);
		expect(portal.requests).toHaveLength(0);
	});

	it('keeps a 400 apart from "nothing known"', async () => {
		const description = 'Unknown section: NoSuchSection';
		portal.script(/./, { status: 400, body: { error: 'invalid-params', description } });
		const { error } = await runLookup({
			portal,
			parameters: { additionalFields: { sections: '={{ ["NoSuchSection"] }}' } },
		});
		expect(error?.message).toMatch(/\(400\)/);
		expect(error?.description).toMatch(
			/^The portal says: invalid-params: Unknown section: NoSuchSection\..*'Sections'.*can't be told apart/,
		);
		expect(error?.context).toMatchObject({ outcome: 'rejected', statusCode: 400 });
	});

	it.each([
		[401, /user name and password \(401\)/, /Terms and Conditions/],
		[403, /this account.*\(403\)/, /licence/],
		[414, /too long for the portal \(414\)/, /domain instead/],
		[429, /too many requests \(429\)/, /'Requests per Minute'/],
		[500, /answered 500/, /Run it again later/],
	])('says what a %d means', async (status, message, advice) => {
		portal.script(/domain/, { status, body: {}, repeat: true });
		const { error } = await runLookup({ portal, parameters: { options: { maxRetries: 0 } } });
		expect(error?.message).toMatch(message);
		expect(error?.message).not.toMatch(/rescan/);
		expect(error?.description).toMatch(advice);
	});
});

describe('With an API token', () => {
	const authentication = 'token';

	it('looks up without a client certificate', async () => {
		const { items, error } = await runLookup({ portal, parameters: { authentication } });
		expect(error).toBeUndefined();
		expect(items[0]!.json.verdict).toBe('malicious');
		const { headers, clientSubject } = only();
		expect(headers.authorization).toBe(`Bearer ${assumed.token}`);
		expect(clientSubject).toBe('');
	});

	it('takes a token that was copied with its word and a line end', async () => {
		const { error } = await runLookup({
			portal,
			parameters: { authentication },
			token: { token: ` Bearer ${assumed.token}\n` },
		});
		expect(error).toBeUndefined();
	});

	it('explains a wrong token, and never shows it', async () => {
		const wrong = 'wrong-token-0123456789';
		portal.script(/domain/, {
			status: 401,
			body: { error: 'unauthorized', description: `token ${wrong} is not valid` },
		});
		const { error, run } = await runLookup({
			portal,
			parameters: { authentication },
			token: { token: wrong },
		});
		expect(error?.message).toMatch(/did not accept the API token \(401\)/);
		expect(error?.description).toMatch(/token \*\*\* is not valid\. .*'Token'.*a year at most/);
		expect(error?.context).toMatchObject({ code: 'portal.unauthorized', outcome: 'rejected' });
		expect(JSON.stringify(run)).not.toContain(wrong);
	});

	it('explains a token that does not open the service', async () => {
		portal.script(/domain/, { status: 403, body: {} });
		const { error } = await runLookup({ portal, parameters: { authentication } });
		expect(error?.message).toMatch(/does not allow this API token.*\(403\)/);
		expect(error?.description).toMatch(/Threat Lookup only.*'Authentication'/);
	});

	it.each([
		[{ token: '' }, /'Token' is empty/],
		[{ token: 'two words' }, /'Token' in the credential holds characters/],
		[{ baseUrl: '' }, /'Base URL' is empty/],
		[{ baseUrl: 'http://localhost' }, /only 'https:\/\/' is allowed/],
		[{ caCertificate: 'nonsense' }, /'CA Certificate'/],
	])('checks the credential: %j', async (token, message) => {
		const { error } = await runLookup({ portal, parameters: { authentication }, token });
		expect(error?.message).toMatch(message);
		expect(portal.requests).toHaveLength(0);
	});

	it('does not trust a server of another authority', async () => {
		const { error } = await runLookup({
			portal,
			parameters: { authentication, options: { maxRetries: 0 } },
			token: { caCertificate: '' },
		});
		expect(error?.message).toMatch(/not trusted/);
		expect(portal.requests).toHaveLength(0);
	});

	it('leaves the choice of resource in sight: n8n hides what a credential is shown for', () => {
		const { credentials = [] } = new KasperskyTip().description;
		expect(credentials.map(({ name }) => name)).toEqual([
			'kasperskyTipApi',
			'kasperskyTipTokenApi',
			'kasperskyOpenTipApi',
		]);
		for (const { displayOptions } of credentials) expect(displayOptions).not.toHaveProperty('show');
	});

	it('is not offered to reports: they take the certificate', async () => {
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { resource: 'report', operation: 'getAll', authentication },
		});
		expect(error).toBeUndefined();
		expect(only()).toMatchObject({ clientSubject: portal.certificates.client.subject });
		expect(only().headers.authorization).toMatch(/^Basic /);
	});
});

describe('A question whose answer can not be read has no answer', () => {
	const page = '<!DOCTYPE html><html><head><title>Sign in</title></head></html>';

	it.each<[string, Step, RegExp]>([
		['A02: 404 with a page', { status: 404, rawBody: page }, /\(404\)/],
		['A03: 200 with a page', { status: 200, rawBody: page }, /page/],
		[
			'A04: a refusal with 200',
			{ status: 200, body: { error: 'quota-exceeded', description: 'd' } },
			/./,
		],
		['an empty 200', { status: 200, rawBody: '' }, /./],
		['a list', { status: 200, body: [{ Zone: 'Red' }] }, /./],
		['a text', { status: 200, rawBody: 'Red' }, /./],
		['a number', { status: 200, rawBody: '7' }, /./],
		['another object', { status: 200, body: { status: 'ok', result: {} } }, /./],
		[
			'the quota alone',
			{ status: 200, body: { LicenseInfo: { DayRequests: 9, DayQuota: 9 } } },
			/./,
		],
		['JSON that breaks off', { status: 200, rawBody: '{"Zone":"Re' }, /./],
	])('%s', async (_name, step, message) => {
		portal.script(/domain/, { ...step, repeat: true });
		for (const output of ['simplified', 'raw', 'selected', 'stix']) {
			const { items } = await runLookup({
				portal,
				parameters: { output, options: { maxRetries: 0 } },
				settings: { onError: 'continueRegularOutput' },
			});
			expect(items[0]!.json).toMatchObject({
				indicator: 'bad.example.com',
				kind: 'domain',
				error: expect.stringMatching(message),
			});
			expect(items[0]!.json).not.toHaveProperty('verdict');
			expect(`${items[0]!.json.error} ${items[0]!.json.description}`).toMatch(
				/Base URL|localhost|127\.0\.0\.1|quota-exceeded/,
			);
		}
	});

	it.each(['', '/'])('A01: a Base URL that ends in /api%s is taken', async (slash) => {
		const { items } = await runLookup({
			portal,
			certificate: { baseUrl: `${portal.baseUrl}/api${slash}` },
		});
		expect(items[0]!.json).toMatchObject({ known: true, verdict: 'malicious' });
	});

	it('a Base URL with another path is named', async () => {
		portal.onRequest(() => ({ status: 404, rawBody: page }));
		const { error } = await runLookup({
			portal,
			certificate: { baseUrl: `${portal.baseUrl}/portal` },
			parameters: { options: { maxRetries: 0 } },
		});
		expect(`${error!.message} ${error!.description}`).toMatch(/'Base URL'/);
		expect(error!.context).toMatchObject({ indicator: 'bad.example.com', kind: 'domain' });
	});
});

describe('Output', () => {
	it('gives chosen fields, all at the top', async () => {
		const { items } = await runLookup({
			portal,
			parameters: { output: 'selected', fields: ['verdict', 'score', 'country'] },
		});
		expect(items[0]!.json).toEqual({
			indicator: 'bad.example.com',
			kind: 'domain',
			verdict: 'malicious',
			score: 100,
			country: null,
		});
	});

	it("says the user's own words", async () => {
		const zoneWords = { zone: [{ name: 'Red', verdict: 'block', severity: 'low' }] };
		const { items } = await runLookup({ portal, parameters: { additionalFields: { zoneWords } } });
		expect(items[0]!.json).toMatchObject({ verdict: 'block', severity: 'low', zone: 'Red' });
	});

	it('hands on STIX, MISP and TheHive', async () => {
		const given = async (output: string) =>
			(await runLookup({ portal, parameters: { output }, indicators: [EICAR] })).items;
		const [stix] = await given('stix');
		expect(stix!.json).toMatchObject({
			type: 'bundle',
			objects: [{ type: 'indicator' }, { type: 'file' }],
		});
		const misp = await given('misp');
		expect(misp.map(({ json }) => json.type).sort()).toEqual(['md5', 'sha1', 'sha256']);
		for (const { pairedItem } of misp) expect(pairedItem).toEqual({ item: 0 });
		const [theHive] = await given('theHive');
		expect(theHive!.json).toMatchObject({ dataType: 'hash', data: EICAR, ioc: true });
	});
});

describe('Extract Indicators', () => {
	it('asks nobody and needs no credential', async () => {
		const { items, error } = await runLookup({
			portal,
			parameters: { operation: 'extractIndicators', text: '={{ $json }}' },
			indicators: ['from hxxp://evil[.]com/x', 'nothing'],
			settings: { credentials: {} },
		});
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				json: {
					indicator: 'evil.com/x',
					kind: 'url',
					found: 'hxxp://evil[.]com/x',
					path: 'indicator',
					position: 5,
					count: 1,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(portal.requests).toHaveLength(0);
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'says why a text is not gone through (%s)',
		async (onError) => {
			const { items, error } = await runLookup({
				portal,
				parameters: { operation: 'extractIndicators', text: '={{ $json.indicator }}' },
				indicators: ['', 'evil.com'],
				settings: { credentials: {}, onError },
			});
			const said = onError === 'stopWorkflow' ? error!.message : items[0]!.json.error;
			expect(said).toMatch(/'Text' is empty/);
			expect(portal.requests).toHaveLength(0);
		},
	);
});

describe('Get Related Objects', () => {
	it('gives one item for each row of the section', async () => {
		const { items } = await runLookup({
			portal,
			parameters: { operation: 'getRelated', section: 'FileNames', limit: 5 },
			indicators: [EICAR],
		});
		expect(items.map(({ json }) => [json.indicator, json.section, json.value])).toEqual([
			[EICAR, 'FileNames', 'eicar.com'],
			[EICAR, 'FileNames', 'eicar.txt'],
		]);
		expect(only().query).toEqual({ count: '5', sections: 'Zone,FileNames' });
	});

	it('refuses a section of another kind by name, and sends nothing', async () => {
		const { error } = await runLookup({
			portal,
			parameters: { operation: 'getRelated', section: 'FileNames' },
			indicators: ['8.8.8.8'],
		});
		expect(error!.message).toMatch(/'Section' is 'FileNames', which the portal does not have for/);
		expect(portal.requests).toHaveLength(0);
	});
});

describe('The quota of the account', () => {
	it('is what the smallest lookup says', async () => {
		const { items } = await runLookup({
			portal,
			parameters: { resource: 'account', operation: 'getQuota' },
		});
		expect(items[0]!.json).toMatchObject({
			requestsUsed: 1,
			requestsLeft: 999,
			requestsPerDay: 1000,
		});
		expect(only().path).toBe('/api/domain/example.com');
	});
});

describe('A floor for the quota of the day', () => {
	const indicators = Array.from({ length: 12 }, (_, index) => `host${index}.example.com`);
	const floor = (stopBelowQuota: number, output = 'simplified') => ({
		output,
		additionalFields: { stopBelowQuota },
		options: { concurrency: 1 },
	});
	beforeEach(() => {
		for (const indicator of indicators) {
			portal.lookups.known.set(`domain ${indicator}`, { Zone: 'Green', DomainGeneralInfo: {} });
		}
		portal.lookups.dayQuota = 10;
	});

	it('ends the batch, and the rest of the items say so', async () => {
		const { items, error } = await runLookup({
			portal,
			indicators,
			parameters: floor(6),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(error).toBeUndefined();
		// After the fifth answer 5 are left.
		expect(portal.requests).toHaveLength(5);
		expect(items).toHaveLength(12);
		expect(items.slice(0, 5).map(({ json }) => (json.details as IDataObject).quotaLeft)).toEqual([
			9, 8, 7, 6, 5,
		]);
		for (const { json } of items.slice(5)) {
			expect(json).toMatchObject({
				error: "Not looked up: 5 requests are left today, fewer than the 6 of 'Stop Below Quota'",
				code: 'quota.floor',
				outcome: 'notSent',
				retryable: false,
			});
		}
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			indicators.map((_, item) => ({ item })),
		);
	});

	it('leaves a bad item its own reason', async () => {
		const { items } = await runLookup({
			portal,
			indicators: [...indicators, 'no indicator'],
			parameters: floor(9),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items.map(({ json }) => json.code ?? 'known')).toEqual([
			...['known', 'known'],
			...Array<string>(10).fill('quota.floor'),
			'input.indicator',
		]);
	});

	it('sends the rest to the error output', async () => {
		const { items, errorItems } = await runLookup({
			portal,
			indicators,
			parameters: floor(8, 'raw'),
			settings: { onError: 'continueErrorOutput' },
		});
		expect(items).toHaveLength(3);
		expect(items[2]!.json).toHaveProperty('Zone', 'Green');
		expect(errorItems).toHaveLength(9);
	});

	it('stops a node that stops, and its reason holds the answers so far', async () => {
		const { error, items } = await runLookup({ portal, indicators, parameters: floor(9) });
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/8 requests are left today.*\[item 2\]/);
		expect(error?.description).toMatch(/On Error.*Accepted \(2\).*Not sent \(10\): items 2–11/s);
		expect(error?.context).toMatchObject({
			accepted: [{ item: 0 }, { item: 1 }],
			notSent: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
		});
	});

	it('is no fault when it is reached with the last item', async () => {
		const { error, items } = await runLookup({
			portal,
			indicators: indicators.slice(0, 3),
			parameters: floor(8),
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
	});

	it('sends nothing more in another try of Retry On Fail', async () => {
		await runLookup({
			portal,
			indicators,
			parameters: floor(9),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(portal.requests).toHaveLength(2);
	});

	it('lets lookups under way come to their end, and those that wait for their turn not begin', async () => {
		portal.latencyMs = 30;
		const { items } = await runLookup({
			portal,
			indicators,
			parameters: {
				additionalFields: { stopBelowQuota: 10 },
				options: { concurrency: 3, requestsPerMinute: 1000 },
			},
			settings: { onError: 'continueRegularOutput' },
		});
		expect(portal.requests.length).toBeLessThanOrEqual(3);
		const looked = items.filter(({ json }) => json.verdict === 'clean');
		const rest = items.filter(({ json }) => json.code === 'quota.floor');
		expect(looked).toHaveLength(portal.requests.length);
		expect(rest).toHaveLength(12 - looked.length);
	});

	it.each([
		[{ Zone: 'Grey' }],
		[{ Zone: 'Grey', LicenseInfo: { DayRequests: 5 } }],
		[{ Zone: 'Grey', LicenseInfo: 'x' }],
	])('goes on when the portal does not say what is left: %j', async (body) => {
		portal.script(/domain/, { status: 200, body, repeat: true });
		const { items, error } = await runLookup({ portal, indicators, parameters: floor(1000) });
		expect(error).toBeUndefined();
		expect(items).toHaveLength(12);
	});
});
