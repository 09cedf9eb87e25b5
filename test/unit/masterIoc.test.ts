import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { explain } from '../../nodes/shared/messages';
import { CsvReader } from '../../tip/reports/csv';
import { decode } from '../../tip/reports/decode';
import { MOST_MASTER_ITEMS, readMasterIoc } from '../../tip/reports/masterIoc';
import { readOpenIoc, type OpenIocItem } from '../../tip/reports/openIoc';
import type { TipError } from '../../tip/values/error';
import { turnsOf } from './turns';

const MiB = 1024 * 1024;
const ALL = { types: [] };
const HEADER = 'UID,publication,indicator,date,type\n';

/** The same text in pieces, cut at these places. */
function cut(text: string, places: number[]): string[] {
	const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
	return [0, ...at].map((from, index) => text.slice(from, at[index]));
}

function rowsOf(pieces: string[]): string[][] {
	const reader = new CsvReader();
	return [...pieces.flatMap((piece) => [...reader.add(piece)]), ...reader.end()];
}

async function itemsOf(pieces: Buffer[]): Promise<OpenIocItem[]> {
	const found: OpenIocItem[] = [];
	for await (const item of readOpenIoc(Readable.from(pieces), 'x')) found.push(item);
	return found;
}

/** Base64 of gzip of a part that is repeated. */
async function packed(part: string, times: number, around = ['', '']): Promise<string> {
	const many = part.repeat(Math.min(times, 1000));
	const parts = function* () {
		yield around[0]!;
		for (let left = times; left > 0; left -= 1000) {
			yield left < 1000 ? part.repeat(left) : many;
		}
		yield around[1]!;
	};
	const bytes = await buffer(
		Readable.from(parts(), { objectMode: false }).pipe(createGzip({ level: 1 })),
	);
	return bytes.toString('base64');
}

describe('The master IOC file', () => {
	it('is the same CSV wherever its pieces end', () => {
		const field = fc.string({ unit: fc.constantFrom(...",'\n\rab é"), maxLength: 8 });
		const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
		fc.assert(
			fc.property(
				fc.array(fc.array(field, { minLength: 2, maxLength: 6 }), { maxLength: 5 }),
				fc.array(fc.nat(), { maxLength: 10 }),
				(rows, places) => {
					const text = rows.map((row) => row.map(quoted).join(',')).join('\n');
					expect(rowsOf(cut(text, places))).toEqual(rows);
				},
			),
			{ numRuns: 500 },
		);
	});

	it.each([
		["a,'b", undefined],
		["a,b'c,d''e\n", [['a', "b'c", "d''e"]]],
		["'a'b,c\n", [['ab', 'c']]],
		[
			'a,\n\n \r\n,b',
			[
				['a', ''],
				['', 'b'],
			],
		],
	])('takes apostrophes as the client in wide use does: %j', (text, rows) => {
		for (const pieces of [[text], [...text]]) {
			if (rows === undefined) expect(() => rowsOf(pieces)).toThrow();
			else expect(rowsOf(pieces)).toEqual(rows);
		}
	});

	it('is the same OpenIOC wherever its pieces end', async () => {
		const item = (content: string) =>
			`<IndicatorItem id="1"><Context search="Network/DNS"/><Content>${content}</Content></IndicatorItem>`;
		const xml = Buffer.from(
			`\uFEFF<?xml version="1.0"?><!-- -->\n<x:ioc a="1">${item('a')}<!-- ${item('no')} --><!---->${item('bé')}\n${item('c&amp;d')}</x:ioc>\n`,
		);
		for (let size = 1; size < 60; size++) {
			const pieces = Array.from({ length: Math.ceil(xml.length / size) }, (_, index) =>
				xml.subarray(index * size, (index + 1) * size),
			);
			expect((await itemsOf(pieces)).map(({ content }) => content)).toEqual(['a', 'bé', 'c&d']);
			await expect(itemsOf(pieces.slice(0, -1).concat(Buffer.from('<')))).rejects.toThrow();
		}
	});

	it('is read in pieces, with turns of the event loop in between', async () => {
		const row = `1,${'A report '.repeat(100)},evil.example.com,2024-05-01,networkActivity\n`;
		const times = Math.floor((16 * MiB) / row.length);
		const encoded = await packed(row, times, [
			HEADER,
			'2,x,last.example,2024-05-02,networkActivity\n',
		]);
		const filter = { types: [], since: '2024-05-02' };
		const { value, turns } = await turnsOf(readMasterIoc(encoded, filter));
		expect(value.map(({ indicator }) => indicator)).toEqual(['last.example']);
		expect(turns).toBeGreaterThanOrEqual(16 * 4 - 1);
	});

	it('gives turns of the event loop also where the file itself gives none', async () => {
		async function* file() {
			for (let piece = 0; piece < 256; piece++) yield Buffer.alloc(16 * 1024, 'x');
		}
		let length = 0;
		const reading = (async () => {
			for await (const text of decode(file())) length += text.length;
		})();
		const { turns } = await turnsOf(reading);
		expect(length).toBe(4 * MiB);
		expect(turns).toBeGreaterThanOrEqual(16);
	});

	it('leaves nothing in memory but what was asked for', async () => {
		setFlagsFromString('--expose-gc');
		const collectGarbage = runInNewContext('gc') as () => void;
		const rows = Array.from(
			{ length: 1000 },
			(_, id) => `${id},x,a-name-${id}.example.com,2024-05-01,md5Hash,${'x'.repeat(20_000)}\n`,
		);
		const encoded = gzipSync(HEADER + rows.join('')).toString('base64');
		collectGarbage();
		const before = process.memoryUsage().heapUsed;
		const found = await readMasterIoc(encoded, ALL);
		collectGarbage();
		// The file has 20 MB; a piece of a text keeps all of the text.
		expect(process.memoryUsage().heapUsed - before).toBeLessThan(6 * MiB);
		expect(found).toHaveLength(1000);
	});

	it('is read no further than the limit', async () => {
		const broken = (
			await packed('1,r,a.example,2024-05-01,md5Hash\n', 200_000, [HEADER, ''])
		).slice(0, -400);
		await expect(readMasterIoc(broken, ALL, 3)).resolves.toHaveLength(3);
		await expect(readMasterIoc(broken, { types: ['sha1Hash'] })).rejects.toMatchObject({
			code: 'portal.brokenFile',
		});
	});

	it('is refused when more of it is wanted than n8n can hold', async () => {
		const row = '1,r,a.example,2024-05-01,md5Hash\n';
		const encoded = await packed(row, MOST_MASTER_ITEMS + 1, [HEADER, '']);
		await expect(readMasterIoc(encoded, ALL, MOST_MASTER_ITEMS)).resolves.toHaveLength(
			MOST_MASTER_ITEMS,
		);
		const error = (await readMasterIoc(encoded, ALL).catch(
			(thrown: unknown) => thrown,
		)) as TipError;
		expect(error).toMatchObject({ code: 'portal.tooManyIndicators', outcome: 'accepted' });
		expect(explain(error).message).toMatch(/more than 200,000 indicators that match/);
	});
});
