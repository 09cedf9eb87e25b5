import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { openEnvelope } from '../../tip/portal/envelope';
import {
	nameMasterFile,
	nameReportFile,
	openMasterFile,
	openReportFile,
} from '../../tip/reports/files';
import { matches, newestFirst, readPublications } from '../../tip/reports/list';
import {
	masterFileRequest,
	publicationListRequest,
	publicationRequest,
} from '../../tip/reports/requests';
import { requestTarget } from '../../tip/values/request';

function thrownBy(action: () => unknown): TipError {
	try {
		action();
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		return thrown as TipError;
	}
	throw new Error('nothing was thrown');
}

async function rejectedBy(promise: Promise<unknown>): Promise<TipError> {
	const thrown: unknown = await promise.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(thrown).toBeInstanceOf(TipError);
	return thrown as TipError;
}

describe('The envelope', () => {
	it.each([
		['an object', { status: 'ok', return_data: { count: 0 } }, { count: 0 }],
		['in capitals', { status: 'OK', status_msg: '', return_data: { a: 1 } }, { a: 1 }],
		['a list', { status: 'ok', return_data: [1] }, { data: [1] }],
	])('gives what is in it: %s', (_name, answer, expected) => {
		expect(openEnvelope(answer, 200)).toEqual(expected);
	});

	it('takes any other status for a refusal, with the portal’s words made plain', () => {
		const error = thrownBy(() =>
			openEnvelope(
				{ status: 'error', status_msg: `No\n\u0000such ${'x'.repeat(600)}`, return_data: {} },
				200,
			),
		);
		expect(error).toMatchObject({
			code: 'portal.refused',
			outcome: 'rejected',
			status: 200,
			errorId: 'error',
			retryable: false,
		});
		const { message, advice } = explain(error);
		expect(message).toBe("The portal refused the request (status 'error')");
		expect(advice).toMatch(/^The portal says: No such x+… Check the fields/);
		expect(advice.length).toBeLessThan(700);
		expect(error.portalDescription).toMatch(/^No such/);
	});

	it.each([[undefined], ['text'], [null], [{}], [{ status: 1 }], [{ status: 'ok' }]])(
		'says so when it is another form: %j',
		(answer) => {
			const error = thrownBy(() => openEnvelope(answer, 200));
			expect(error).toMatchObject({ code: 'portal.unreadable', outcome: 'accepted' });
			expect(explain(error).message).toMatch(/an object of another form.*there is no '/);
		},
	);
});

describe('Requests for reports', () => {
	it('are POSTs that may be repeated, with everything in the query', () => {
		const list = publicationListRequest({ date_start: 1, date_end: 2 });
		expect(list).toMatchObject({ method: 'POST', safe: true, enveloped: true });
		expect(requestTarget(list)).toBe('/api/publications/get_list?date_start=1&date_end=2');
		expect(requestTarget(publicationListRequest())).toBe('/api/publications/get_list');
		expect(requestTarget(publicationRequest(' a/b ', { parts: ['pdf', 'iocs'], lang: 'en' }))).toBe(
			'/api/publications/get_one?publication_id=a%2Fb&include_info=pdf%2Ciocs&lang=en',
		);
		expect(requestTarget(publicationRequest(7))).toBe('/api/publications/get_one?publication_id=7');
		expect(requestTarget(masterFileRequest('ioc', 'apt'))).toBe(
			'/api/publications/get_master_ioc?report_group=apt',
		);
		expect(requestTarget(masterFileRequest('yara', 'all'))).toBe(
			'/api/publications/get_master_yara?report_group=all',
		);
	});

	it.each([
		["'Publication ID' is empty", () => publicationRequest('  ')],
		["'Publication ID' is empty", () => publicationRequest(undefined)],
		["'Publication ID' is an object, not text", () => publicationRequest({})],
		["'Publication ID' has 257 characters", () => publicationRequest('x'.repeat(257))],
		["'Publication ID' holds half of a character", () => publicationRequest('\uD800')],
		[
			"'Include' is 'exe', which is not one of its values",
			() => publicationRequest('a', { parts: ['pdf', 'exe'] }),
		],
		[
			"'Report Group' is 'APT', which is not one of its values",
			() => masterFileRequest('ioc', 'APT'),
		],
	])('are refused: %s', (message, build) => {
		const error = thrownBy(build);
		expect(error).toMatchObject({ kind: 'input', outcome: 'notSent' });
		expect(explain(error).message).toContain(message);
	});
});

describe('The list', () => {
	it('is read as far as it is one', () => {
		expect(readPublications({ count: 3, publications: [{ id: 1 }, null, 'x', [1]] })).toEqual([
			{ id: 1 },
		]);
		expect(readPublications({ count: 0 })).toEqual([]);
		expect(explain(thrownBy(() => readPublications({ count: 1 }))).message).toMatch(/no list/);
		expect(explain(thrownBy(() => readPublications({}))).message).toMatch(/no list/);
	});

	const report = {
		report_group: 'APT',
		tags: ['Ransomware', null],
		tags_industry: 'Finance, Energy',
		tags_geo: ['Norway'],
		tags_actors: ['Lazarus'],
	};
	it.each([
		[{}, true],
		[{ reportGroup: 'apt' }, true],
		[{ reportGroup: 'fin' }, false],
		[{ tags: [] }, true],
		[{ tags: ['ransomware'] }, true],
		[{ tags: ['energy'] }, true],
		[{ tags: ['x', 'NORWAY'] }, true],
		[{ tags: ['lazarus'], reportGroup: 'fin' }, false],
		[{ tags: ['ransom'] }, false],
	])('%j lets the report through: %p', (filter, expected) => {
		expect(matches(report, filter)).toBe(expected);
	});

	it('is put into order, newest first', () => {
		const list = [
			{ id: 'a', updated: 1 },
			{ id: 'x' },
			{ id: 'c', published: 5, updated: '2024-05-01' },
			{ id: 'b', published: 9 },
		];
		expect(newestFirst(list).map(({ id }) => id)).toEqual(['c', 'b', 'a', 'x']);
		expect(list[0]!.id).toBe('a');
	});
});

describe('Files', () => {
	const text = 'rule a { condition: true }\n'.repeat(50_000);
	const packed = gzipSync(text).toString('base64');
	const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

	it('unpacks a master file in pieces', async () => {
		const { head, content } = await openMasterFile(packed, 'The file');
		expect(head.toString()).toBe(text.slice(0, head.length));
		expect(digest(await buffer(content))).toBe(digest(Buffer.from(text)));
	});

	it('takes base64 in lines, and gzip in several members', async () => {
		const two = Buffer.concat([gzipSync('one '), gzipSync('two')]).toString('base64');
		const wrapped = two.replace(/.{1,16}/g, '$&\r\n');
		const { content } = await openMasterFile(wrapped, 'The file');
		expect((await buffer(content)).toString()).toBe('one two');
	});

	it('stops a gzip bomb at the limit, before it is unpacked whole', async () => {
		const limit = 1024 * 1024;
		const bomb = gzipSync(Buffer.alloc(64 * limit)).toString('base64');
		expect(bomb.length).toBeLessThan(limit);
		const { content } = await openMasterFile(bomb, 'The Master IOC file', limit);
		let taken = 0;
		const reading = (async () => {
			for await (const chunk of content as AsyncIterable<Buffer>) taken += chunk.length;
		})();
		expect(await rejectedBy(reading)).toMatchObject({
			code: 'portal.fileTooLarge',
			message: expect.stringMatching(
				/^The Master IOC file from the portal is larger than 1 MiB when unpacked/,
			),
		});
		expect(taken).toBeLessThanOrEqual(limit);
	});

	it('takes a file that just fits', async () => {
		const limit = 100_000;
		const full = gzipSync(Buffer.alloc(limit, 1)).toString('base64');
		const { content } = await openMasterFile(full, 'The file', limit);
		expect(await buffer(content)).toHaveLength(limit);
	});

	it.each<[string, unknown, RegExp]>([
		['missing', undefined, /is not in the answer/],
		['empty', '', /is not in the answer/],
		['not base64', 'x!', /is not base64/],
		['half base64', packed.slice(0, 10), /is not base64/],
		['not gzip', Buffer.from('plain text').toString('base64'), /is not gzip/],
	])('refuses a master file that is %s', async (_name, encoded, reason) => {
		const error = await rejectedBy(openMasterFile(encoded, 'The file'));
		expect(error.code).toBe('portal.brokenFile');
		expect(error.message).toMatch(reason);
	});

	it.each([
		['cut off', Buffer.from(packed, 'base64').subarray(0, -20)],
		['damaged', Buffer.from(packed, 'base64').fill(0xaa, 900, 960)],
	])('refuses gzip that is %s, and not as a crash of zlib', async (_name, bytes) => {
		const reading = openMasterFile(bytes.toString('base64'), 'The file').then(
			async ({ content }) => await buffer(content),
		);
		expect((await rejectedBy(reading)).message).toMatch(/damaged or cut off/);
	});

	const md5 = '44d88612fea8a8f36de82e1278abb02f';
	it.each<[string, string, string]>([
		['base64', Buffer.from('%PDF-1.7 …').toString('base64'), '%PDF-1.7 …'],
		['base64 of gzip', gzipSync('%PDF-1.7').toString('base64'), '%PDF-1.7'],
		['text', 'rule a { condition: true }', 'rule a { condition: true }'],
		['text of odd length', 'abc', 'abc'],
		['hashes in lines', `${md5}\n${md5}\n`, `${md5}\n${md5}\n`],
		['one hash', md5, md5],
		[
			'base64 in lines',
			`${btoa('%PDF-1.7 in').slice(0, 8)}\n${btoa('%PDF-1.7 in').slice(8)}`,
			'%PDF-1.7 in',
		],
		['words with blanks', 'four four', 'four four'],
	])('takes a file of a report as %s', async (_name, encoded, expected) => {
		const { content } = await openReportFile(encoded, 'The file');
		expect((await buffer(content)).toString()).toBe(expected);
	});

	it.each<[string, 'execsum' | 'iocs' | 'pdf' | 'yara', string, string, string]>([
		[
			'Operation "Über" / part 2',
			'pdf',
			'%PDF-1.7',
			'operation-über-part-2.pdf',
			'application/pdf',
		],
		['Операция', 'execsum', '%PDF-1.4', 'операция-execsum.pdf', 'application/pdf'],
		['A', 'execsum', 'In short', 'a-execsum.txt', 'text/plain'],
		['A', 'execsum', '<!DOCTYPE html>', 'a-execsum.html', 'text/html'],
		['A', 'iocs', '\uFEFF<?xml version="1.0"?>', 'a-iocs.xml', 'application/xml'],
		['A', 'iocs', 'UUID,Indicator\n', 'a-iocs.csv', 'text/csv'],
		['A', 'iocs', '{"objects":[]}', 'a-iocs.json', 'application/json'],
		['A', 'iocs', `${md5}\n`, 'a-iocs.txt', 'text/plain'],
		['A', 'iocs', 'PK\u0003\u0004\u0000', 'a-iocs.zip', 'application/zip'],
		['A', 'yara', 'rule a {}', 'a.yar', 'text/plain'],
		['A', 'pdf', 'x\u0000y', 'a.bin', 'application/octet-stream'],
		['../../etc', 'yara', 'rule a {}', 'etc.yar', 'text/plain'],
		['?!', 'yara', 'rule a {}', 'report-42.yar', 'text/plain'],
		['x'.repeat(300), 'yara', 'rule a {}', `${'x'.repeat(80)}.yar`, 'text/plain'],
	])('names %p, %s', (name, role, head, fileName, mimeType) => {
		expect(nameReportFile({ id: 42, name }, role, Buffer.from(head))).toEqual({
			fileName,
			mimeType,
		});
	});

	it('names master files', () => {
		expect(nameMasterFile('iocs', 'apt', Buffer.from('UUID;a\n'))).toEqual({
			fileName: 'master-ioc-apt.csv',
			mimeType: 'text/csv',
		});
		expect(nameMasterFile('yara', 'all', Buffer.from('rule'))).toEqual({
			fileName: 'master-yara-all.yar',
			mimeType: 'text/plain',
		});
	});
});
