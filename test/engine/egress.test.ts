import { Container } from '@n8n/di';
import { NodeConnectionTypes, type INodeType } from 'n8n-workflow';
import { startPortal, startProxy, type Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode } from './engine';
import { channelsOf } from './listsOf';
import { fromSources, runRescan } from './rescanWorkflow';

// n8n's own packages, as n8n-core brings them along.
/* eslint-disable @typescript-eslint/no-require-imports */
const network = require('@n8n/backend-network') as {
	OutboundHttp: new (...parts: unknown[]) => object;
	SsrfProtectionService: new (...parts: unknown[]) => object;
};
const { SsrfProtectionConfig } = require('@n8n/config') as {
	SsrfProtectionConfig: new () => Record<string, unknown>;
};
/* eslint-enable */

type Address = { address: string; family: 4 | 6 };
type Resolver = { lookup(name: string, options: object): Promise<Address[]> };

const quiet = { scoped: () => quiet, warn() {}, debug() {}, info() {}, error() {} };
const LOOPBACK: Address = { address: '127.0.0.1', family: 4 };
const PUBLIC: Address = { address: '93.184.215.14', family: 4 };
const local: Resolver = { lookup: async () => [LOOPBACK] };

/** Sets n8n's SSRF protection for this process, with a name resolution of our own. */
function protect(settings: object, resolver = local): void {
	const config = Object.assign(new SsrfProtectionConfig(), settings);
	const service = new network.SsrfProtectionService(config, resolver, quiet);
	Container.set(network.OutboundHttp, new network.OutboundHttp(service, config, quiet));
}

