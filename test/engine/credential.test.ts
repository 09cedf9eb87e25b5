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
import { startPortal, startProxy, type Portal } from '../portal';
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

	it('explains a refusal of the account', async () => {
		portal.script(/./, { status: 403, body: { error: 'forbidden', description: 'no API access' } });
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
