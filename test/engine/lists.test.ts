import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { searchChannels, searchExecutionEnvironments } from '../../nodes/KasperskyTip/listSearch';
import { startPortal, type Portal } from '../portal';
import { additionalDataFor, workflowOf } from './engine';
import { fromSources, tipNode } from './rescanWorkflow';

/** The lists behind Channel and Execution Environment, in n8n's own context for them. */
describe('Lists', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	const search = async (
		method: (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>,
		filter?: string,
		credential = portal.credential,
	) => {
		const node = tipNode({});
		const options = { installed: fromSources, credentials: { kasperskyTipApi: credential } };
		const context = new LoadOptionsContext(
			workflowOf({ nodes: [node], connections: {} }, options),
			node,
			additionalDataFor({ nodes: [node], connections: {} }, options),
			'',
		);
		return (await method.call(context as unknown as ILoadOptionsFunctions, filter)).results;
	};

	it('asks the portal and keeps the case', async () => {
		portal.lists.channels = ['RU', 'eu-West', 'Tarpit'];
		expect(await search(searchChannels)).toEqual([
			{ name: 'RU', value: 'RU' },
			{ name: 'eu-West', value: 'eu-West' },
			{ name: 'Tarpit', value: 'Tarpit' },
		]);
		expect(portal.requests).toHaveLength(1);
		expect(portal.requests[0]).toMatchObject({
			method: 'GET',
			path: '/api/sandbox/channels',
			rawQuery: '',
			clientSubject: portal.certificates.client.subject,
		});
	});

	it('asks for environments at their own address', async () => {
		portal.lists.execEnv = [{ id: 'Win10_x64', title: 'Windows 10' }];
		expect(await search(searchExecutionEnvironments)).toEqual([
			{ name: 'Windows 10 (Win10_x64)', value: 'Win10_x64' },
		]);
		expect(portal.requests[0]!.path).toBe('/api/sandbox/exec_env');
	});

	it('filters as the user types, by name and by value, in any case', async () => {
		portal.lists.channels = [
			{ value: 'RU', name: 'Russia' },
			{ value: 'DE', name: 'Germany' },
			{ value: 'PE', name: 'Peru' },
		];
		expect((await search(searchChannels, 'RU')).map(({ value }) => value)).toEqual(['RU', 'PE']);
		expect((await search(searchChannels, ' germ ')).map(({ value }) => value)).toEqual(['DE']);
		expect(await search(searchChannels, 'nowhere')).toEqual([]);
	});

	it.each([
		[401, /user name and password \(401\).*Choose 'By Name'/],
		[404, /nothing at this address \(404\).*Choose 'By Name'/],
	])('says why there is none (%d), and what to do instead', async (status, message) => {
		portal.script(/./, { status, body: {}, repeat: true });
		await expect(search(searchChannels)).rejects.toThrow(message);
	});

	it('says so when the list has a form it can not read', async () => {
		portal.script(/./, { status: 200, rawBody: '42' });
		await expect(search(searchChannels)).rejects.toThrow(/form this node can't read.*'By Name'/);
	});

	it('repeats a list once after a broken answer, since reading costs nothing', async () => {
		portal.lists.channels = ['RU'];
		portal.script(/channels/, { reset: 'beforeAnswer' });
		expect(await search(searchChannels)).toHaveLength(1);
		expect(portal.requests).toHaveLength(2);
	});

	it('explains a certificate that can not be used', async () => {
		await expect(
			search(searchChannels, '', { ...portal.credential, certificate: 'not a certificate' }),
		).rejects.toThrow(/Choose 'By Name'/);
		expect(portal.requests).toHaveLength(0);
	});
});
