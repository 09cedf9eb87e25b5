import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { explain } from '../../nodes/shared/messages';
import { nameMasterFile, nameReportFile } from '../../tip/reports/fileNames';
import { openMasterFile, openReportFile } from '../../tip/reports/files';
import { TipError } from '../../tip/values/error';
import { turnsOf } from './turns';

const XML = `<?xml version="1.0" encoding="utf-8"?>\n<ioc>${'<Indicator/>'.repeat(40)}</ioc>\n`;

function inLines(text: string, length: number, end = '\n'): string {
	return text.match(new RegExp(`.{1,${length}}`, 'g'))!.join(end) + end;
}

async function rejectedBy(promise: Promise<unknown>): Promise<TipError> {
	const thrown: unknown = await promise.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(thrown).toBeInstanceOf(TipError);
	return thrown as TipError;
}

describe('Files', () => {
	const text = 'rule a { condition: true }\n'.repeat(50_000);
	const packed = gzipSync(text).toString('base64');
	const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

	it('unpacks a master file in pieces', async () => {
		const { head, content } = await openMasterFile(packed, 'master_ioc');
		expect(head.toString()).toBe(text.slice(0, head.length));
		expect(digest(await buffer(content))).toBe(digest(Buffer.from(text)));
	});

	it('takes base64 in lines, and gzip in several members', async () => {
		const two = Buffer.concat([gzipSync('one '), gzipSync('two')]).toString('base64');
		const wrapped = two.replace(/.{1,16}/g, '$&\r\n');
		const { content } = await openMasterFile(wrapped, 'master_ioc');
		expect((await buffer(content)).toString()).toBe('one two');
	});

	it('stops a gzip bomb at the limit, before it is unpacked whole', async () => {
		const limit = 1024 * 1024;
		const bomb = gzipSync(Buffer.alloc(64 * limit)).toString('base64');
		expect(bomb.length).toBeLessThan(limit);
		const { content } = await openMasterFile(bomb, 'master_ioc', limit);
		let taken = 0;
		const reading = (async () => {
			for await (const chunk of content as AsyncIterable<Buffer>) taken += chunk.length;
		})();
		const error = await rejectedBy(reading);
		expect(error).toMatchObject({ code: 'portal.fileTooLarge', outcome: 'accepted' });
		expect(explain(error).message).toMatch(
			/^The Master IOC file from the portal is larger than 1 MiB when unpacked/,
		);
		expect(taken).toBeLessThanOrEqual(limit);
	});

	it('takes a file that just fits', async () => {
		const limit = 100_000;
		const full = gzipSync(Buffer.alloc(limit, 1)).toString('base64');
		const { content } = await openMasterFile(full, 'master_ioc', limit);
		expect(await buffer(content)).toHaveLength(limit);
	});

	it.each<[string, unknown, RegExp]>([
		['missing', undefined, /is not in the answer/],
		['empty', '', /is not in the answer/],
		['not base64', 'x!', /is not base64/],
		['half base64', packed.slice(0, 10), /is not base64/],
		['not gzip', Buffer.from('plain text').toString('base64'), /is not gzip/],
	])('refuses a master file that is %s', async (_name, encoded, reason) => {
		const error = await rejectedBy(openMasterFile(encoded, 'master_ioc'));
		expect(error.code).toBe('portal.brokenFile');
		expect(explain(error).message).toMatch(reason);
	});

	it.each([
		['cut off', Buffer.from(packed, 'base64').subarray(0, -20)],
		['damaged', Buffer.from(packed, 'base64').fill(0xaa, 900, 960)],
	])('refuses gzip that is %s, and not as a crash of zlib', async (_name, bytes) => {
		const reading = openMasterFile(bytes.toString('base64'), 'master_ioc').then(
			async ({ content }) => await buffer(content),
		);
		expect(explain(await rejectedBy(reading)).message).toMatch(/damaged or cut off/);
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
		['one word', 'none', 'none'],
		['words in lines', 'four\nfive\nnone\n', 'four\nfive\nnone\n'],
		['F04: base64 with a line end at the end', `${btoa(XML)}\n`, XML],
		['F04: base64 with a line end of Windows', `${btoa(XML)}\r\n`, XML],
		['F01: base64 in lines of 76', `${inLines(btoa(XML), 76)}`, XML],
		['F01: base64 in lines of 64, of Windows', `${inLines(btoa(XML), 64, '\r\n')}`, XML],
		['base64 of gzip in lines', inLines(gzipSync(XML).toString('base64'), 76), XML],
		['base64 of UTF-8', Buffer.from('Атака 攻撃 😀').toString('base64'), 'Атака 攻撃 😀'],
		['text that begins like base64', `${'a'.repeat(5000)} b`, `${'a'.repeat(5000)} b`],
		['a large text', '😀é'.repeat(200_001), '😀é'.repeat(200_001)],
	])('takes a file of a report as %s', async (_name, encoded, expected) => {
		const { content } = await openReportFile(encoded, 'master_ioc');
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

	it('has its name cut before it is looked at: a ligature becomes many letters', () => {
		const name = '\uFDFA'.repeat(10_000_000);
		const { fileName } = nameReportFile({ name }, 'yara', Buffer.from('rule'));
		expect(fileName.length).toBeLessThanOrEqual(84);
		for (const odd of [{}, [name], null, true]) {
			const named = nameReportFile({ id: 7, name: odd }, 'yara', Buffer.from('rule'));
			expect(named.fileName).toBe('report-7.yar');
		}
	});

	it.each([
		['a text', async (text: string) => await openReportFile(text, 'report_iocs')],
		['base64', async (text: string) => await openReportFile(btoa(text), 'report_iocs')],
		[
			'a master file',
			async (text: string) => await openMasterFile(gzipSync(text).toString('base64'), 'master_ioc'),
		],
	])('lets the event loop have its turns while it is read: %s', async (_name, open) => {
		const text = 'evil.example;2026-05-01\n'.repeat(1_000_000);
		const reading = open(text).then(async ({ content }) => {
			let bytes = 0;
			for await (const chunk of content as AsyncIterable<Buffer>) bytes += chunk.length;
			return bytes;
		});
		const { value: bytes, turns } = await turnsOf(reading);
		expect(bytes).toBe(text.length);
		// A turn for at most two million characters.
		expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 2_100_000));
	});
});
