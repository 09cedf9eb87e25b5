import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { builtIns } from './builtIns';
import { itemsOf, runWorkflow, type EngineWorkflow } from './engine';
import { fromSources } from './rescanWorkflow';

/** The example playbooks with Threat Lookup, in n8n's engine. */
describe('The example', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	/** As imported, without notes and without what starts it on a clock. */
	async function run(file: string, start: string, options?: IDataObject) {
		const text = readFileSync(join(__dirname, '..', '..', 'examples', file), 'utf8');
		const workflow = JSON.parse(text) as EngineWorkflow;
		expect(workflow.nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
		const nodes = workflow.nodes.filter(({ type }) => !/stickyNote|scheduleTrigger/.test(type));
		const connections = Object.fromEntries(
			Object.entries(workflow.connections).filter(([name]) =>
				nodes.some((node) => node.name === name),
			),
		);
		for (const { parameters } of nodes) if (options) parameters.options = options as never;
		nodes.sort((a, b) => Number(b.name === start) - Number(a.name === start));
		const result = await runWorkflow(
			{ ...workflow, nodes, connections },
			{
				installed: { ...fromSources, nodes: { ...builtIns, ...fromSources.nodes } },
				credentials: { kasperskyTipApi: portal.credential },
			},
		);
		expect(result.data.resultData.error).toBeUndefined();
		return (node: string) => itemsOf(result, node).map(({ json }) => json);
	}

	const alert = ['enrich-alert-indicators.json', 'Start'] as const;
	const task = '3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47';

	it('enriches an alert and rescans the file that nobody knows', async () => {
		const given = await run(...alert);
		expect(given('Raise the alert').map(({ kind, verdict }) => [kind, verdict])).toEqual([
			['url', 'malicious'],
			['ip', 'suspicious'],
			['hash', 'malicious'],
		]);
		expect(given('Nothing to do').map(({ indicator }) => indicator)).toEqual(['example.com']);
		expect(portal.rescans().map(({ taskId, status }) => [taskId, status])).toEqual([[task, 200]]);
		expect(given('Rescan started')).toHaveLength(1);
		expect(given('Not looked up or not started')).toEqual([]);
		expect(portal.requests).toHaveLength(6);
	});

	it('leaves what the quota did not allow for people to see, and rescans none of it', async () => {
		portal.lookups.dayQuota = 52;
		const given = await run(...alert, { concurrency: 1 });
		expect(given('Raise the alert')).toHaveLength(3);
		expect(given('Not looked up or not started')).toMatchObject([
			{ code: 'quota.floor', outcome: 'notSent' },
			{ code: 'quota.floor', outcome: 'notSent' },
		]);
		expect(portal.requests).toHaveLength(3);
	});

	it('gives a refused rescan with its reason', async () => {
		portal.tasks.set(task, 451);
		const given = await run(...alert);
		expect(given('Rescan started')).toEqual([]);
		expect(given('Not looked up or not started')).toMatchObject([
			{ statusCode: 451, outcome: 'rejected' },
		]);
	});

	it.each([
		[1000, [], 1],
		[100, [{ text: 'Threat Lookup: 99 requests are left today, 1 are used.' }], 0],
	])('watches the quota of %d a day', async (dayQuota, messages, enough) => {
		portal.lookups.dayQuota = dayQuota;
		const given = await run('quota-watch.json', 'Try it now');
		expect(given('Send it')).toEqual(messages);
		expect(given('Enough left')).toHaveLength(enough);
		expect(portal.requests).toHaveLength(1);
	});

	it('does not warn when the portal does not say what is left', async () => {
		portal.script(/domain/, { status: 200, body: { Zone: 'Green' } });
		const given = await run('quota-watch.json', 'Try it now');
		expect(given('Send it')).toEqual([]);
		expect(given('Enough left')).toHaveLength(1);
	});

	it('triages a mail: a message for what does harm, a rescan of what nobody knows', async () => {
		const given = await run('phishing-triage.json', 'Start');
		const messages = given('Send the message');
		expect(messages.map(({ kind }) => kind).sort()).toEqual(['domain', 'ip', 'url']);
		for (const { text, link } of messages) {
			expect(text).toMatch(/according to Kaspersky TIP/);
			expect(link).toMatch(/\/search\?searchString=/);
		}
		expect(portal.rescans().map(({ taskId }) => taskId)).toEqual([task]);
		expect(given('Rescan started')).toHaveLength(1);
		expect(given('Not looked up or not started')).toEqual([]);
	});

	it('gives MISP attributes of the indicators of an alert', async () => {
		const given = await run('alert-to-misp.json', 'Start');
		expect(given('Add to the event').map(({ type, to_ids }) => [type, to_ids])).toEqual([
			['domain', true],
			['md5', true],
			['sha1', true],
			['sha256', true],
		]);
	});
});
