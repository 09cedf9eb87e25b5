import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { readIndicator, type IndicatorKind } from '../../tip/lookup/indicator';
import { lookupRequest, type LookupScope } from '../../tip/lookup/request';
import { readSections, SECTIONS, summarySections } from '../../tip/lookup/sections';
import { requestTarget } from '../../tip/values/request';

const refusalOf = (read: () => unknown): TipError => {
	try {
		read();
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		return thrown as TipError;
	}
	throw new Error('it was accepted');
};

describe('The request', () => {
	it('percent-encodes what is not encoded yet', () => {
		const target = (address: string) => lookupRequest(readIndicator(address, 'url')).path;
		expect(target("http://example.com/a b/ü?x=1&y='(2)'+%2f%zz")).toBe(
			'/api/url/example.com%2Fa%20b%2F%C3%BC%3Fx%3D1%26y%3D%27%282%29%27%2B%2F%25zz',
		);
	});

	it('keeps what is percent-encoded in a web address, and nowhere else', () => {
		const path = (kind: IndicatorKind, value: string) => lookupRequest({ kind, value }).path;
		expect(path('url', 'a.example/%2f%C3%b6%zz%4')).toBe('/api/url/a.example%2F%2F%C3%B6%25zz%254');
		expect(path('domain', 'a%2f')).toBe('/api/domain/a%252f');
	});

	it('takes for an answer only what was asked for', () => {
		const indicator = readIndicator('example.com');
		const isAnswer = (scope: LookupScope) =>
			lookupRequest(indicator, scope).isAnswer!({ LicenseInfo: {} });
		expect(isAnswer({ sections: ['LicenseInfo'] })).toBe(true);
		expect(isAnswer({ sections: ['LicenseInfo'], asked: [] })).toBe(false);
		expect(isAnswer({ asked: ['LicenseInfo'] })).toBe(true);
		expect(isAnswer({})).toBe(false);
		expect(lookupRequest(indicator)).toMatchObject({ about: 'lookup', method: 'GET', safe: true });
	});

	it('asks for sections and a number of records only when told to', () => {
		const indicator = readIndicator('example.com');
		expect(requestTarget(lookupRequest(indicator))).toBe('/api/domain/example.com');
		expect(
			requestTarget(lookupRequest(indicator, { sections: ['Zone', 'LicenseInfo'], count: 5 })),
		).toBe('/api/domain/example.com?count=5&sections=Zone%2CLicenseInfo');
	});
});

describe('Sections', () => {
	it.each([
		[
			['Zone', 'FileNames'],
			['Zone', 'FileNames'],
		],
		['Zone, FileNames,Zone', ['Zone', 'FileNames']],
		['', []],
		[undefined, []],
		[null, []],
		[[], []],
		[
			['A1', ' b '],
			['A1', 'b'],
		],
		[['NotInTheListYet'], ['NotInTheListYet']],
	])('%j', (value, names) => {
		expect(readSections(value)).toEqual(names);
	});

	it.each([
		[['Zone', 1]],
		['Zone;x'],
		['1Zone'],
		['-Zone'],
		[' '],
		[[null]],
		[{ Zone: true }],
		['Zone,'],
	])('refuses %j', (value) => {
		const refusal = refusalOf(() => readSections(value));
		expect(refusal.code).toBe('input.sections');
		expect(explain(refusal).message).toMatch(
			/^'Sections' holds .*, which is not the name of a section$/,
		);
	});

	it.each<[IndicatorKind, string[]]>([
		['hash', ['Zone', 'LicenseInfo', 'FileGeneralInfo', 'DetectionsInfo']],
		['ip', ['Zone', 'LicenseInfo', 'IpGeneralInfo']],
	])('of the summary of a kind (%s) are %j', (kind, sections) => {
		expect(summarySections(kind)).toEqual(sections);
	});

	it('of a summary are among the confirmed ones', () => {
		for (const [kind, names] of Object.entries(SECTIONS)) {
			expect(names).toEqual(expect.arrayContaining(summarySections(kind as IndicatorKind)));
		}
	});
});
