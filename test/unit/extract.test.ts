import { extractIndicators, MAX_TEXT_LENGTH } from '../../tip/lookup/extract';
import type { Indicator } from '../../tip/lookup/indicator';
import { isOfDomain, isPrivateAddress } from '../../tip/lookup/reserved';
import { relatedIn, readRelatedSection } from '../../tip/lookup/related';
import { TipError, type Facts } from '../../tip/values/error';

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
		// The length of what is looked at more closely.
		['a.b', []],
		['t.co', ['domain t.co']],
		[`http://evil.com/${'a'.repeat(2000)}${'b'.repeat(484)}`, []],
		// What is around a word, and what belongs to it.
		[
			'((evil.com)) [evil.org] {evil.net}',
			['domain evil.com', 'domain evil.org', 'domain evil.net'],
		],
		['*evil.com* _evil.org_ ~evil.net~', ['domain evil.com', 'domain evil.org', 'domain evil.net']],
		[
			'http://evil.com/a_(b) http://evil.com/{c} http://evil.com/[d]',
			['url evil.com/a_(b)', 'url evil.com/{c}', 'url evil.com/[d]'],
		],
		['(http://evil.com/a) evil.org?!', ['url evil.com/a', 'domain evil.org']],
		// Mail addresses, of which the domain is what can be looked up.
		[
			'mailto:a@evil.com A.B(at)evil.org a[at]evil.net',
			['domain evil.com', 'domain evil.org', 'domain evil.net'],
		],
		['http://evil.com/a@evil.org', ['url evil.com/a@evil.org']],
		[`x${MD5} ${MD5}x ${MD5.slice(1)}`, []],
		['::1 fe80::1', ['ip fe80::1']],
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

	it('are looked for in every text of a value, in order of depth, and not in its keys', () => {
		const value = {
			'evil.com': { 'a b': [{ c: 'evil.org' }, 'evil.net'] },
			d: 'see evil.info',
			e: null,
			f: 5,
		};
		expect(extractIndicators(value)!.map(({ path, position }) => [path, position])).toEqual([
			['d', 4],
			['evil.com.a b[1]', 0],
			['evil.com.a b[0].c', 0],
		]);
		expect(extractIndicators(['(evil.com)'])).toMatchObject([{ path: '[0]', position: 1 }]);
		expect(extractIndicators('evil.com')).toMatchObject([{ path: '', position: 0, count: 1 }]);
		expect(extractIndicators(null)).toEqual([]);
	});

	it('are counted together, however they are written', () => {
		const text = 'evil.com EVIL.com evil[.]com own.com evil.com';
		expect(extractIndicators(text, { ownDomains: ['own.com'] })).toMatchObject([
			{ value: 'evil.com', found: 'evil.com', count: 4 },
		]);
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
		const words = many.split(' ');
		expect(extractIndicators(words.slice(0, 2000))).toHaveLength(2000);
		expect(extractIndicators(words.slice(0, 2001))).toBeUndefined();
		expect(extractIndicators([...words.slice(0, 2000), 'host0.com'])).toHaveLength(2000);
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

	it.each(['10.0.0.1:80/x', '[fe80::1]/x', '[::1]?x', 'localhost', 'a.local#b', 'home.arpa'])(
		'may be that of a web address: %s',
		(value) => {
			expect(isPrivateAddress({ kind: 'url', value })).toBe(true);
		},
	);

	it.each<Indicator>([
		{ kind: 'url', value: '8.8.8.8/10.0.0.1' },
		{ kind: 'url', value: '[2001:4860::1]:80/x' },
		{ kind: 'url', value: 'evil.com/a.local' },
		{ kind: 'domain', value: 'xlocal' },
		{ kind: 'domain', value: 'local.com' },
		{ kind: 'hash', value: '10.0.0.1' },
	])('is not that of %j', (indicator) => {
		expect(isPrivateAddress(indicator)).toBe(false);
	});

	it('of one’s own is the domain and what is below it, and no other', () => {
		expect(isOfDomain({ kind: 'url', value: 'a.own.com:8080/x' }, 'own.com')).toBe(true);
		expect(isOfDomain({ kind: 'domain', value: 'own.com' }, 'own.com')).toBe(true);
		expect(isOfDomain({ kind: 'domain', value: 'own.com.evil.com' }, 'own.com')).toBe(false);
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

	it.each<[object, object]>([
		[
			{ Md5: ' ', Url: 'A.com/B' },
			{ value: 'A.com/B', valueKind: 'url' },
		],
		[
			{ Ip: 5, Domain: 'a.com', FileName: 'x' },
			{ value: 'a.com', valueKind: 'domain' },
		],
		[{ Path: 'C:\\x' }, { value: 'C:\\x', valueKind: 'path' }],
		[{ LastSeen: ' ', LastStartDate: 's', LastDetectDate: 'd' }, { lastSeen: 's' }],
		[{ LastSeen: 'l', LastDownloadDate: 'd' }, { lastSeen: 'l' }],
		[
			{ Zone: 5, FirstSeen: '' },
			{ zone: null, firstSeen: null },
		],
	])('are named by the first field that says something: %j', (row, expected) => {
		expect(relatedIn({ X: [row] }, 'X')).toMatchObject([expected]);
	});

	it.each<[string, Facts]>([
		['FileNames', { reason: 'sectionOfAnotherKind', found: "'FileNames'", kind: 'ip' }],
		['a;b', { reason: 'notOneOf', found: "'a;b'" }],
		['1a', { reason: 'notOneOf' }],
		['a-', { reason: 'notOneOf' }],
	])('are not asked for by %s', (section, facts) => {
		let refusal: unknown;
		try {
			readRelatedSection(section, 'ip');
		} catch (thrown) {
			refusal = thrown;
		}
		const allowed = ['FilesDownloadedFromIp', 'HostedUrls', 'IpDnsResolutions'];
		expect(refusal).toMatchObject({ code: 'input.section', facts: { allowed, ...facts } });
	});

	it('are asked for by a section that the kind has, or that is new', () => {
		expect(readRelatedSection(' FileNames ', 'hash')).toBe('FileNames');
		expect(readRelatedSection('A1', 'hash')).toBe('A1');
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
