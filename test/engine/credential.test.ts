import { CredentialTestContext } from 'n8n-core';
import {
	NodeConnectionTypes,
	type ICredentialTestFunctions,
	type IExecuteFunctions,
	type INodeType,
} from 'n8n-workflow';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { KasperskyTipTokenApi } from '../../credentials/KasperskyTipTokenApi.credentials';
import {
	testKasperskyTipConnection,
	testKasperskyTipToken,
} from '../../nodes/shared/signIn/credentialTest';
import { startPortal, startProxy, type Portal, type Step } from '../portal';
import { additionalDataFor, chain, runWorkflow, startNode } from './engine';
import { waitForRefusals } from './heldTimers';
import { fromSources, tipNode } from './rescanWorkflow';

let portal: Portal;
beforeAll(async () => {
	portal = await startPortal();
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

/** The Test button, in the context n8n gives it. */
describe('The credential test', () => {
	waitForRefusals();
	const test = async (changes: Record<string, string> = {}) => {
		const data = { ...portal.credential, ...changes };
		const options = { installed: fromSources, credentials: { kasperskyTipApi: data } };
		const context = new CredentialTestContext(
			additionalDataFor({ nodes: [tipNode({})], connections: {} }, options),
		);
		const result = await testKasperskyTipConnection.call(
			context as unknown as ICredentialTestFunctions,
			{ id: '1', name: 'TIP', type: 'kasperskyTipApi', data },
		);
		expect(result.message).not.toContain(data.password);
		expect(result.message).not.toMatch(/ERR_|PRIVATE KEY/);
		return result;
	};

	it('is green with the right name, password and certificate', async () => {
		expect(await test()).toEqual({ status: 'OK', message: 'Connection tested successfully' });
		expect(portal.requests).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			method: 'GET',
			path: '/api/sandbox/channels',
			clientSubject: portal.certificates.client.subject,
		});
	});

	it('explains a wrong password', async () => {
		const { status, message } = await test({ password: 'wrong' });
		expect(status).toBe('Error');
		expect(message).toMatch(/user name and password \(401\).*Terms and Conditions/);
	});

	const NO_ANSWERS: Array<[string, Step, RegExp]> = [
		[
			'a page',
			{
				status: 200,
				rawBody: '<!DOCTYPE html><title>Log in</title>',
				headers: { 'content-type': 'text/html' },
			},
			/with a web page \('Log in'\).*'Base URL'/,
		],
		[
			'a page that says it is JSON',
			{ status: 200, rawBody: '<html></html>', headers: { 'content-type': 'application/json' } },
			/'Base URL'/,
		],
		['nothing', { status: 200, rawBody: '' }, /with nothing, not with .*'Base URL'/],
		['blanks', { status: 200, rawBody: ' \n' }, /with nothing/],
		['plain text', { status: 200, rawBody: 'OK' }, /with plain text/],
		['204', { status: 204 }, /with nothing/],
		[
			'a refusal with status 200',
			{ status: 200, body: { error: 'quota-exceeded', description: 'Try tomorrow.' } },
			/with a refusal.*quota-exceeded: Try tomorrow/,
		],
		['an empty object', { status: 200, body: {} }, /'Base URL'/],
		['an object of another form', { status: 200, body: { status: 'ok' } }, /'Base URL'/],
		['a list of something else', { status: 200, body: [{ a: 1 }] }, /'Base URL'/],
		['numbers', { status: 200, body: [1, 2] }, /'Base URL'/],
		['a word', { status: 200, body: 'ok' }, /'Base URL'/],
		['null', { status: 200, body: null }, /'Base URL'/],
		['JSON cut off', { status: 200, rawBody: '[{"name":' }, /JSON that is damaged/],
	];
	it.each(NO_ANSWERS)('does not take %s for the portal (T02)', async (_what, step, message) => {
		portal.script(/./, { ...step, repeat: true });
		const result = await test();
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
	});

	it.each([
		['texts', ['EU', 'DE']],
		['an empty list', []],
		['objects of the on-premises product', [{ ID: 0, Name: 'Tarpit', Available: true }]],
		['a list in an object', { channels: [{ id: 'eu', name: 'EU' }] }],
	])('takes %s for a list of channels', async (_what, body) => {
		portal.script(/./, { status: 200, body });
		expect(await test()).toEqual({ status: 'OK', message: 'Connection tested successfully' });
	});

	describe('of an account without a licence for the Sandbox', () => {
		const refuse = (status: number) =>
			portal.script(/channels/, { status, body: { error: 'forbidden', description: 'No.' } });

		it.each([
			[403, /^Signed in; Threat Lookup answers, and Sandbox is not in the licence/],
			[404, /^Signed in; Threat Lookup answers, and the Sandbox does not \(404\)/],
			[405, /^Signed in; Threat Lookup answers, and the Sandbox does not \(405\)/],
		])('is green after a %d, when lookups answer', async (status, message) => {
			refuse(status);
			const result = await test();
			expect(result.status).toBe('OK');
			expect(result.message).toMatch(message);
			expect(portal.requests.map(({ path, query }) => [path, query.sections])).toEqual([
				['/api/sandbox/channels', undefined],
				['/api/domain/example.com', 'Zone,LicenseInfo'],
			]);
		});

		it.each<[string, Step]>([
			['are refused', { status: 403, body: { error: 'forbidden' } }],
			['are a page', { status: 200, rawBody: '<html></html>' }],
			['are nothing', { status: 200, rawBody: '' }],
			['are not found', { status: 404, rawBody: '' }],
			['know nothing of it', { status: 404, body: { error: 'not-found', description: 'No.' } }],
			['break off', { reset: 'beforeAnswer' }],
		])('is red with the first reason, when lookups %s', async (_what, step) => {
			refuse(403);
			portal.script(/domain/, { ...step, repeat: true });
			const result = await test();
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/does not allow this account to make the request \(403\)/);
		});

		it.each([400, 401, 408, 429, 451, 500, 502, 503])(
			'is not asked again after a %d',
			async (status) => {
				refuse(status);
				expect((await test()).status).toBe('Error');
				expect(portal.requests).toHaveLength(1);
			},
		);
	});

	it('says that NODE_TLS_REJECT_UNAUTHORIZED does not count', async () => {
		process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
		try {
			expect(await test()).toEqual({
				status: 'OK',
				message: expect.stringMatching(
					/^Connection tested successfully\. NODE_TLS_REJECT_UNAUTHORIZED=0.* does not count here/,
				),
			});
			expect((await test({ caCertificate: '' })).message).toMatch(
				/NODE_TLS_REJECT_UNAUTHORIZED=0.*does not count here/,
			);
		} finally {
			delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
		}
	});

	it('explains a refusal of the account', async () => {
		portal.script(/./, {
			status: 403,
			body: { error: 'forbidden', description: 'no API access' },
			repeat: true,
		});
		expect((await test()).message).toMatch(
			/\(403\)\. The portal says: forbidden: no API access\. .*FULL or API/,
		);
	});

	it('explains a portal that is not there', async () => {
		const { message } = await test({ baseUrl: 'https://localhost:1' });
		expect(message).toMatch(/localhost:1 refused the connection\. Check the port in 'Base URL'/);
	});

	it('explains a name that does not exist', async () => {
		const { message } = await test({ baseUrl: 'https://portal.invalid' });
		expect(message).toMatch(/portal\.invalid/);
		expect(message).toMatch(/DNS/);
	});

	it('explains a server certificate that is not trusted', async () => {
		const { message } = await test({ caCertificate: '' });
		expect(message).toMatch(/not trusted.*'CA Certificate'/);
	});

	it('explains a server certificate for another name', async () => {
		const named = await portal.certificates.issueServer({ names: ['other.example'] });
		const elsewhere = await startPortal({
			tls: { cert: named.certificatePem, key: named.keyPem },
		});
		try {
			const { message } = await test({ baseUrl: elsewhere.baseUrl });
			expect(message).toMatch(/localhost:\d+ was issued for another name\. Use the name/);
		} finally {
			await elsewhere.close();
		}
	});

	it('explains a certificate the portal does not accept', async () => {
		const foreign = await portal.certificates.issueClient({
			commonName: 'foreign',
			signedByOtherCa: true,
		});
		const { status, message } = await test({ certificate: foreign.combinedPem });
		expect(status).toBe('Error');
		expect(message).toMatch(/client certificate/);
	});

	it('explains an expired certificate without asking the portal', async () => {
		const old = await portal.certificates.issueClient({
			commonName: 'old',
			notBefore: new Date('2020-01-01'),
			notAfter: new Date('2021-02-03'),
		});
		expect((await test({ certificate: old.combinedPem })).message).toMatch(/expired.*2021-02-03/);
		expect(portal.requests).toHaveLength(0);
	});

	it('does not follow a redirect with the password in hand', async () => {
		const elsewhere = await startPortal();
		try {
			portal.script(/./, { redirect: `${elsewhere.baseUrl}/api/sandbox/channels` });
			expect((await test()).message).toMatch(/redirect \(307\).*never followed/);
			expect(elsewhere.requests).toHaveLength(0);
		} finally {
			await elsewhere.close();
		}
	});

	it('goes through the proxy of the environment', async () => {
		const proxy = await startProxy();
		process.env.HTTPS_PROXY = proxy.url;
		try {
			expect((await test()).status).toBe('OK');
			expect(proxy.connects).toHaveLength(1);
		} finally {
			delete process.env.HTTPS_PROXY;
			await proxy.close();
		}
	});
});

