import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { KasperskyTipTrigger } from '../../nodes/KasperskyTipTrigger/KasperskyTipTrigger.node';
import { startPortal, type Portal } from '../portal';
import { builtIns } from './builtIns';
import { itemsOf, runWorkflow, type EngineWorkflow } from './engine';
import { fromSources, NODE_TYPE } from './rescanWorkflow';

const T0 = 1_714_521_600;
const noOp = builtIns['n8n-nodes-base.noOp']!;

function nodeOf(
	parameters: string[],
	execute: (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>,
): INodeType {
	const properties = parameters.map((name) => ({
		displayName: name,
		name,
		type: 'string' as const,
		default: '',
	}));
	return { description: { ...noOp.description, version: [1, 1.1, 2], properties }, execute };
}

/** Of n8n's own nodes just the part that the example uses; the e2e tests run it with the real ones. */
const standIns: Record<string, INodeType> = {
	'n8n-nodes-base.dataTable': noOp,
	'n8n-nodes-base.code': nodeOf(['jsCode'], async function () {
		const code = this.getNodeParameter('jsCode', 0) as string;
		// What n8n's Code node does.
		const run = new Function('$input', `return (async () => {${code}}).call(this)`);
		const input = { all: () => this.getInputData() };
		return [(await run.call({ helpers: this.helpers }, input)) as INodeExecutionData[]];
	}),
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
						...standIns,
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

	it.each<[string, string, Array<[string, string]>]>([
		[
			'OpenIOC',
			xml,
			[
				['md5', md5],
				['Network/URI', 'evil.example.com/?a=1&b=2'],
				['FileItem/FileName', 'dropper.exe'],
			],
		],
		[
			'CSV',
			`UUID,Indicator,Type\r\n1,"${md5}",md5\r\n2,evil.example.com,Domain\r\n3,203.0.113.7,IP\r\n4,dropper.exe,Name\r\n5,${md5},md5\r\n`,
			[
				['md5', md5],
				['domain', 'evil.example.com'],
				['ip', '203.0.113.7'],
			],
		],
		[
			'a list',
			`${md5}\nhttp://evil.example.com/a.exe\n`,
			[
				['md5', md5],
				['url', 'http://evil.example.com/a.exe'],
			],
		],
	])('takes the indicators out of %s', async (_name, iocs, expected) => {
		portal.publications.publish({ id: 'old', published: T0 });
		portal.publications.publish({
			id: 'r1',
			name: 'Operation A',
			published: T0 + 60,
			files: { iocs },
		});
		portal.publications.publish({ id: 'fin', published: T0 + 90, report_group: 'fin' });
		const given = await run();
		expect(given('Keep in the table')).toEqual(
			expected.map(([kind, indicator]) => ({
				report_id: 'r1',
				report: 'Operation A',
				published: String(T0 + 60),
				kind,
				indicator,
			})),
		);
		expect(portal.requests.at(-1)!.query).toEqual({ publication_id: 'r1', include_info: 'iocs' });
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
