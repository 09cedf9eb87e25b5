import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { KasperskyTipTrigger } from '../../nodes/KasperskyTipTrigger/KasperskyTipTrigger.node';
import { startPortal, type Portal } from '../portal';
import { builtIns } from './builtIns';
import { itemsOf, runWorkflow, type EngineWorkflow } from './engine';
import { fromSources, NODE_TYPE } from './rescanWorkflow';

const T0 = 1_714_521_600;
const noOp = builtIns['n8n-nodes-base.noOp']!;

/**
 * Writes down what it is given to keep, as n8n's own node does with the columns of the table; the
 * e2e tests run the real one.
 */
const dataTable: INodeType = {
	description: {
		...noOp.description,
		version: 1.1,
		properties: [{ displayName: 'Columns', name: 'columns', type: 'json', default: {} }],
	},
	async execute(this: IExecuteFunctions) {
		const rows = this.getInputData().map((_, index) => {
			const { value } = this.getNodeParameter('columns', index) as { value?: IDataObject };
			return { json: value ?? {} };
		});
		return [rows];
	},
};

describe('The example with a new report', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	async function run() {
		const file = join(__dirname, '..', '..', 'examples', 'new-apt-report-iocs.json');
		const workflow = JSON.parse(readFileSync(file, 'utf8')) as EngineWorkflow;
		const nodes = workflow.nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		expect(workflow.nodes.length - nodes.length).toBe(4);
		expect(nodes[0]!.name).toBe('New APT report');
		const result = await runWorkflow(
			{ ...workflow, nodes },
			{
				installed: {
					...fromSources,
					nodes: {
						...builtIns,
						'n8n-nodes-base.dataTable': dataTable,
						...fromSources.nodes,
						[`${NODE_TYPE}Trigger`]: new KasperskyTipTrigger(),
					},
				},
				credentials: { kasperskyTipApi: portal.credential },
			},
		);
		expect(result.data.resultData.error).toBeUndefined();
		return (node: string) => itemsOf(result, node).map(({ json }) => json as IDataObject);
	}

	const md5 = '44d88612fea8a8f36de82e1278abb02f';
	const xml = `<?xml version="1.0"?>
		<ioc><definition><Indicator operator="OR">
			<IndicatorItem id="1" condition="is"><Context document="FileItem" search="FileItem/Md5sum" type="mir"/>
				<Content type="md5">${md5}</Content></IndicatorItem>
			<IndicatorItem id="2"><Context search="Network/URI"/><Content type="string">evil.example.com/?a=1&amp;b=2</Content></IndicatorItem>
			<IndicatorItem id="3"><Context search="FileItem/FileName"/><Content>dropper.exe</Content></IndicatorItem>
		</Indicator></definition></ioc>`;

	it('keeps one row for each indicator of the newest report', async () => {
		portal.publications.publish({ id: 'old', published: T0 });
		portal.publications.publish({
			id: 'r1',
			name: 'Operation A',
			published: T0 + 60,
			files: { iocs: xml },
		});
		portal.publications.publish({ id: 'fin', published: T0 + 90, report_group: 'fin' });
		const given = await run();
		const rows = given('Keep in the table');
		expect(rows.map(({ kind, indicator }) => [kind, indicator])).toEqual([
			['hash', md5],
			['url', 'evil.example.com/?a=1&b=2'],
			['other', 'dropper.exe'],
		]);
		for (const row of rows) {
			expect(row).toMatchObject({ report_id: 'r1', report: 'Operation A' });
			expect(row.link).toContain('r1');
		}
		expect(portal.requests.at(-1)!.query).toEqual({ publication_id: 'r1', include_info: 'iocs' });
	});

	it('gives a file that it cannot read to the other branch, and keeps no half of it', async () => {
		portal.publications.publish({ id: 'r1', files: { iocs: `Indicator,Type\n${md5},md5\n` } });
		const given = await run();
		expect(given('Keep in the table')).toEqual([]);
		expect(given('Not fetched')).toMatchObject([{ id: 'r1', code: expect.any(String) as string }]);
	});

	it('goes on when there are none', async () => {
		portal.publications.publish({ id: 'r1' });
		const given = await run();
		expect(given('Keep in the table')).toEqual([]);
		expect(given('Not fetched')).toEqual([]);
	});

	it('goes on when the portal refuses the report', async () => {
		portal.publications.publish({ id: 'r1' });
		portal.script(/get_one/, { status: 403, body: {} });
		const given = await run();
		expect(given('Not fetched')).toMatchObject([{ id: 'r1', statusCode: 403 }]);
	});
});
