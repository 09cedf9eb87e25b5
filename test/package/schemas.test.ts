import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { catalogue } from '../../nodes/KasperskyTip/resources';
import { startPortal, type Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode } from '../engine/engine';
import { runFile, sha256 } from '../engine/fileWorkflow';
import { fromSources, NODE_NAME, tipNode } from '../engine/rescanWorkflow';

/**
 * What the editor shows of an operation before it has run: its fields come from real outputs.
 * `npm run schemas` writes the files anew.
 */
const FOLDER = join(__dirname, '..', '..', 'nodes', 'KasperskyTip', '__schema__', 'v1.0.0');
const IS_WRITING = process.env.WRITE_SCHEMAS === '1';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/**
 * Parameters that show as much of an operation's output as there is, by `resource/operation`; several
 * where outputs have different fields.
 */
const EXAMPLES: Record<string, IDataObject | IDataObject[]> = {
	'account/getQuota': {},
	'file/analyze': {},
	'file/getResult': { indicator: '44d88612fea8a8f36de82e1278abb02f' },
	'lookup/domain': { indicator: 'bad.example.com' },
	'lookup/extractIndicators': { text: 'See bad[.]example[.]com' },
	'lookup/getRelated': { indicator: '203.0.113.7', section: 'FilesDownloadedFromIp' },
	'lookup/hash': { indicator: '44d88612fea8a8f36de82e1278abb02f' },
	'lookup/indicator': { indicator: 'bad.example.com' },
	'lookup/ip': { indicator: '203.0.113.7' },
	'lookup/url': { indicator: 'http://203.0.113.7/' },
	'report/get': { publicationId: 'r1', include_info: ['iocs', 'pdf', 'yara'] },
	'report/getAll': { returnAll: true },
	'report/getIndicators': { publicationId: 'r1' },
	'report/getMasterIoc': [{}, { output: 'items' }],
	'report/getMasterYara': {},
	'sandbox/deleteTask': { taskId: 'a' },
	'sandbox/getChannels': {},
	'sandbox/getEnvironments': {},
	'sandbox/rescan': { taskId: 'a' },
	'tae/rescan': { taskId: 'b' },
};

/** What OpenTIP can tell of a file (opentip-api.md 3.1). */
const FILE = {
	Zone: 'Red',
	FileGeneralInfo: {
		FileStatus: 'Malware',
		Md5: '44D88612FEA8A8F36DE82E1278ABB02F',
		Sha1: '3395856CE81F2B7382DEE72602F798B642F14140',
		Sha256: '275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F',
		FirstSeen: '2025-01-01T00:00Z',
		LastSeen: '2026-01-01T00:00Z',
		Size: 68,
		Type: 'text',
		Signer: 'x',
		Packer: 'x',
		HitsCount: 10,
	},
	DetectionsInfo: [{ DetectionName: 'EICAR-Test-File' }],
	DynamicAnalisysResults: {
		Detections: [{ Zone: 'Red', Count: 1 }],
		SuspiciousActivities: [{ Zone: 'Yellow', Count: 1 }],
		ExtractedFiles: [{ Zone: 'Grey', Count: 1 }],
		NetworkActivities: [{ Zone: 'Grey', Count: 1 }],
		DynamicDetections: [{ Zone: 'Red', Threat: 'x' }],
		TriggeredNetworkRules: [{ Zone: 'Red', RuleName: 'x' }],
	},
};

/** Fields of a rescan's answer are not known (tip-api.md 3.6): what the stand-in makes up is left out. */
const MADE_UP: Record<string, readonly string[]> = {
	'sandbox/rescan': ['engine', 'previous_task_id'],
	'tae/rescan': ['engine', 'previous_task_id'],
	'sandbox/getChannels': ['code'],
};

const general = {
	Categories: ['CATEGORY_MALWARE'],
	HasApt: true,
	HitsCount: 10,
	RelatedAptReports: [{ Id: '1', Title: 'A report' }],
	FirstSeen: '2025-01-01T00:00Z',
	LastSeen: '2026-01-01T00:00Z',
};