/** The same for a token. */
describe('The test of the token credential', () => {
	let open: Portal;
	beforeAll(async () => {
		open = await startPortal({ requireClientCertificate: 'http' });
	});
	afterEach(() => open.reset());
	afterAll(() => open.close());

	const test = async (changes: Record<string, string> = {}) => {
		const data = { ...open.tokenCredential, ...changes };
		const options = { installed: fromSources, credentials: { kasperskyTipTokenApi: data } };
		const context = new CredentialTestContext(
			additionalDataFor({ nodes: [tipNode({})], connections: {} }, options),
		);
		const result = await testKasperskyTipToken.call(
			context as unknown as ICredentialTestFunctions,
			{ id: '1', name: 'TIP', type: 'kasperskyTipTokenApi', data },
		);
		if (data.token.trim() !== '') expect(result.message).not.toContain(data.token);
		return result;
	};

	it('is green with the right token, and asks for the least there is', async () => {
		expect(await test()).toEqual({ status: 'OK', message: 'Connection tested successfully' });
		expect(open.requests).toHaveLength(1);
		expect(open.requests[0]).toMatchObject({
			method: 'GET',
			path: '/api/domain/example.com',
			query: { sections: 'Zone,LicenseInfo' },
			clientSubject: '',
		});
	});

	it('explains a wrong token', async () => {
		const { status, message } = await test({ token: 'another-token-0123' });
		expect(status).toBe('Error');
		expect(message).toMatch(/API token \(401\).*a year at most/);
	});

	it('explains a token that does not open the service', async () => {
		open.script(/./, { status: 403, body: {} });
		expect((await test()).message).toMatch(/API token.*\(403\).*Threat Lookup only/);
	});

	it('takes a 404 for a wrong address, not for an unknown domain', async () => {
		open.script(/./, { status: 404, rawBody: '<html>not here</html>' });
		const { status, message } = await test();
		expect(status).toBe('Error');
		expect(message).toMatch(/nothing at this address \(404\).*'Base URL'/);
	});

	it.each<[string, Step]>([
		['a page', { status: 200, rawBody: '<html></html>', headers: { 'content-type': 'text/html' } }],
		['nothing', { status: 200, rawBody: '' }],
		['a list', { status: 200, body: [] }],
		['an object of another form', { status: 200, body: { status: 'ok' } }],
		['a refusal with status 200', { status: 200, body: { error: 'quota', description: 'No.' } }],
	])('does not take %s for the portal (T02)', async (_what, step) => {
		open.script(/./, { ...step, repeat: true });
		const { status, message } = await test();
		expect(status).toBe('Error');
		expect(message).toMatch(/'Base URL'/);
	});

	it('explains an empty token without asking the portal', async () => {
		expect((await test({ token: ' ' })).message).toMatch(/'Token' is empty/);
		expect(open.requests).toHaveLength(0);
	});

	it('explains a server certificate that is not trusted', async () => {
		expect((await test({ caCertificate: '' })).message).toMatch(/not trusted.*'CA Certificate'/);
	});

	it('does not follow a redirect with the token in hand', async () => {
		open.script(/./, { redirect: `${portal.baseUrl}/api/domain/example.com` });
		expect((await test()).message).toMatch(/redirect \(307\).*never followed/);
		expect(portal.requests).toHaveLength(0);
	});

	it("brings the token and nothing else to n8n's own request helper", async () => {
		const given = Object.freeze({ url: open.baseUrl, headers: Object.freeze({ a: 'b' }) });
		const result = await new KasperskyTipTokenApi().authenticate(
			{ ...open.tokenCredential, token: 'secret-token' },
			given as never,
		);
		expect(result).toMatchObject({
			headers: { a: 'b', authorization: 'Bearer secret-token' },
			agentOptions: { ca: [expect.stringMatching(/BEGIN CERTIFICATE/)] },
			disableFollowRedirect: true,
			maxRedirects: 0,
			sendCredentialsOnCrossOriginRedirect: false,
			followRedirect: false,
			followAllRedirects: false,
		});
		expect(JSON.stringify(given)).not.toMatch(/Bearer/);
		await expect(
			new KasperskyTipTokenApi().authenticate(
				{ ...open.tokenCredential, token: '' },
				given as never,
			),
		).rejects.toThrow(/'Token' is empty in the credential\. Request an API token/);
	});
});

