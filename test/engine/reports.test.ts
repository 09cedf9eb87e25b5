import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { chain, itemsOf, runWorkflow, startNode } from './engine';
import { fromSources, NODE_NAME, tipNode } from './rescanWorkflow';

const T0 = 1_714_521_600;
const DAY = 24 * 3600;

/** The resource Report: what is sent, and what becomes of the answers. */
describe('Reports', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	async function run(
		parameters: IDataObject,
		{
			items = [{}],
			settings,
			timezone = 'UTC',
		}: { items?: IDataObject[]; settings?: Partial<INode>; timezone?: string } = {},
	) {
		const node = tipNode(
			{ resource: 'report', options: { maxRetries: 0 }, ...parameters },
			settings,
		);
		const finished = await runWorkflow(
			{
				nodes: [startNode(), node],
				connections: chain('Start', NODE_NAME),
				settings: { timezone },
			},
			{
				installed: fromSources,
				credentials: { kasperskyTipApi: portal.credential },
				items: items.map((json) => ({ json })),
			},
		);
		return {
			items: itemsOf(finished, NODE_NAME),
			errorItems: itemsOf(finished, NODE_NAME, 1),
			error: finished.data.resultData.error as
				{ message: string; description: string; context: IDataObject } | undefined,
			stored: JSON.stringify(finished.data),
		};
	}

	const contentOf = (item: INodeExecutionData | undefined, field: string) =>
		Buffer.from(item!.binary![field]!.data, 'base64').toString();
	const labelOf = ({ fileName, mimeType, fileExtension }: IBinaryData) => ({
		fileName,
		mimeType,
		fileExtension,
	});
	const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => json.id);

	describe('on the wire', () => {
		it.each<[string, IDataObject, string]>([
			['getAll', {}, '/api/publications/get_list'],
			[
				'get',
				{ publicationId: 'a b', include_info: [] },
				'/api/publications/get_one?publication_id=a%20b',
			],
			[
				'get',
				{ publicationId: '7', lang: ' en ' },
				'/api/publications/get_one?publication_id=7&include_info=iocs%2Cpdf%2Cyara&lang=en',
			],
			[
				'get',
				{ publicationId: 7, include_info: ['execsum'] },
				'/api/publications/get_one?publication_id=7&include_info=execsum',
			],
			['getMasterIoc', {}, '/api/publications/get_master_ioc?report_group=all'],
			[
				'getMasterYara',
				{ report_group: 'fin' },
				'/api/publications/get_master_yara?report_group=fin',
			],
		])('%s %j is a POST with all in the query', async (operation, parameters, target) => {
			await run({ operation, ...parameters });

			expect(portal.requests).toHaveLength(1);
			const { method, path, rawQuery, bodyBytes, headers, authorized } = portal.requests[0]!;
			expect(method).toBe('POST');
			expect(rawQuery === '' ? path : `${path}?${rawQuery}`).toBe(target);
			expect(headers['content-length']).toBe('0');
			expect(headers).not.toHaveProperty('content-type');
			expect(headers.authorization).toMatch(/^Basic /);
			expect({ bodyBytes, authorized }).toEqual({ bodyBytes: 0, authorized: true });
		});

		it.each([
			['UTC', '2024-05-01T00:00:00', T0],
			['Asia/Tokyo', '2024-05-01T09:00:00', T0],
			['Asia/Tokyo', '2024-05-01T00:00:00Z', T0],
			['UTC', "={{ DateTime.fromSeconds(1714521600).setZone('Asia/Tokyo') }}", T0],
			['UTC', '={{ 1714521600 }}', T0],
		])('takes a date as it is meant in %s: %s', async (timezone, date, seconds) => {
			const { error } = await run(
				{
					operation: 'getAll',
					filters: { date_start: date, date_end: '={{ 1714608000 }}' },
				},
				{ timezone },
			);
			expect(error).toBeUndefined();
			expect(portal.requests[0]!.query).toEqual({
				date_start: String(seconds),
				date_end: String(T0 + DAY),
			});
		});

		it('is repeated after a broken answer, since it only reads', async () => {
			portal.script(/get_list/, { reset: 'midBody' });
			const { error } = await run({ operation: 'getAll', options: { maxRetries: 1 } });
			expect(error).toBeUndefined();
			expect(portal.requests).toHaveLength(2);
		});
	});

	describe('Get Many', () => {
		const publish = (count: number) => {
			for (let index = 0; index < count; index++) {
				portal.publications.publish({
					id: `r${index}`,
					published: T0 + index,
					report_group: index % 2 === 0 ? 'apt' : 'fin',
					tags_actors: index % 3 === 0 ? ['Lazarus'] : ['Turla'],
				});
			}
		};

		it('gives each report in brief when asked for Simplified', async () => {
			publish(2);
			const { items } = await run({ operation: 'getAll', output: 'simplified' });
			expect(items[0]!.json).toEqual({
				id: 'r1',
				name: 'Report r1',
				group: 'fin',
				description: 'What report r1 is about',
				publishedAt: '2024-05-01T00:00:01.000Z',
				updatedAt: '2024-05-01T00:00:01.000Z',
				actors: ['Turla'],
				industries: [],
				countries: [],
				tags: [],
				link: `${portal.baseUrl}/reporting?id=r1`,
			});
		});

		it('gives each report as the portal has it, paired with the item that asked', async () => {
			publish(2);
			const { items } = await run(
				{ operation: 'getAll', filters: { date_start: '={{ $json.from }}' } },
				{ items: [{ from: T0 + 1 }, { from: T0 + 5 }, { from: T0 }] },
			);
			expect(items).toHaveLength(3);
			expect(items[0]).toEqual({
				json: {
					id: 'r1',
					published: T0 + 1,
					updated: T0 + 1,
					name: 'Report r1',
					desc: 'What report r1 is about',
					report_group: 'fin',
					tags: [],
					tags_industry: [],
					tags_geo: [],
					tags_actors: ['Turla'],
					publishedAt: '2024-05-01T00:00:01.000Z',
					updatedAt: '2024-05-01T00:00:01.000Z',
				},
				pairedItem: { item: 0 },
			});
			expect(items.slice(1).map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
				['r1', { item: 2 }],
				['r0', { item: 2 }],
			]);
		});

		it('stops at the limit, by default 50, with the newest', async () => {
			publish(60);
			const byDefault = await run({ operation: 'getAll' });
			expect(idsOf(byDefault.items)).toEqual(Array.from({ length: 50 }, (_, n) => `r${59 - n}`));
			const limited = await run({ operation: 'getAll', limit: 2 });
			expect(idsOf(limited.items)).toEqual(['r59', 'r58']);
			const all = await run({ operation: 'getAll', returnAll: true, limit: 2 });
			expect(all.items).toHaveLength(60);
		});

		it.each<[IDataObject, string[]]>([
			[{ report_group: 'fin' }, ['r5', 'r3', 'r1']],
			[{ report_group: 'all' }, ['r5', 'r4', 'r3', 'r2', 'r1', 'r0']],
			[{ tags: ' lazarus , x' }, ['r3', 'r0']],
			[{ tags: ['TURLA'], report_group: 'apt' }, ['r4', 'r2']],
			[{ tags: 'nobody' }, []],
		])('filters by itself: %j', async (localFilters, expected) => {
			publish(6);
			const { items } = await run({ operation: 'getAll', localFilters });
			expect(idsOf(items)).toEqual(expected);
			expect(portal.requests[0]!.rawQuery).toBe('');
		});

		it.each<[IDataObject, RegExp]>([
			[{ limit: 0 }, /'Limit' is .+, not a whole number/],
			[{ filters: { date_start: 'soon' } }, /'After' is 'soon', which is not a date/],
			[
				{ filters: { date_end: '={{ 46205 }}' } },
				/'Before' is 46205: a number is seconds since 1970/,
			],
			[{ filters: { date_start: T0, date_end: T0 - 1 } }, /'After' \(\d+\) is later than 'Before'/],
			[
				{ localFilters: { report_group: '={{ "APT" }}' } },
				/'Report Group' is 'APT', which is not one of its values/,
			],
		])('sends nothing when a field is wrong: %j', async (parameters, message) => {
			const { error } = await run({ operation: 'getAll', ...parameters });
			expect(error?.message).toMatch(message);
			expect(portal.requests).toHaveLength(0);
		});
	});

	describe('Get', () => {
		const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(200_000)]);

		it('puts the files into binary fields, and the rest into the json', async () => {
			portal.publications.publish({
				id: 'x1',
				name: 'Operation "Blåmes": part 2',
				published: T0,
				files: {
					pdf,
					iocs: '<?xml version="1.0"?><ioc/>',
					yara: 'rule a { condition: true }',
					execsum: 'In short',
				},
			});
			const { items } = await run({
				operation: 'get',
				publicationId: 'x1',
				include_info: ['execsum', 'iocs', 'pdf', 'yara'],
			});

			expect(items).toHaveLength(1);
			const [{ json, binary, pairedItem }] = items as [INodeExecutionData];
			expect(pairedItem).toEqual({ item: 0 });
			expect(json).toMatchObject({ id: 'x1', name: 'Operation "Blåmes": part 2', updated: T0 });
			expect(Object.keys(json).filter((key) => key.startsWith('report_'))).toEqual([
				'report_group',
			]);
			expect(Object.entries(binary!).map(([field, file]) => [field, labelOf(file)])).toEqual([
				[
					'execsum',
					{
						fileName: 'operation-blåmes-part-2-execsum.txt',
						mimeType: 'text/plain',
						fileExtension: 'txt',
					},
				],
				[
					'iocs',
					{
						fileName: 'operation-blåmes-part-2-iocs.xml',
						mimeType: 'application/xml',
						fileExtension: 'xml',
					},
				],
				[
					'pdf',
					{
						fileName: 'operation-blåmes-part-2.pdf',
						mimeType: 'application/pdf',
						fileExtension: 'pdf',
					},
				],
				[
					'yara',
					{ fileName: 'operation-blåmes-part-2.yar', mimeType: 'text/plain', fileExtension: 'yar' },
				],
			]);
			expect(Buffer.from(binary!.pdf!.data, 'base64').equals(pdf)).toBe(true);
			expect(contentOf(items[0], 'iocs')).toBe('<?xml version="1.0"?><ioc/>');
			expect(contentOf(items[0], 'yara')).toBe('rule a { condition: true }');
			expect(contentOf(items[0], 'execsum')).toBe('In short');
		});

		it('takes files as plain base64 and as text, and leaves what it does not know', async () => {
			portal.script(/get_one/, {
				status: 200,
				body: {
					status: 'ok',
					return_data: {
						id: 'x',
						name: 'X',
						report_pdf: pdf.toString('base64'),
						report_yara: 'rule b { condition: true }',
						report_iocs: null,
						report_execsum: '',
						report_other: 'AAAA',
					},
				},
			});
			const { items } = await run({ operation: 'get', publicationId: 'x' });
			expect(items[0]!.json).toEqual({
				id: 'x',
				name: 'X',
				report_iocs: null,
				report_execsum: '',
				report_other: 'AAAA',
			});
			expect(Object.keys(items[0]!.binary!)).toEqual(['pdf', 'yara']);
			expect(Buffer.from(items[0]!.binary!.pdf!.data, 'base64').equals(pdf)).toBe(true);
			expect(contentOf(items[0], 'yara')).toBe('rule b { condition: true }');
		});

		it('has no binary data when there is no file', async () => {
			portal.publications.publish({ id: 'bare' });
			const { items } = await run({ operation: 'get', publicationId: 'bare' });
			expect(items[0]).not.toHaveProperty('binary');
		});

		it('says what to check when the portal does not know the ID', async () => {
			portal.script(/get_one/, { status: 404, body: {} });
			const { error } = await run({ operation: 'get', publicationId: 'no' });
			expect(error?.description).toMatch(/Check 'Publication ID'/);
		});
	});

	describe('Get Indicators', () => {
		const md5 = '44d88612fea8a8f36de82e1278abb02f';
		const item = (search: string, content: string) =>
			`<IndicatorItem id="1" condition="is"><Context document="x" search="${search}" type="mir"/><Content type="string">${content}</Content></IndicatorItem>`;
		const openIoc = (...items: string[]) =>
			`<?xml version="1.0" encoding="utf-8"?>\n<ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><Indicator operator="OR">${items.join('\n')}</Indicator></definition></ioc>\n`;
		const indicatorsOf = async (iocs: string) => {
			portal.publications.publish({
				id: 'r1',
				name: 'Report',
				published: T0,
				tags_actors: ['Lazarus'],
				files: { iocs },
			});
			return await run({ operation: 'getIndicators', publicationId: 'r1' });
		};

		it('gives one item for each, with the report it is from', async () => {
			const { items, error } = await indicatorsOf(
				openIoc(
					item('FileItem/Md5sum', md5.toUpperCase()),
					item('Network/DNS', 'evil[.]example'),
					item('RouteEntryItem/Destination', '203.0.113.7'),
					item('RouteEntryItem/Destination', 'evil.example.com'),
					item('UrlHistoryItem/URL', 'hxxp://evil.example/x?a=1&amp;b=2'),
					item('DnsEntryItem/Host', 'server.local'),
					item('Email/From', 'someone@evil.example'),
					item('ProcessItem/HandleList/Handle/Name', 'Global\\\\x.example'),
					item('FileItem/Md5sum', md5.toUpperCase()),
					`<!-- ${item('Network/DNS', 'not.example')} -->`,
				),
			);
			expect(error).toBeUndefined();
			expect(portal.requests[0]!.query).toEqual({ publication_id: 'r1', include_info: 'iocs' });
			expect(items[0]!.json).toEqual({
				indicator: md5,
				kind: 'hash',
				type: 'FileItem/Md5sum',
				hashType: 'md5',
				reportId: 'r1',
				reportName: 'Report',
				link: `${portal.baseUrl}/reporting?id=r1`,
				actors: ['Lazarus'],
			});
			expect(items.map(({ json }) => [json.kind, json.indicator])).toEqual([
				['hash', md5],
				['domain', 'evil.example'],
				['ip', '203.0.113.7'],
				['domain', 'evil.example.com'],
				['url', 'evil.example/x?a=1&b=2'],
				['domain', 'server.local'],
				['email', 'someone@evil.example'],
				['other', 'Global\\\\x.example'],
			]);
			for (const { pairedItem } of items) expect(pairedItem).toEqual({ item: 0 });
		});

		it('gives thousands, and a hash of digits as text', async () => {
			const digits = (index: number) => String(10n ** 31n + BigInt(index));
			const many = Array.from({ length: 3000 }, (_, index) =>
				item('FileItem/Md5sum', digits(index)),
			);
			const { items } = await indicatorsOf(openIoc(...many));
			expect(items.map(({ json }) => json.indicator)).toEqual(
				many.map((_, index) => digits(index)),
			);
		});

		it('gives none for a report without the file', async () => {
			portal.publications.publish({ id: 'bare' });
			const { items, error } = await run({ operation: 'getIndicators', publicationId: 'bare' });
			expect(error).toBeUndefined();
			expect(items).toEqual([]);
		});

		it.each([
			['a text', 'evil.example'],
			['a page', '<!DOCTYPE html><html></html>'],
			['another XML', '<?xml version="1.0"?><rss></rss>'],
			['a file that breaks off', openIoc(item('Network/DNS', 'evil.example')).slice(0, -120)],
			['an item without its end', openIoc(item('Network/DNS', 'a.example').slice(0, -5))],
			['a comment without its end', openIoc('<!-- x')],
			[
				'entities',
				openIoc(item('Network/DNS', '&x;')).replace(
					'?>',
					'?><!DOCTYPE ioc [<!ENTITY x "a.example">]>',
				),
			],
		])('refuses %s, and gives not half of it', async (_name, iocs) => {
			const { items, error } = await indicatorsOf(iocs);
			expect(items).toEqual([]);
			expect(error?.message).toMatch(
				/^The file 'report_iocs' from the portal can't be read: it is not OpenIOC/,
			);
			expect(error?.context).toMatchObject({ code: 'portal.brokenFile', outcome: 'accepted' });
		});
	});

	describe('Get Master IOC and Get Master YARA', () => {
		it.each([
			['getMasterIoc', 'apt', 'master-ioc-apt.csv', 'text/csv', /apt\.example\.com/],
			['getMasterYara', 'all', 'master-yara-all.yar', 'text/plain', /rule all_sample/],
		])('%s unpacks the file', async (operation, report_group, fileName, mimeType, content) => {
			const { items } = await run({ operation, report_group });
			expect(items).toHaveLength(1);
			expect(items[0]!.json).toMatchObject({ report_group, fileName, mimeType });
			expect(items[0]!.pairedItem).toEqual({ item: 0 });
			expect(items[0]!.binary!.data).toMatchObject({ fileName, mimeType });
			expect(contentOf(items[0], 'data')).toMatch(content);
		});

		it('keeps a large one whole, and puts it where it is told to', async () => {
			const rules = 'rule x { condition: true }\n'.repeat(400_000);
			portal.publications.master.yara = () => rules;
			const { items } = await run({ operation: 'getMasterYara', binaryPropertyName: 'yara' });
			expect(contentOf(items[0], 'yara') === rules).toBe(true);
		});

		describe('as items', () => {
			const md5 = '44d88612fea8a8f36de82e1278abb02f';
			const sha1 = '3395856ce81f2b7382dee72602f798b642f14140';
			const csv = (...rows: string[]) =>
				['UID,publication,indicator,date,type', ...rows, ''].join('\r\n');
			const itemsOf = async (file: string, parameters: IDataObject = {}, timezone = 'UTC') => {
				portal.publications.master.ioc = () => file;
				const given = { operation: 'getMasterIoc', output: 'items', ...parameters };
				return await run(given, { timezone });
			};
			const rows = [
				`1,Report one,${md5.toUpperCase()},2024-04-30,md5Hash`,
				`2,'Report, ''two''',evil[.]example.com,2024-05-01,networkActivity`,
				`3,'Report`,
				`three',203.0.113.7,2024-05-02,networkActivity,more`,
				``,
				`4,Report four,hxxp://evil.example/x,soon,networkActivity`,
				`5,Report one,${sha1},2024-05-02,SHA1HASH`,
				`6,Report one,Global\\mutex,2024-05-02,mutex`,
			];

			it('gives one for each indicator of the CSV', async () => {
				const { items, error } = await itemsOf(csv(...rows), { report_group: 'apt' });
				expect(error).toBeUndefined();
				expect(portal.requests[0]!.query).toEqual({ report_group: 'apt' });
				expect(items[0]!.json).toEqual({
					indicator: md5,
					kind: 'hash',
					type: 'md5Hash',
					hashType: 'md5',
					uid: '1',
					publication: 'Report one',
					detected: '2024-04-30',
				});
				expect(items.slice(1).map(({ json }) => Object.values(json))).toEqual([
					['evil.example.com', 'domain', 'networkActivity', '2', "Report, 'two'", '2024-05-01'],
					['203.0.113.7', 'ip', 'networkActivity', '3', 'Report\r\nthree', '2024-05-02'],
					['evil.example/x', 'url', 'networkActivity', '4', 'Report four', 'soon'],
					[sha1, 'hash', 'SHA1HASH', 'sha1', '5', 'Report one', '2024-05-02'],
					['Global\\mutex', 'other', 'mutex', '6', 'Report one', '2024-05-02'],
				]);
				for (const item of items) {
					expect(item.pairedItem).toEqual({ item: 0 });
					expect(item).not.toHaveProperty('binary');
				}
			});

			it.each<[IDataObject, string[]]>([
				[{ limit: 2 }, ['1', '2']],
				[{ returnAll: true, limit: 2 }, ['1', '2', '3', '4', '5', '6']],
				[{ localFilters: { types: ['sha1Hash', 'md5Hash'] } }, ['1', '5']],
				[{ localFilters: { types: 'networkActivity' }, limit: 1 }, ['2']],
				// What has no date that can be read is not left out.
				[{ localFilters: { since: '2024-05-02T23:59:00' } }, ['3', '4', '5', '6']],
				[{ localFilters: { since: '2024-05-01', types: ['md5Hash'] } }, []],
			])('keeps what %j asks for', async (parameters, uids) => {
				const { items, error } = await itemsOf(csv(...rows), parameters);
				expect(error).toBeUndefined();
				expect(items.map(({ json }) => json.uid)).toEqual(uids);
			});

			it.each([
				['Asia/Tokyo', ['3', '4', '5', '6']],
				['America/New_York', ['2', '3', '4', '5', '6']],
			])('takes the day of a moment in the time zone of the workflow: %s', async (zone, uids) => {
				const localFilters = { since: '2024-05-02T01:00:00Z' };
				const { items } = await itemsOf(csv(...rows), { localFilters }, zone);
				expect(items.map(({ json }) => json.uid)).toEqual(uids);
			});

			const xml = (...items: string[]) =>
				`<?xml version="1.0"?>\n<ioc xmlns="http://schemas.mandiant.com/2010/ioc">${items
					.map((item) => {
						const [search, content] = item.split(' ');
						return `<IndicatorItem><Context search="${search}"/><Content>${content}</Content></IndicatorItem>`;
					})
					.join('<!-- x -->\n')}</ioc>\n`;

			it('reads OpenIOC as well, each indicator once', async () => {
				const file = xml(
					`FileItem/Md5sum ${md5}`,
					'Network/DNS evil.example.com',
					`FileItem/Md5sum ${md5}`,
					'ProcessItem/Mutex/Name x',
				);
				const { items } = await itemsOf(file);
				expect(items.map(({ json }) => json)).toEqual([
					{ indicator: md5, kind: 'hash', type: 'FileItem/Md5sum', hashType: 'md5' },
					{ indicator: 'evil.example.com', kind: 'domain', type: 'Network/DNS' },
					{ indicator: 'x', kind: 'other', type: 'ProcessItem/Mutex/Name' },
				]);
				const hashes = await itemsOf(file, { localFilters: { types: ['md5Hash'] } });
				expect(hashes.items.map(({ json }) => json.indicator)).toEqual([md5]);
				const since = await itemsOf(file, { localFilters: { since: '2024-05-01' } });
				expect(since.error?.message).toMatch(/OpenIOC, which says no date of detection/);
				expect(since.error?.description).toMatch(/^Leave 'Detected Since' out/);
			});

			it.each([
				['nothing', '', /neither OpenIOC nor CSV of five columns/],
				['other columns', 'UUID,Indicator,Type\n1,a.example,x\n', /five columns/],
				['a row that is cut short', csv(...rows, '7,Report'), /five columns/],
				[
					'a quotation without end',
					csv(rows[0]!, "7,'Report,x,2024-05-02,md5Hash"),
					/five columns/,
				],
				['XML that breaks off', xml('Network/DNS a.example').slice(0, -9), /not OpenIOC/],
				['a PDF', '%PDF-1.7\n1 0 obj', /five columns/],
			])('refuses %s, and gives not half of it', async (_name, file, message) => {
				const { items, error } = await itemsOf(file, { returnAll: true });
				expect(items).toEqual([]);
				expect(error?.message).toMatch(/^The Master IOC file from the portal can't be read: /);
				expect(error?.message).toMatch(message);
				expect(error?.description).toMatch(/'Output' File/);
				expect(error?.context).toMatchObject({ code: 'portal.brokenFile', outcome: 'accepted' });
			});

			it('refuses a file that breaks off half-way', async () => {
				const whole = gzipSync(
					csv(...Array.from({ length: 20_000 }, (_, id) => `${id},${rows[0]}`)),
				);
				const master_ioc = whole.subarray(0, whole.length - 20).toString('base64');
				portal.script(/get_master/, {
					status: 200,
					body: { status: 'ok', return_data: { master_ioc } },
				});
				const { items, error } = await run({
					operation: 'getMasterIoc',
					output: 'items',
					returnAll: true,
				});
				expect(items).toEqual([]);
				expect(error?.message).toMatch(/its gzip is damaged or cut off/);
			});

			it.each<[IDataObject, RegExp]>([
				[{ output: 'list' }, /'Output' is 'list'/],
				[{ limit: 0 }, /'Limit' is /],
				[{ localFilters: { types: ['domain'] } }, /'Types' is 'domain'/],
				[{ localFilters: { since: 'soon' } }, /'Detected Since' is 'soon', which is not a date/],
			])('says what is wrong with %j, and sends nothing', async (parameters, message) => {
				const { error } = await itemsOf(csv(), parameters);
				expect(error?.message).toMatch(message);
				expect(portal.received).toBe(0);
			});
		});

		it('refuses a bomb in one sentence', async () => {
			// 300 MiB of zeros, in some 300 kB.
			const member = gzipSync(Buffer.alloc(50 * 1024 * 1024));
			const bomb = Buffer.concat(Array.from({ length: 6 }, () => member)).toString('base64');
			portal.script(/get_master/, {
				status: 200,
				body: { status: 'ok', return_data: { master_ioc: bomb } },
			});
			const { error } = await run({ operation: 'getMasterIoc' });
			expect(error?.message).toMatch(/^The Master IOC file from the portal is larger than 256 MiB/);
			expect(error?.context).toMatchObject({ code: 'portal.fileTooLarge', outcome: 'accepted' });
		});

		it.each([
			[{}, /it is not in the answer/],
			[{ master_ioc: 'UUID;a' }, /it is not base64/],
			[{ master_ioc: btoa('plain!') }, /it is not gzip/],
			[{ master_ioc: gzipSync('x'.repeat(999)).subarray(0, -9).toString('base64') }, /cut off/],
		])('says what is wrong with %j', async (return_data, message) => {
			portal.script(/get_master/, { status: 200, body: { status: 'ok', return_data } });
			const { error } = await run({ operation: 'getMasterIoc' });
			expect(error?.message).toMatch(message);
		});
	});

	describe('refusals', () => {
		const refused = { status: 'error', status_msg: 'Publication\nnot found', return_data: {} };

		it('inside a 200 stop the node, with the portal’s words', async () => {
			const { error } = await run({ operation: 'get', publicationId: 'none' });
			expect(error?.message).toBe("The portal refused the request (status 'error') [item 0]");
			expect(error?.description).toMatch(/^The portal says: Publication not found\./);
			expect(error?.context).toMatchObject({
				code: 'portal.refused',
				outcome: 'rejected',
				errorId: 'error',
				portalDescription: 'Publication not found',
				statusCode: 200,
			});
		});

		it('become items when the node continues, and the others go on', async () => {
			portal.publications.publish({ id: 'good' });
			const parameters = { operation: 'get', publicationId: '={{ $json.id }}' };
			const items = [{ id: 'none' }, { id: 'good' }];
			const continued = await run(parameters, {
				items,
				settings: { onError: 'continueRegularOutput' },
			});
			expect(continued.items.map(({ json }) => json.code ?? json.id)).toEqual([
				'portal.refused',
				'good',
			]);
			expect(continued.items.map(({ pairedItem }) => pairedItem)).toEqual([
				{ item: 0 },
				{ item: 1 },
			]);

			const branched = await run(parameters, {
				items,
				settings: { onError: 'continueErrorOutput' },
			});
			expect(idsOf(branched.items)).toEqual(['good']);
			expect(branched.errorItems[0]!.json).toMatchObject({ code: 'portal.refused', id: 'none' });
		});

		it('are asked again by Retry On Fail', async () => {
			portal.publications.publish({ id: 'late' });
			portal.script(/get_one/, { status: 200, body: refused });
			const { error, items } = await run(
				{ operation: 'get', publicationId: 'late' },
				{ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
			);
			expect(error).toBeUndefined();
			expect(idsOf(items)).toEqual(['late']);
			expect(portal.requests).toHaveLength(2);
		});

		it('of the account name what reports need', async () => {
			portal.script(/get_list/, { status: 403, body: {} });
			const { error } = await run({ operation: 'getAll' });
			expect(error?.description).toMatch(/licence for APT or crimeware reports/);
		});

		it('quote no password', async () => {
			portal.script(/get_list/, {
				status: 200,
				body: { status: 'error', status_msg: `not ${portal.password}` },
			});
			const { error, stored } = await run({ operation: 'getAll' });
			expect(error?.description).toContain('not ***');
			expect(stored).not.toContain(portal.password);
		});

		it.each([
			['nothing', '', /answered 200 with nothing, not with a report/],
			['a page', '<html>', /answered 200 with a web page, not with a report/],
			['no envelope', '[]', /with a list, not with a report/],
			['another object', '{"id":"x"}', /an object of another form.*there is no 'status'/],
			['broken JSON', '{"status": "ok", ', /with JSON that is damaged or cut off/],
			['a refusal', '{"error":"no","description":"No licence"}', /with a refusal/],
		])('an answer that holds %s is said to be one', async (_name, rawBody, message) => {
			portal.script(/get_one/, { status: 200, rawBody });
			const { error } = await run({ operation: 'get', publicationId: 'x' });
			expect(error?.message).toMatch(message);
			expect(error?.message).toContain(`localhost:${portal.port}`);
			expect(error?.description).toMatch(/'Base URL'/);
			expect(error?.description).not.toMatch(/rescan/);
		});
	});

	/** As n8n keeps files unless it is told otherwise: the stream is written as it is decoded. */
	describe('with binary data on disk', () => {
		const service = Container.get(BinaryDataService);
		beforeAll(() => service.init());

		it('keeps the file whole', async () => {
			const rules = 'rule x { condition: true }\n'.repeat(400_000);
			portal.publications.master.yara = () => rules;
			const { items } = await run({ operation: 'getMasterYara' });
			const file = items[0]!.binary!.data!;
			expect(file).toMatchObject({ data: 'filesystem-v2', fileName: 'master-yara-all.yar' });
			expect((await service.getAsBuffer(file)).toString() === rules).toBe(true);
			expect(items[0]!.json.fileSize).toBe('10.8 MB');
		});

		it('says what is wrong with a file that breaks off half-way', async () => {
			const packed = gzipSync(randomBytes(1_000_000)).subarray(0, 700_000);
			portal.script(/get_master/, {
				status: 200,
				body: { status: 'ok', return_data: { master_ioc: packed.toString('base64') } },
			});
			const { error } = await run({ operation: 'getMasterIoc' });
			expect(error?.message).toMatch(/can't be read: its gzip is damaged or cut off/);
		});
	});
});
