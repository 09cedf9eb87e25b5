import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { readIndicator, type IndicatorKind } from '../../tip/lookup/indicator';
import { lookupRequest } from '../../tip/lookup/request';
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
		[['NotInTheListYet'], ['NotInTheListYet']],
	])('%j', (value, names) => {
		expect(readSections(value)).toEqual(names);
	});

	it.each([[['Zone', 1]], ['Zone;x'], [[null]], [{ Zone: true }], ['Zone,']])(
		'refuses %j',
		(value) => {
			const refusal = refusalOf(() => readSections(value));
			expect(refusal.code).toBe('input.sections');
			expect(explain(refusal).message).toMatch(
				/^'Sections' holds .*, which is not the name of a section$/,
			);
		},
	);

	it('of a summary are among the confirmed ones', () => {
		for (const [kind, names] of Object.entries(SECTIONS)) {
			expect(names).toEqual(expect.arrayContaining(summarySections(kind as IndicatorKind)));
		}
	});
});