/** What lets the HTTP Request node and any other helper call reuse the credential. */
describe("The credential in n8n's own request helper", () => {
	const helperNode: INodeType = {
		description: {
			displayName: 'Helper',
			name: 'helper',
			group: ['transform'],
			version: 1,
			description: 'Calls the portal through the request helper',
			defaults: { name: 'Helper' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'kasperskyTipApi', required: true }],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const json = await this.helpers.httpRequestWithAuthentication.call(this, 'kasperskyTipApi', {
				url: `${portal.baseUrl}/api/sandbox/channels`,
				json: true,
			});
			return [[{ json: { data: json } }]];
		},
	};
	const call = async (changes: Record<string, string> = {}) =>
		await runWorkflow(
			{
				nodes: [
					startNode(),
					{
						...tipNode({}),
						type: 'test.helper',
						parameters: {},
					},
				],
				connections: chain('Start', 'Rescan'),
			},
			{
				installed: { ...fromSources, nodes: { 'test.helper': helperNode } },
				credentials: { kasperskyTipApi: { ...portal.credential, ...changes } },
			},
		);

	it('brings Basic and the client certificate', async () => {
		const run = await call();
		expect(run.status).toBe('success');
		expect(portal.requests[0]).toMatchObject({
			clientSubject: portal.certificates.client.subject,
			status: 200,
		});
	});

	it('does not follow a redirect', async () => {
		const elsewhere = await startPortal();
		try {
			portal.script(/./, { redirect: elsewhere.baseUrl });
			expect((await call()).status).toBe('error');
			expect(elsewhere.requests).toHaveLength(0);
		} finally {
			await elsewhere.close();
		}
	});

	it('says in one sentence what is wrong with the certificate', async () => {
		const run = await call({ certificate: portal.certificates.client.certificatePem });
		expect(run.data.resultData.error?.message).toMatch(/no private key/i);
		expect(portal.requests).toHaveLength(0);
	});

	it('leaves the options it was given as they were', async () => {
		const given = Object.freeze({ url: portal.baseUrl, headers: Object.freeze({ a: 'b' }) });
		const result = await new KasperskyTipApi().authenticate(portal.credential, given as never);
		expect(result.headers).toMatchObject({
			a: 'b',
			authorization: expect.stringMatching(/^Basic /),
		});
		expect(JSON.stringify(given)).not.toMatch(/PRIVATE|Basic/);
	});
});