function arrange(portal: Portal): void {
	const { known } = portal.lookups;
	known.set('domain bad.example.com', {
		Zone: 'Red',
		DomainGeneralInfo: { ...general, Ipv4Count: 1, FilesCount: 2, UrlsCount: 3 },
	});
	known.set('url 203.0.113.7', {
		Zone: 'Red',
		UrlGeneralInfo: { ...general, Ipv4Count: 1, FilesCount: 2 },
	});
	known.set('ip 203.0.113.7', {
		Zone: 'Red',
		IpGeneralInfo: { ...general, CountryCode: 'NL', ThreatScore: 90, Status: 'known' },
		FilesDownloadedFromIp: [
			{
				Md5: '44D88612FEA8A8F36DE82E1278ABB02F',
				Zone: 'Red',
				FirstSeen: '2025-01-01T00:00Z',
				LastSeen: '2026-01-01T00:00Z',
			},
		],
	});
	known.set('hash 44d88612fea8a8f36de82e1278abb02f', {
		Zone: 'Red',
		FileGeneralInfo: {
			...general,
			Md5: '44D88612FEA8A8F36DE82E1278ABB02F',
			Sha1: '3395856CE81F2B7382DEE72602F798B642F14140',
			Sha256: '275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F',
			Size: 68,
			Type: 'text',
			Signer: 'x',
			Packer: 'x',
		},
		DetectionsInfo: [{ DetectionName: 'EICAR-Test-File' }],
	});
	portal.publications.master.ioc = () =>
		'UID,publication,indicator,date,type\n1,A report,44d88612fea8a8f36de82e1278abb02f,2024-05-01,md5Hash\n';
	portal.lists.channels = ['RU'];
	portal.lists.execEnv = [{ id: 'Win10_x64', name: 'Windows 10', os_family: 'Windows' }];
	const search = 'FileItem/Md5sum';
	const content = '44d88612fea8a8f36de82e1278abb02f';
	portal.publications.publish({
		id: 'r1',
		files: {
			iocs: `<ioc><IndicatorItem><Context search="${search}"/><Content>${content}</Content></IndicatorItem></ioc>`,
		},
		tags: ['a'],
		tags_actors: ['a'],
		tags_geo: ['a'],
		tags_industry: ['a'],
	});
}

function arrangeFree({ openTip }: Portal): void {
	openTip.known.set(`hash ${sha256('a file')}`, FILE);
	openTip.submit('44d88612fea8a8f36de82e1278abb02f');
	openTip.pollsInProgress = 0;
	openTip.verdicts.set('44d88612fea8a8f36de82e1278abb02f', FILE);
}

function schemaOf(value: unknown): Schema {
	// What is null here is a text where there is one.
	if (value === null) return { type: 'string' };
	if (Array.isArray(value)) {
		return { type: 'array', ...(value.length > 0 && { items: schemaOf(value[0]) }) };
	}
	if (typeof value !== 'object') return { type: typeof value };
	return {
		type: 'object',
		properties: Object.fromEntries(
			Object.entries(value as object).map(([name, part]) => [name, schemaOf(part)]),
		),
	};
}

describe('The output schema', () => {
	let portal: Portal;
	let free: Portal;
	beforeAll(async () => {
		portal = await startPortal();
		arrange(portal);
		free = await startPortal({ requireClientCertificate: false });
		arrangeFree(free);
	});
	afterAll(async () => {
		await portal.close();
		await free.close();
	});

	const outputOf = async (parameters: IDataObject) => {
		const run = await runWorkflow(
			{
				nodes: [startNode(), tipNode(parameters)],
				connections: chain('Start', NODE_NAME),
			},
			{
				installed: fromSources,
				credentials: { kasperskyTipApi: portal.credential },
				items: [{ json: {} }],
			},
		);
		return itemsOf(run, NODE_NAME)[0];
	};
	const outputOfFile = async (parameters: IDataObject) =>
		(await runFile({ portal: free, parameters, files: ['a file'] })).items[0];

	const operations = Object.entries(catalogue).flatMap(([resource, entry]) =>
		Object.keys(entry.operations).map((operation) => [resource, operation] as const),
	);

	it.each(operations)('of %s %s is that of its real output', async (resource, operation) => {
		const key = `${resource}/${operation}`;
		const examples = [EXAMPLES[key] ?? []].flat();
		expect(examples).not.toEqual([]);
		const outputs: IDataObject[] = [];
		for (const parameters of examples) {
			const item = await (catalogue[resource]!.signIns[0] === 'openTip'
				? outputOfFile({ operation, ...parameters })
				: outputOf({ resource, operation, ...parameters }));
			outputs.push(item!.json);
		}
		const json = Object.fromEntries(
			outputs.flatMap(Object.entries).filter(([name]) => !MADE_UP[key]?.includes(name)),
		);
		const text = `${JSON.stringify({ ...schemaOf(json), version: 1 }, null, '\t')}\n`;
		const file = join(FOLDER, resource, `${operation}.json`);
		if (IS_WRITING) {
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, text);
		}
		expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(text);
	});
});
