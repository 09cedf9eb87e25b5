import { extractIndicators, MAX_TEXT_LENGTH } from '../../tip/lookup/extract';
import { isOfDomain, isPrivateAddress } from '../../tip/lookup/reserved';
import { relatedIn, readRelatedSection } from '../../tip/lookup/related';
import { TipError } from '../../tip/values/error';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';

const valuesIn = (value: unknown, options = {}) =>
	extractIndicators(value, options)!.map(({ kind, value: found }) => `${kind} ${found}`);

describe('Indicators in a text', () => {
	it.each<[string, string[]]>([
		[
			'See evil.com. Then hxxps://bad[.]example[.]org/a?b=c, and more.',
			['domain evil.com', 'url bad.example.org/a?b=c'],
		],
		[`MD5: ${MD5.toUpperCase()}; twice ${MD5}`, [`hash ${MD5}`]],
		[
			'from 8.8.8.8 (8[.]8[.]4[.]4) to [2001:4860:4860::8888]',
			['ip 8.8.8.8', 'ip 8.8.4.4', 'ip 2001:4860:4860::8888'],
		],
		['<a href="https://evil.com/x">click</a>', ['url evil.com/x']],
		['“evil.com” ‘evil.org’ «evil.net»', ['domain evil.com', 'domain evil.org', 'domain evil.net']],
		['From: a.b@evil.com, b[@]evil[.]org', ['domain evil.com', 'domain evil.org']],
		['open report.docx and virus.exe, e.g. now', []],
		['no indicators here, at 12.05.2024 or v1.2.3 or 10:30', []],
		['', []],
	])('%s', (text, expected) => {
		expect(valuesIn(text)).toEqual(expected);
	});

	it('are told where they stand and how often', () => {
		const item = { subject: 'x', body: ['a', 'See evil[.]com and evil.com.'] };
		expect(extractIndicators(item)).toEqual(
			[
				{
					kind: 'domain',
					value: 'evil.com',
					found: 'evil[.]com',
					path: 'body[1]',
					position: 4,
					count: 1,
				},
			].map((one) => ({ ...one, count: 2 })),
		);
	});

	it('leave out what is private, and what is one’s own, when told to', () => {
		const text =
			'10.0.0.1 192.168.1.1 203.0.113.7 fe80::1 8.8.8.8 host.local mail.own.com own.com notown.com http://10.0.0.1/x';
		expect(valuesIn(text, { withoutPrivate: true, ownDomains: ['own.com'] })).toEqual([
			'ip 8.8.8.8',
			'domain notown.com',
		]);
		expect(valuesIn(text)).toContain('ip 10.0.0.1');
	});

	it('are not looked for in more than is gone through at once', () => {
		expect(extractIndicators('a '.repeat(MAX_TEXT_LENGTH / 2))).toEqual([]);
		expect(extractIndicators('a '.repeat(MAX_TEXT_LENGTH / 2 + 1))).toBeUndefined();
		const many = Array.from({ length: 3000 }, (_, index) => `host${index}.com`).join(' ');
		expect(extractIndicators(many)).toBeUndefined();
	});

	it.each(['.', ':', '[', 'a.', '1.', '((', 'é', '\u200b', 'x[.]'])(
		'do not hold the thread in a text of nothing but %j',
		(unit) => {
			const text = unit.repeat(Math.floor(MAX_TEXT_LENGTH / unit.length));
			expect(extractIndicators(text)).toEqual([]);
		},
	);
});

describe('A private address', () => {
	it.each(['10.1.2.3', '172.31.0.1', '100.64.0.1', '::1', 'fd00::1', '198.51.100.7'])(
		'is %s',
		(value) => {
			expect(isPrivateAddress({ kind: 'ip', value })).toBe(true);
		},
	);

	it.each(['172.32.0.1', '8.8.8.8', '2001:4860::1', '100.128.0.1'])('is not %s', (value) => {
		expect(isPrivateAddress({ kind: 'ip', value })).toBe(false);
	});

	it('of one’s own is the domain and what is below it, and no other', () => {
		expect(isOfDomain({ kind: 'url', value: 'a.own.com:8080/x' }, 'own.com')).toBe(true);
		expect(isOfDomain({ kind: 'domain', value: 'down.com' }, 'own.com')).toBe(false);
		expect(isOfDomain({ kind: 'hash', value: MD5 }, 'own.com')).toBe(false);
	});
});

describe('Related objects', () => {
	it('are the rows of a section, each with what it is about', () => {
		const row = { Md5: MD5.toUpperCase(), Zone: 'Red', LastDownloadDate: '2026-01-01T00:00Z' };
		expect(relatedIn({ X: [row, 'x', { Url: 'a.com/b', FirstSeen: 'f' }, {}] }, 'X')).toEqual([
			{
				value: MD5,
				valueKind: 'hash',
				zone: 'Red',
				firstSeen: null,
				lastSeen: '2026-01-01T00:00Z',
				details: row,
			},
			{
				value: 'a.com/b',
				valueKind: 'url',
				zone: null,
				firstSeen: 'f',
				lastSeen: null,
				details: { Url: 'a.com/b', FirstSeen: 'f' },
			},
			{ value: null, valueKind: null, zone: null, firstSeen: null, lastSeen: null, details: {} },
		]);
		expect(relatedIn({}, 'X')).toEqual([]);
	});

	it('are asked for by a section that the kind has, or that is new', () => {
		expect(readRelatedSection('FileNames', 'hash')).toBe('FileNames');
		expect(readRelatedSection('NotInTheListYet', 'ip')).toBe('NotInTheListYet');
		for (const [section, kind] of [
			['FileNames', 'ip'],
			['a;b', 'hash'],
			['', 'hash'],
		] as const) {
			expect(() => readRelatedSection(section, kind)).toThrow(TipError);
		}
	});
});
