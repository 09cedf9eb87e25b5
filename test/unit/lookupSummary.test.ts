import { isNothingFound, looksLikeLookup, NOTHING_KNOWN } from '../../tip/lookup/answer';
import { quotaOf } from '../../tip/lookup/quota';
import { summarise } from '../../tip/lookup/summary';
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
		[undefined, {}],
	])('in %j', (LicenseInfo, quota) => {
		expect(quotaOf({ LicenseInfo })).toEqual(quota);
	});
});
