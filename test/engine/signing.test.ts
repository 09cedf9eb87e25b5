import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INodeType,
} from 'n8n-workflow';
import { KasperskyOpenTipApi } from '../../credentials/KasperskyOpenTipApi.credentials';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { KasperskyTipTokenApi } from '../../credentials/KasperskyTipTokenApi.credentials';
import { startPortal, startProxy, type Portal } from '../portal';
import { chain, runWorkflow, startNode } from './engine';
import { rescanInOwnProcess } from './ownProcess';
import { fromSources, tipNode } from './rescanWorkflow';

/** What lets the HTTP Request node and any other helper call reuse a credential. */

let portal: Portal;
/** Signed by an authority of its own, under the very name of the portal. */
let impostor: Portal;
let plain: Server;
let plainRequests = 0;

beforeAll(async () => {
	portal = await startPortal({ requireClientCertificate: 'http' });
	const foreign = await portal.certificates.issueServer({ signedByOtherCa: true });
	impostor = await startPortal({
		requireClientCertificate: false,
		tls: { cert: foreign.certificatePem, key: foreign.keyPem },
	});
	plain = createServer((_request, response) => {
		plainRequests++;
		response.end('{}');
	}).listen(0, '127.0.0.1');
	await once(plain, 'listening');
});
afterEach(() => {
	portal.reset();
	impostor.reset();
	plainRequests = 0;
});
afterAll(async () => {
	await portal.close();
	await impostor.close();
	plain.close();
});

const CREDENTIALS = {
	kasperskyOpenTipApi: new KasperskyOpenTipApi(),
	kasperskyTipApi: new KasperskyTipApi(),
	kasperskyTipTokenApi: new KasperskyTipTokenApi(),
};
type Name = keyof typeof CREDENTIALS;
const NAMES = Object.keys(CREDENTIALS) as Name[];

const fieldsOf = (name: Name): Record<string, string> =>
	({
		kasperskyOpenTipApi: portal.openTipCredential,
		kasperskyTipApi: portal.credential,
		kasperskyTipTokenApi: portal.tokenCredential,
	})[name];
/** What each opens. */
const PATH: Record<Name, string> = {
	kasperskyOpenTipApi: '/api/v1/search/domain?request=example.com',
	kasperskyTipApi: '/api/sandbox/channels',
	kasperskyTipTokenApi: '/api/domain/example.com',
};
/** The header that says who is asking. */
const header = (name: Name) => (name === 'kasperskyOpenTipApi' ? 'x-api-key' : 'authorization');

/** A node that sends one request with a credential, by the helper of today or the one before it. */
async function call(
	name: Name,
	request: IDataObject,
	{ helper = 'new', changes = {} }: { helper?: string; changes?: Record<string, string> } = {},
) {
	const helperNode: INodeType = {
		description: {
			displayName: 'Helper',
			name: 'helper',
			group: ['transform'],
			version: 1,
			description: 'Calls the portal through a request helper',
			defaults: { name: 'Helper' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name, required: true }],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const { httpRequestWithAuthentication, requestWithAuthentication } = this.helpers;
			const data: unknown = await (helper === 'new'
				? httpRequestWithAuthentication.call(this, name, request as never)
				: requestWithAuthentication.call(this, name, request as never));
			return [[{ json: { data } as IDataObject }]];
		},
	};
	const node = {
		...tipNode({}),
		type: 'test.helper',
		parameters: {},
		credentials: { [name]: { id: name, name } },
	};
	return await runWorkflow(
		{ nodes: [startNode(), node], connections: chain('Start', 'Rescan') },
		{
			installed: { ...fromSources, nodes: { 'test.helper': helperNode } },
			credentials: { [name]: { ...fieldsOf(name), ...changes } },
		},
	);
}

