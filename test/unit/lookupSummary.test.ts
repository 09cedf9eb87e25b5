import { isNothingFound, looksLikeLookup, NOTHING_KNOWN } from '../../tip/lookup/answer';
import { quotaOf } from '../../tip/lookup/quota';
import type { Indicator } from '../../tip/lookup/indicator';
import { paragraph, type Found } from '../../tip/lookup/paragraph';
import { listOf, numberOf, objectOf, plainOf, textOf, textsIn } from '../../tip/lookup/read';
import { summarise, verdictOf } from '../../tip/lookup/summary';
import { severityOf, zoneOf, ZONES } from '../../tip/lookup/zones';
import { TipError } from '../../tip/values/error';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
const domain = { kind: 'domain', value: 'example.com' } as const;
const origin = 'https://tip.example';

describe('What looks like the answer to a lookup', () => {
	it.each<[string, unknown, string[]]>([
		['a zone', { Zone: 'Red' }, []],
		['a zone beside anything', { Zone: 'Grey', error: 'x' }, []],
		['the general section', { DomainGeneralInfo: {} }, []],
		['a section that was asked for', { DomainDnsResolutions: [] }, ['DomainDnsResolutions']],
		['the general section without a zone', { Zone: null, DomainGeneralInfo: {} }, []],
		['the quota, when it was asked for', { LicenseInfo: {} }, ['LicenseInfo']],
	])('is %s', (_name, value, asked) => {
		expect(looksLikeLookup(value, 'domain', asked)).toBe(true);
	});

	it.each<[string, unknown]>([
		['A04: a refusal', { error: 'quota-exceeded', description: 'x' }],
		['the quota alone', { LicenseInfo: { DayRequests: 9, DayQuota: 9 } }],
		['an empty object', {}],
		['the general section of another kind', { IpGeneralInfo: {} }],
		['a section that was not asked for', { FileNames: [] }],
		['a zone of another type', { Zone: 5 }],
		['an empty zone', { Zone: ' ' }],
		['an empty zone beside anything', { Zone: '', DomainGeneralInfo: {} }],
		['no zone', { Zone: null }],
		['a general section that is none', { DomainGeneralInfo: null, DomainDnsResolutions: 'x' }],
		['something under data', { data: { Zone: 'Red' } }],
		['a list', [{ Zone: 'Red' }]],
		['null', null],
		['a text', 'Red'],
	])('is not %s', (_name, value) => {
		expect(looksLikeLookup(value, 'domain', ['DomainDnsResolutions'])).toBe(false);
	});

	it.each([
		[404, true, true],
		[404, false, false],
		[400, true, false],
	])(
		'a %d, in the portal’s own words %s, means nothing found: %s',
		(status, isPortalsOwn, means) => {
			const refusal = new TipError({
				code: 'portal.notFound',
				kind: 'portal',
				outcome: 'rejected',
				status,
				facts: { isPortalsOwn },
			});
			expect(isNothingFound(refusal)).toBe(means);
		},
	);
});

describe('The zones', () => {
	it.each([
		['Red', 'Red', 'malicious', 'critical'],
		['ORANGE', 'Orange', 'suspicious', 'high'],
		[' yellow ', 'Yellow', 'adware', 'medium'],
		['Grey', 'Grey', 'unknown', 'low'],
		['gray', 'Grey', 'unknown', 'low'],
		['Green', 'Green', 'clean', 'info'],
	])('%j is %s: %s, %s', (name, zone, verdict, severity) => {
		expect(zoneOf(name)).toMatchObject({ zone, verdict, severity });
	});

	it.each([
		['Green', 49, 'info'],
		['Green', 50, 'high'],
		['Green', 75, 'critical'],
		['Red', 10, 'critical'],
		['Orange', 100, 'critical'],
		['Purple', undefined, 'low'],
	])('severity is the higher one of zone %s and threat score %s: %s', (zone, score, severity) => {
		expect(severityOf(zoneOf(zone), score)).toBe(severity);
	});

	it('are five, with a severity each', () => {
		expect(new Set(ZONES.map(({ severity }) => severity)).size).toBe(5);
	});
});

