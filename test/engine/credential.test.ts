import { CredentialTestContext } from 'n8n-core';
import {
	NodeConnectionTypes,
	type ICredentialTestFunctions,
	type IExecuteFunctions,
	type INodeType,
} from 'n8n-workflow';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { testKasperskyTipConnection } from '../../nodes/KasperskyTip/credentialTest';
import { startPortal, startProxy, type Portal } from '../portal';
import { additionalDataFor, chain, runWorkflow, startNode } from './engine';
import { fromSources, tipNode } from './rescanWorkflow';

let portal: Portal;
beforeAll(async () => {
	portal = await startPortal();
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

/** The Test button, in the context n8n gives it. */
describe('The credential test', () => {
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
		expect((await test()).message).toMatch(/\(403\) \(forbidden: no API access\).*FULL or API/);
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
		const given = Object.freeze({ url: 'https://localhost', headers: Object.freeze({ a: 'b' }) });
		const result = await new KasperskyTipApi().authenticate(portal.credential, given as never);
		expect(result.headers).toMatchObject({
			a: 'b',
			authorization: expect.stringMatching(/^Basic /),
		});
		expect(JSON.stringify(given)).not.toMatch(/PRIVATE|Basic/);
	});
});