/** What n8n's own nodes do with an address: ask for it with n8n's request helper. */
const asking: INodeType = {
	description: {
		displayName: 'Ask',
		name: 'ask',
		group: ['transform'],
		version: 1,
		description: 'Asks for an address',
		defaults: { name: 'Ask' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute() {
		const { url, ca } = this.getInputData()[0]!.json as { url: string; ca: string };
		let refused = false;
		try {
			await this.helpers.httpRequest({ url, agentOptions: { ca } });
		} catch (error) {
			const chainOf = [error, (error as { cause?: unknown }).cause] as Error[];
			refused = chainOf.some((one) => one?.name?.startsWith('Ssrf'));
		}
		return [[{ json: { refused } }]];
	},
};

async function n8nRefuses(credential: Record<string, string>): Promise<unknown> {
	const run = await runWorkflow(
		{
			nodes: [startNode(), { ...startNode('Ask'), type: 'test.ask' }],
			connections: chain('Start', 'Ask'),
		},
		{
			installed: { ...fromSources, nodes: { ...fromSources.nodes, 'test.ask': asking } },
			credentials: {},
			items: [{ json: { url: credential.baseUrl!, ca: credential.caCertificate! } }],
		},
	);
	return itemsOf(run, 'Ask')[0]!.json.refused;
}

describe("n8n's SSRF protection", () => {
	let portal: Portal;
	beforeEach(async () => {
		portal = await startPortal();
	});
	afterEach(async () => {
		delete process.env.HTTPS_PROXY;
		await portal.close();
	});
	afterAll(() => Container.reset());

	const at = (host: string) => ({
		...portal.credential,
		baseUrl: portal.baseUrl.replace('localhost', host),
	});

	it.each<[string, object, string, boolean]>([
		['off', { enabled: false }, 'localhost', false],
		['on, a private name', { enabled: true }, 'localhost', true],
		['on, a private address', { enabled: true }, '127.0.0.1', true],
		[
			'on, a name that is allowed',
			{ enabled: true, allowedHostnames: ['localhost'] },
			'localhost',
			false,
		],
		[
			'on, a range that is allowed',
			{ enabled: true, allowedIpRanges: ['127.0.0.0/8'] },
			'localhost',
			false,
		],
		[
			'on, an address that is allowed',
			{ enabled: true, allowedIpRanges: ['127.0.0.1/32'] },
			'127.0.0.1',
			false,
		],
		[
			'on, a name that is blocked',
			{ enabled: true, blockedHostnames: ['localhost'], allowedIpRanges: ['127.0.0.0/8'] },
			'localhost',
			true,
		],
		['on, nothing is blocked', { enabled: true, blockedIpRanges: [] }, 'localhost', false],
	])("refuses what it refuses n8n's own nodes: %s", async (_name, settings, host, refused) => {
		protect(settings);
		const credential = at(host);
		expect(await n8nRefuses(credential)).toBe(refused);
		const seen = portal.connections;

		const { error, items } = await runRescan({ credential });
		if (!refused) {
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1);
			expect(await channelsOf(credential)).not.toEqual([]);
			return;
		}
		expect(error!.context).toMatchObject({ code: 'egress.blocked', outcome: 'notSent' });
		expect(error!.message).toContain('SSRF protection');
		await expect(channelsOf(credential)).rejects.toThrow('SSRF protection');
		expect(portal.connections).toBe(seen);
	});

	it('is not got round by a name that changes between the check and the connection', async () => {
		let asked = 0;
		protect({ enabled: true }, { lookup: async () => [asked++ === 0 ? PUBLIC : LOOPBACK] });
		const { error } = await runRescan({
			credential: portal.credential,
			parameters: { options: { maxRetries: 0 } },
		});
		expect(asked).toBeGreaterThan(1);
		expect(error!.context).toMatchObject({ code: 'egress.blocked', outcome: 'notSent' });
		expect(portal.connections).toBe(0);
	});

	it('is not got round by one private address among public ones', async () => {
		protect({ enabled: true }, { lookup: async () => [PUBLIC, LOOPBACK] });
		const { error } = await runRescan({ credential: portal.credential });
		expect(error!.context).toMatchObject({ code: 'egress.blocked' });
		expect(portal.connections).toBe(0);
	});

	it('resolves every connection anew, kept ones aside', async () => {
		let asked = 0;
		protect(
			{ enabled: true, allowedHostnames: ['localhost'] },
			{ lookup: async () => (asked++, [LOOPBACK]) },
		);
		portal.script('task-1', { headers: { connection: 'close' } });
		await runRescan({
			credential: portal.credential,
			items: [{ task: 'task-1' }, { task: 'task-2' }],
			parameters: { options: { concurrency: 1 } },
		});
		expect(portal.connections).toBe(2);
		expect(asked).toBe(1 + portal.connections);
	});

	describe('behind a proxy from the environment', () => {
		it("uses the proxy in its private network, as n8n's own nodes do", async () => {
			const proxy = await startProxy({
				route: () => ({ host: '127.0.0.1', port: Number(new URL(portal.baseUrl).port) }),
			});
			try {
				process.env.HTTPS_PROXY = proxy.url;
				protect({ enabled: true }, { lookup: async () => [PUBLIC] });
				expect(await n8nRefuses(portal.credential)).toBe(false);
				const { error } = await runRescan({ credential: portal.credential });
				expect(error).toBeUndefined();
				expect(proxy.connects.map(({ status }) => status)).toEqual([200, 200]);
			} finally {
				await proxy.close();
			}
		});

		it.each<[string, Resolver, string]>([
			['is private', local, 'egress.blocked'],
			[
				'only the proxy could resolve',
				{ lookup: () => Promise.reject(new Error('getaddrinfo ENOTFOUND')) },
				'egress.unresolved',
			],
		])('refuses a portal that %s', async (_name, resolver, code) => {
			const proxy = await startProxy();
			try {
				process.env.HTTPS_PROXY = proxy.url;
				protect({ enabled: true }, resolver);
				const { error } = await runRescan({ credential: portal.credential });
				expect(error!.context).toMatchObject({ code, outcome: 'notSent' });
				expect(proxy.connects).toEqual([]);
			} finally {
				await proxy.close();
			}
		});
	});
});