describe.each(NAMES)('%s in a request of n8n', (name) => {
	const sign = async (request: IDataObject, baseUrl = 'https://tip.kaspersky.com') =>
		await CREDENTIALS[name].authenticate(
			{ ...fieldsOf(name), baseUrl },
			request as unknown as IHttpRequestOptions,
		);

	it.each(['new', 'old'])('signs in at the portal (%s helper)', async (helper) => {
		const address = helper === 'new' ? 'url' : 'uri';
		const run = await call(name, { [address]: `${portal.baseUrl}${PATH[name]}` }, { helper });
		expect(run.status).toBe('success');
		expect(portal.requests).toMatchObject([{ status: 200 }]);
	});

	it.each(['new', 'old'])('is shown to no other host (%s helper)', async (helper) => {
		const address = helper === 'new' ? 'url' : 'uri';
		const caCertificate = portal.certificates.caPem + portal.certificates.otherCaPem;
		const run = await call(
			name,
			{ [address]: `${impostor.baseUrl}/collect` },
			{ helper, changes: { caCertificate } },
		);
		expect(run.data.resultData.error?.message).toMatch(
			/The request goes to https:\/\/localhost:\d+, but 'Base URL' of the credential is https:\/\/localhost:\d+/,
		);
		expect(impostor.requests).toEqual([]);
	});

	it('is not sent unencrypted', async () => {
		const { port } = plain.address() as AddressInfo;
		const run = await call(name, { url: `http://127.0.0.1:${port}/` });
		expect(run.data.resultData.error?.message).toMatch(/but 'Base URL' of the credential is https/);
		expect(plainRequests).toBe(0);
	});

	const OFF: IDataObject[] = [
		{ skipSslCertificateValidation: true },
		{ rejectUnauthorized: false },
		{ agentOptions: { rejectUnauthorized: false } },
		{ agentOptions: { checkServerIdentity: () => undefined, rejectUnauthorized: false } as never },
	];
	it.each(OFF.flatMap((off) => ['new', 'old'].map((helper) => [off, helper] as const)))(
		'stays hidden from a server that can not prove who it is, with %j (%s helper)',
		async (off, helper) => {
			const url = `${impostor.baseUrl}${PATH[name]}`;
			const run = await call(
				name,
				{ url, ...off },
				{ helper, changes: { baseUrl: impostor.baseUrl } },
			);
			expect(run.status).toBe('error');
			expect(impostor.requests).toEqual([]);
		},
	);

	it('trusts no authority that the request brings along', async () => {
		const run = await call(
			name,
			{
				url: `${impostor.baseUrl}${PATH[name]}`,
				agentOptions: { ca: portal.certificates.otherCaPem },
			},
			{ changes: { baseUrl: impostor.baseUrl } },
		);
		expect(run.status).toBe('error');
		expect(impostor.requests).toEqual([]);
	});

	it('is verified through a proxy of the request too', async () => {
		const proxy = await startProxy();
		try {
			const { hostname: host, port } = new URL(proxy.url);
			const run = await call(
				name,
				{
					url: `${impostor.baseUrl}${PATH[name]}`,
					proxy: { host, port: Number(port), protocol: 'http' },
					skipSslCertificateValidation: true,
				},
				{ changes: { baseUrl: impostor.baseUrl } },
			);
			expect(run.status).toBe('error');
			expect(proxy.connects).toHaveLength(1);
			expect(impostor.requests).toEqual([]);
		} finally {
			await proxy.close();
		}
	});

	const GIVEN: Array<[string, IDataObject, string?]> = [
		['the same', { url: 'https://tip.kaspersky.com/api/x' }],
		['upper case', { url: 'HTTPS://TIP.Kaspersky.COM/api/x' }],
		['the default port', { url: 'https://tip.kaspersky.com:443/api/x' }],
		['a dot at the end', { url: 'https://tip.kaspersky.com./api/x' }],
		['a dot at the end of Base URL', { url: 'https://tip.kaspersky.com/' }, 'tip.kaspersky.com.'],
		['relative to the base', { url: '/api/x', baseURL: 'https://tip.kaspersky.com' }],
		['relative, without a slash', { url: 'api/x', baseURL: 'https://tip.kaspersky.com/' }],
		['the base alone', { url: '', baseURL: 'https://tip.kaspersky.com/api/x' }],
		['by the name of the older helper', { uri: 'https://tip.kaspersky.com/api/x' }],
		['another path', { url: 'https://tip.kaspersky.com/x' }, 'https://tip.kaspersky.com/gateway'],
		['a port', { url: 'https://tip.kaspersky.com:8443' }, 'tip.kaspersky.com:8443/api'],
		[
			'a Host of its own',
			{ url: 'https://tip.kaspersky.com', headers: { Host: 'tip.kaspersky.com' } },
		],
	];
	it.each(
		GIVEN.map(
			([what, request, baseUrl = 'https://tip.kaspersky.com']) => [what, request, baseUrl] as const,
		),
	)('is given to %s', async (_what, request, baseUrl) => {
		const signed = await sign(Object.freeze(request), baseUrl);
		expect(signed).toMatchObject({
			...request,
			headers: { [header(name)]: expect.stringMatching(/\S/) },
			agentOptions: { rejectUnauthorized: true },
			skipSslCertificateValidation: false,
			disableFollowRedirect: true,
			maxRedirects: 0,
			followRedirect: false,
			followAllRedirects: false,
			sendCredentialsOnCrossOriginRedirect: false,
		});
	});

	it.each<[string, IDataObject]>([
		['nothing', {}],
		['an empty address', { url: '' }],
		['no address', { url: 'api/x' }],
		['a path alone', { url: '/api/x' }],
		['another host', { url: 'https://evil.example/api/x' }],
		['a host below it', { url: 'https://api.tip.kaspersky.com/' }],
		['a host that begins so', { url: 'https://tip.kaspersky.com.evil.example/' }],
		['a name that looks like it', { url: 'https://tip.kaspersky.com@evil.example/' }],
		['a login in the address', { url: 'https://me:secret-pw@tip.kaspersky.com/' }],
		['another port', { url: 'https://tip.kaspersky.com:8443/' }],
		['http', { url: 'http://tip.kaspersky.com/' }],
		['http at the port of https', { url: 'http://tip.kaspersky.com:443/' }],
		['no scheme', { url: '//tip.kaspersky.com/api' }],
		['another base', { url: '/api/x', baseURL: 'https://evil.example' }],
		[
			'a base that is overridden',
			{ url: 'https://evil.example', baseURL: 'https://tip.kaspersky.com' },
		],
		['the same without a scheme', { url: '//evil.example/', baseURL: 'https://tip.kaspersky.com' }],
		[
			'the same with backslashes',
			{ url: '\\\\evil.example/', baseURL: 'https://tip.kaspersky.com' },
		],
		[
			'another base and the right address',
			{ url: 'https://tip.kaspersky.com', baseURL: 'http://evil.example' },
		],
		['two addresses', { url: 'https://tip.kaspersky.com', uri: 'https://evil.example' }],
		[
			'two addresses, the other way',
			{ uri: 'https://tip.kaspersky.com', url: 'https://evil.example' },
		],
		['a blank before it', { url: ' https://evil.example' }],
		['a Host header', { url: 'https://tip.kaspersky.com', headers: { hOST: 'evil.example' } }],
		['a file', { url: 'file:///etc/passwd' }],
		['a number', { url: 5 }],
	])('is refused to %s, naming Base URL', async (_what, request) => {
		const signing = sign(request);
		await expect(signing).rejects.toThrow(/'Base URL'.*https:\/\/tip\.kaspersky\.com/);
		await expect(signing).rejects.not.toThrow(/secret-pw|api\/x/);
	});

	it('takes the place of any other login of the request', async () => {
		const signed = await sign({
			url: 'https://tip.kaspersky.com',
			auth: { username: 'a', password: 'b' },
			headers: { Authorization: 'Basic YTpi', 'X-API-Key': 'x', 'X-Own': '1' },
		});
		expect(signed).not.toHaveProperty('auth');
		expect(signed.headers).toMatchObject({
			'X-Own': '1',
			[header(name)]: expect.stringMatching(/^(?!Basic YTpi|x$)/),
		});
		expect(signed.headers).not.toHaveProperty('Authorization');
	});
});

/** Set by operators who want other connections of n8n to go without verification. */
describe('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
	const inThere = async (credential: typeof portal.credential) =>
		JSON.parse(
			await rescanInOwnProcess(
				credential,
				{ NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
				'signingChild.ts',
			),
		) as { test: { status: string; message: string }; answer: string };

	it('opens neither the Test nor a signed request to who can not prove to be the portal (T01)', async () => {
		const { test, answer } = await inThere({ ...portal.credential, baseUrl: impostor.baseUrl });
		expect(test.status).toBe('Error');
		expect(test.message).toMatch(/not trusted/);
		expect(answer).toMatch(/CERT|VERIFY|UNABLE/);
		expect(impostor.requests).toEqual([]);
	});

	it('stands in the way of nothing else', async () => {
		const { test, answer } = await inThere(portal.credential);
		expect(test.status).toBe('OK');
		expect(answer).toBe('answered');
	});
});