describe('The summary', () => {
	const all = {
		Zone: 'Red',
		LicenseInfo: { DayRequests: 40, DayQuota: 100 },
		FileGeneralInfo: {
			Md5: MD5.toUpperCase(),
			Sha256: SHA256,
			Size: 68,
			Type: 'text',
			HitsCount: 10,
			Categories: ['CATEGORY_X', 5],
			HasApt: true,
			RelatedAptReports: [{ Id: 17, Title: 'One' }, { Id: 'b' }, {}, 'x'],
			FirstSeen: '2025-01-01T00:00Z',
			LastSeen: '2026-01-01T00:00Z',
		},
		DetectionsInfo: [{ DetectionName: 'A' }, { DetectionName: 'A' }, {}, null],
		FileNames: [{ FileName: 'x.exe' }],
	};

	it('has every field when the portal says everything', () => {
		const further = ['FileNames', 'FileDownloadedFromUrls'];
		expect(summarise({ kind: 'hash', value: MD5 }, all, { origin, further })).toEqual({
			indicator: MD5,
			kind: 'hash',
			hashType: 'MD5',
			known: true,
			verdict: 'malicious',
			severity: 'critical',
			zone: 'Red',
			firstSeen: '2025-01-01T00:00Z',
			lastSeen: '2026-01-01T00:00Z',
			link: `https://tip.example/search?searchString=${MD5}`,
			text: `File ${MD5} is malicious according to Kaspersky TIP (zone Red, severity critical). Categories: x. Detections: A. It is part of an APT report. Reports: One. First seen 2025-01-01T00:00Z. Last seen 2026-01-01T00:00Z.`,
			details: {
				score: 100,
				categories: ['CATEGORY_X'],
				detections: ['A'],
				hits: 10,
				apt: true,
				aptReports: [
					{ id: '17', title: 'One' },
					{ id: 'b', title: '' },
				],
				md5: MD5,
				sha256: SHA256,
				fileType: 'text',
				fileSize: 68,
				quotaUsed: 40,
				quotaLeft: 60,
				sections: { FileNames: [{ FileName: 'x.exe' }] },
			},
		});
	});

	it('has at most twelve keys at the top, and the same ones always', () => {
		const keys = [all, NOTHING_KNOWN].map((answer) =>
			Object.keys(summarise({ kind: 'hash', value: MD5 }, answer, { origin })),
		);
		expect(keys[0]!.length).toBeLessThanOrEqual(12);
		expect(keys[1]).toEqual(keys[0]);
	});

	it('makes nothing up of what the portal does not know', () => {
		expect(summarise(domain, NOTHING_KNOWN, { origin })).toEqual({
			indicator: 'example.com',
			kind: 'domain',
			hashType: null,
			known: false,
			verdict: 'unknown',
			severity: 'low',
			zone: null,
			firstSeen: null,
			lastSeen: null,
			link: 'https://tip.example/search?searchString=example.com',
			text: 'Domain example[.]com: Kaspersky TIP knows nothing of it.',
			details: {
				score: null,
				categories: [],
				detections: [],
				hits: null,
				apt: null,
				aptReports: [],
				quotaUsed: null,
				quotaLeft: null,
			},
		});
	});

	it("takes the user's own words for a zone, and leaves the others alone", () => {
		const words = { Red: { verdict: 'block', severity: 'medium' as const } };
		const of = (Zone: string) => summarise(domain, { Zone }, { origin, words });
		expect(of('Red')).toMatchObject({ verdict: 'block', severity: 'medium', zone: 'Red' });
		expect(of('Orange')).toMatchObject({ verdict: 'suspicious', severity: 'high' });
	});

	it('passes on a zone that is new, as no verdict', () => {
		const { zone, verdict } = summarise(domain, { Zone: 'Purple' }, { origin });
		expect([zone, verdict]).toEqual(['Purple', 'unknown']);
	});

	it.each([
		'<script>alert(1)</script>',
		'[click](https://evil.example)',
		'<https://evil.example|here>',
		'@channel *bold* _it_ `code`',
		'line\nbreak\u2028and\u202emore',
		'&lt;b&gt; {{ 7*7 }} $(x) ${y}',
		'x'.repeat(10_000),
	])('has a text in which the words of the portal are no markup: %s', (word) => {
		const answer = {
			Zone: word,
			DomainGeneralInfo: {
				Categories: [word],
				HasApt: true,
				RelatedAptReports: [{ Id: 1, Title: word }],
			},
			DetectionsInfo: Array.from({ length: 9 }, () => ({ DetectionName: word })),
		};
		const { text } = summarise(domain, answer, { origin });
		expect(text).not.toMatch(/[<>`*_~|{}@$\\\n\u2028\u202e]|:\/\/|\]\(/);
		expect(text.length).toBeLessThan(1500);
	});

	it.each([
		[{ kind: 'ip', value: '203.0.113.7' }, 'IP address 203[.]0[.]113[.]7'],
		[{ kind: 'ip', value: '2001:db8::7' }, 'IP address 2001[:]db8[:][:]7'],
		[{ kind: 'url', value: 'evil.example/a?b=c' }, 'Web address evil[.]example/a?b=c'],
	] as const)('has a text with nothing to click on: %j', (indicator, beginning) => {
		expect(summarise(indicator, { Zone: 'Red' }, { origin }).text).toContain(beginning);
	});
});

describe('The details of a summary', () => {
	const detailsOf = (general: unknown, others = {}, further?: readonly string[]) =>
		summarise(domain, { DomainGeneralInfo: general, ...others }, { origin, further }).details;

	it.each<[string, unknown, unknown]>([
		['categories', { Categories: ['A', 5] }, ['A']],
		['categories', { Categories: [], CategoriesWithZone: [{ Name: 'B' }, {}, 'x'] }, ['B']],
		['categories', { Categories: ['A'], CategoriesWithZone: [{ Name: 'B' }] }, ['A']],
		['categories', { Categories: 'A' }, []],
		['hits', { HitsCount: 0 }, 0],
		['hits', { HitsCount: '7' }, null],
		['hits', { HitsCount: NaN }, null],
		['apt', { HasApt: false }, false],
		['apt', { HasApt: 'yes' }, null],
		['aptReports', { RelatedAptReports: [{ Title: 'One' }] }, [{ id: '', title: 'One' }]],
		['aptReports', { RelatedAptReports: [{ Id: 5 }] }, [{ id: '5', title: '' }]],
		['aptReports', { RelatedAptReports: [{ Id: ' ' }] }, [{ id: '', title: '' }]],
		['aptReports', { RelatedAptReports: [{ Name: 'One' }] }, []],
		['md5', { Md5: 'AB' }, 'ab'],
		['country', { CountryCode: 'DE' }, 'DE'],
		['fileSize', { Size: 0 }, 0],
		['fileType', { Type: ['x'] }, undefined],
		['signer', { Signer: null }, undefined],
		['categories', ['not', 'an', 'object'], []],
		['hits', null, null],
	])('%s of %j is %j', (field, general, expected) => {
		expect(detailsOf(general)[field]).toEqual(expected);
	});

	it('have the sections that were asked for, as they came', () => {
		const answer = { FileNames: null, FilePaths: [] };
		expect(detailsOf({}, answer, ['FileNames', 'Missing']).sections).toEqual({ FileNames: null });
		expect(detailsOf({}, answer, ['Missing'])).not.toHaveProperty('sections');
	});

	it('have the quota that was used and left', () => {
		const LicenseInfo = { DayRequests: 1, DayQuota: 3 };
		expect(detailsOf({}, { LicenseInfo })).toMatchObject({ quotaUsed: 1, quotaLeft: 2 });
	});

	it('have a score only with a zone', () => {
		expect([detailsOf({}).score, detailsOf({}, { Zone: 'Green' }).score]).toEqual([null, 0]);
	});
});

describe('The head of a summary', () => {
	it.each<[Indicator, string | null]>([
		[{ kind: 'hash', value: MD5 }, 'MD5'],
		[{ kind: 'hash', value: 'a'.repeat(40) }, 'SHA-1'],
		[{ kind: 'hash', value: SHA256 }, 'SHA-256'],
		[{ kind: 'hash', value: 'a' }, null],
		[{ kind: 'domain', value: 'a'.repeat(32) }, null],
	])('names the kind of hash of %j: %s', (indicator, hashType) => {
		expect(summarise(indicator, {}, { origin }).hashType).toBe(hashType);
	});

	it('has a link that someone else makes, and escapes its own', () => {
		const url = { kind: 'url', value: 'a.example/x?y&z' } as const;
		expect(summarise(url, {}, { origin }).link).toBe(
			'https://tip.example/search?searchString=a.example%2Fx%3Fy%26z',
		);
		const linkOf = (from: string, { value }: Indicator) => `${from}/${value}`;
		expect(summarise(domain, {}, { origin, linkOf }).link).toBe('https://tip.example/example.com');
	});

	it('goes by the threat score too', () => {
		const answer = { IpGeneralInfo: { ThreatScore: 75 }, Zone: 'Green' };
		const ip = { kind: 'ip', value: '203.0.113.7' } as const;
		expect(summarise(ip, answer, { origin })).toMatchObject({
			verdict: 'clean',
			severity: 'critical',
		});
	});

	it('takes the user’s words for Grey where there is no zone', () => {
		const words = { Grey: { verdict: 'look', severity: 'high' } } as const;
		const of = (answer: object) => summarise(domain, { ...answer }, { origin, words });
		expect(of({})).toMatchObject({ verdict: 'look', severity: 'high', zone: null });
		expect(of({ Zone: ' gray ' })).toMatchObject({ verdict: 'look', zone: 'Grey' });
		expect(of({ Zone: 'Green' })).toMatchObject({ verdict: 'clean', severity: 'info' });
	});

	it.each([
		['Red', 'malicious'],
		['Purple', 'unknown'],
		[undefined, 'unknown'],
	])('has for %s a verdict whatever the user calls it: %s', (Zone, verdict) => {
		expect(verdictOf({ Zone })).toBe(verdict);
	});
});

describe('The paragraph', () => {
	const found: Found = {
		indicator: 'a.example',
		kind: 'domain',
		known: true,
		verdict: 'clean',
		severity: 'info',
		zone: null,
		firstSeen: null,
		lastSeen: null,
		details: { categories: [], detections: [], apt: null, aptReports: [] },
	};
	const of = (changes: Partial<Found>, details: Partial<Found['details']> = {}) =>
		paragraph({ ...found, ...changes, details: { ...found.details, ...details } }).replace(
			'Domain a[.]example is clean according to Kaspersky TIP (zone unknown, severity info).',
			'…',
		);

	it.each<[Partial<Found['details']>, string]>([
		[{}, '…'],
		[{ apt: false }, '…'],
		[{ apt: true }, '… It is part of an APT report.'],
		[
			{ categories: ['CATEGORY_BAD_ONE', 'IN_CATEGORY_X'] },
			'… Categories: bad one, in category x.',
		],
		[{ detections: ['a', ' ', 'b'] }, '… Detections: a, b.'],
		[{ detections: ['<', '>'] }, '…'],
		[{ detections: ['a', 'b', 'c', 'd', 'e'] }, '… Detections: a, b, c, d, e.'],
		[{ detections: ['a', 'b', 'c', 'd', 'e', 'f'] }, '… Detections: a, b, c, d, e and 1 more.'],
		[{ aptReports: [{ title: 'One' }, { title: 'Two' }] }, '… Reports: One, Two.'],
	])('of %j ends %s', (details, expected) => {
		expect(of({}, details)).toBe(expected);
	});

	it.each<[string, string]>([
		['x'.repeat(100), 'x'.repeat(100)],
		['x'.repeat(101), 'x'.repeat(100)],
		[`${'x'.repeat(99)}😀`, `${'x'.repeat(99)}\ufffd`],
		[' a \u202e\n b ', 'a b'],
		['http://a.example', 'http a.example'],
		['a`b*c_d~e|f[g]h{i}j(k)l#m@n!o\\p$q^r=s', 'abcdefghijklmnopqrs'],
	])('has the word %j as %s', (word, expected) => {
		expect(of({ firstSeen: word })).toBe(`… First seen ${expected}.`);
		expect(of({ lastSeen: word })).toBe(`… Last seen ${expected}.`);
	});

	it.each<[Found['kind'], string, string]>([
		['hash', `${MD5}.`, `File ${MD5}.`],
		['ip', '2001:db8::7', 'IP address 2001[:]db8[:][:]7'],
		['url', 'a.example/a b?c="d"&e', 'Web address a[.]example/ab?c=de'],
		['url', 'x'.repeat(100), `Web address ${'x'.repeat(100)}`],
		['url', 'x'.repeat(101), `Web address ${'x'.repeat(100)}…`],
	])('names a %s so that nobody clicks on it: %s', (kind, indicator, expected) => {
		expect(of({ kind, indicator, known: false })).toBe(
			`${expected}: Kaspersky TIP knows nothing of it.`,
		);
	});
});

describe('A reader of an answer', () => {
	const own = { a: 1 };
	it.each<[string, (value: unknown) => unknown, unknown, unknown]>([
		['an object', objectOf, own, own],
		['an object', objectOf, null, undefined],
		['an object', objectOf, [1], undefined],
		['an object', objectOf, 'text', undefined],
		['a list', listOf, [1], [1]],
		['a list', listOf, { length: 1 }, []],
		['a text', textOf, ' a ', ' a '],
		['a text', textOf, ' ', undefined],
		['a text', textOf, 5, undefined],
		['texts', textsIn, ['a', 5, null, ''], ['a', '']],
		['a text or a number', plainOf, 5, '5'],
		['a text or a number', plainOf, 'a', 'a'],
		['a text or a number', plainOf, true, undefined],
		['a number', numberOf, 0, 0],
		['a number', numberOf, '0', undefined],
		['a number', numberOf, Infinity, undefined],
		['a number', numberOf, NaN, undefined],
	])('finds %s, or nothing', (_name, read, value, expected) => {
		expect(read(value)).toEqual(expected);
	});
});

describe('The quota', () => {
	it.each([
		[
			{ DayRequests: 40, DayQuota: 100 },
			{ used: 40, left: 60, perDay: 100 },
		],
		[
			{ DayRequests: 120, DayQuota: 100 },
			{ used: 120, left: 0, perDay: 100 },
		],
		[{ DayRequests: 40 }, { used: 40 }],
		[{ DayRequests: '40', DayQuota: 100 }, { perDay: 100 }],
		[
			{ AccessType: 'Trial', TokenExpirationDate: '2027-01-01T00:00Z' },
			{ accessType: 'Trial', tokenExpires: '2027-01-01T00:00Z' },
		],
		[{ DayQuota: 100 }, { perDay: 100 }],
		[{ DayRequests: Infinity, AccessType: ' ' }, {}],
		[[], {}],
		['x', {}],
		[null, {}],
		[undefined, {}],
	])('in %j', (LicenseInfo, quota) => {
		expect(quotaOf({ LicenseInfo })).toEqual(quota);
	});
});
