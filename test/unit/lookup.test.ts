import fc from 'fast-check';
import { TipError } from '../../tip/values/error';
import {
	readIndicator,
	WEB_ADDRESS_MAX_LENGTH,
	type IndicatorKind,
} from '../../tip/lookup/indicator';
import { lookupRequest } from '../../tip/lookup/request';
import { readSections, SECTIONS, summarySections } from '../../tip/lookup/sections';
import { requestTarget } from '../../tip/values/request';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA1 = '3395856ce81f2b7382dee72602f798b642f14140';
const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

const refusalOf = (read: () => unknown): TipError => {
	try {
		read();
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		return thrown as TipError;
	}
	throw new Error('it was accepted');
};

describe('An indicator of any kind', () => {
	it.each<[string, IndicatorKind, string]>([
		// Hashes, by length.
		[MD5.toUpperCase(), 'hash', MD5],
		[SHA1, 'hash', SHA1],
		[` ${SHA256}\n`, 'hash', SHA256],
		[`SHA256: ${SHA256}`, 'hash', SHA256],
		[`md5:${MD5}`, 'hash', MD5],
		// IP addresses.
		['203.0.113.7', 'ip', '203.0.113.7'],
		['203[.]0[.]113[.]7', 'ip', '203.0.113.7'],
		['203.0.113.7:8080', 'ip', '203.0.113.7'],
		['2001:DB8:0:0::7', 'ip', '2001:db8::7'],
		['2001[:]db8[:][:]7', 'ip', '2001:db8::7'],
		['[2001:db8::7]:443', 'ip', '2001:db8::7'],
		['::ffff:203.0.113.7', 'ip', '::ffff:cb00:7107'],
		// With a scheme it is a web address (tip-api.md 6).
		['http://203.0.113.7', 'url', '203.0.113.7'],
		['hxxps[://]203[.]0[.]113[.]7/', 'url', '203.0.113.7'],
		['https://[2001:db8::7]:8443/x', 'url', '[2001:db8::7]/x'],
		// Domains.
		['Example.COM.', 'domain', 'example.com'],
		['www.example.com', 'domain', 'www.example.com'],
		['example[.]com', 'domain', 'example.com'],
		['example(.)com', 'domain', 'example.com'],
		['example{.}com', 'domain', 'example.com'],
		['example[dot]com', 'domain', 'example.com'],
		['example (DOT) com'.replaceAll(' ', ''), 'domain', 'example.com'],
		['example[.com', 'domain', 'example.com'],
		['example\\.com', 'domain', 'example.com'],
		['example.com:8080', 'domain', 'example.com'],
		['bücher.example', 'domain', 'xn--bcher-kva.example'],
		['_dmarc.example.com', 'domain', '_dmarc.example.com'],
		['"example.com"', 'domain', 'example.com'],
		['<example.com>', 'domain', 'example.com'],
		['\u200bexample.com\ufeff', 'domain', 'example.com'],
		// Web addresses.
		['example.com/path', 'url', 'example.com/path'],
		['hxxp://example[.]com/a', 'url', 'example.com/a'],
		['hXXps://example.com', 'url', 'example.com'],
		['h**p://example.com', 'url', 'example.com'],
		['http[:]//example.com', 'url', 'example.com'],
		['http:\\\\example.com\\a', 'url', 'example.com/a'],
		['fxp://example.com/file', 'url', 'example.com/file'],
		['http://user[@]example.com/', 'url', 'example.com'],
		['//example.com/a', 'url', 'example.com/a'],
		['203.0.113.7/path', 'url', '203.0.113.7/path'],
	])('%s is a %s', (input, kind, value) => {
		expect(readIndicator(input)).toEqual({ kind, value });
	});

	it.each([
		['', "'Indicator' is empty"],
		[' "" ', "'Indicator' is empty"],
		[undefined, "'Indicator' is empty"],
		[null, "'Indicator' is empty"],
		[42, "'Indicator' is of type number, not text"],
		[['a.example.com'], "'Indicator' is a list, not text"],
		['a.example.com\nb.example.com', "'Indicator' holds more than one line"],
		['203.0.113.0/24', "'Indicator' is a network"],
		['2001:db8::/32', "'Indicator' is a network"],
		['someone@example.com', "'Indicator' is an e-mail address"],
		['localhost', 'is no hash, IP address, domain or web address'],
		['http://localhost/x', 'is not a web address'],
		['http://', 'is not a web address'],
		['javascript:alert(1)//x', 'is not a web address'],
		['*.example.com', 'is not a domain'],
		['a.example.com, b.example.com', 'is not a domain'],
		['999.1.1.1', 'is not a domain'],
		['example.123', 'is not a domain'],
		['-a.example.com', 'is not a domain'],
		[`${'a'.repeat(64)}.example.com`, 'is not a domain'],
		['a'.repeat(128), "'Indicator' is a hash of 128 digits"],
		['\ud800.example.com', 'holds half of a character'],
	])('%j is refused', (input, message) => {
		const refusal = refusalOf(() => readIndicator(input));
		expect(refusal.message).toContain(message);
		expect(refusal).toMatchObject({ kind: 'input', outcome: 'notSent', code: 'input.indicator' });
		expect(refusal.advice).not.toBe('');
	});

	it('is refused when it is a whole text', () => {
		const refusal = refusalOf(() => readIndicator('x.'.repeat(15_000)));
		expect(refusal.message).toBe("'Indicator' has 30000 characters, which no indicator has");
	});

	it('does not show the credentials of a web address', () => {
		const { message } = refusalOf(() => readIndicator('http://me:s3cret@localhost/x'));
		expect(message).not.toMatch(/s3cret|me:/);
	});
});

describe('An indicator of one kind', () => {
	it.each<[IndicatorKind, string, string]>([
		['hash', 'not-a-hash', "'Hash' ('not-a-hash') is not a hash"],
		['hash', 'abcdef', "'Hash' is a hash of 6 digits"],
		['ip', 'example.com', "'IP Address' ('example.com') is not an IP address"],
		['ip', '1.2.3', "'IP Address'"],
		['ip', '010.1.1.1', "'IP Address'"],
		['domain', 'https://example.com/', "'Domain' ('https://example.com/') is not a domain"],
		['domain', '203.0.113.7', "'Domain' ('203.0.113.7') is not a domain"],
		['url', 'intranet/path', "'Web Address' ('intranet/path') is not a web address"],
	])('%s: %s is refused under its label', (kind, input, message) => {
		expect(refusalOf(() => readIndicator(input, kind)).message).toContain(message);
	});

	it.each([
		['HTTP://User:Pass@WWW.Example.com:8080/A//B/?Q=1#Part', 'example.com/a/b/?q=1'],
		['https://example.com/a/', 'example.com/a'],
		['https://example.com/#/', 'example.com'],
		['https://example.com', 'example.com'],
		['https://www.com/', 'www.com'],
		['https://example.com./a', 'example.com/a'],
		['https://example.com/%2e%2E/x', 'example.com/%2e%2e/x'],
		['http://bücher.example/ä', 'xn--bcher-kva.example/ä'],
		['http://0x7f.1/x', '127.0.0.1/x'],
		['example.com?q=[.]', 'example.com?q=.'],
		// What is left looks defanged itself, and would be read differently the second time.
		['http://example.com/a[//]b', 'example.com/a/b'],
	])('the web address %s becomes %s', (input, value) => {
		expect(readIndicator(input, 'url')).toEqual({ kind: 'url', value });
	});

	it('takes 2,000 characters of a web address and not one more', () => {
		const rest = WEB_ADDRESS_MAX_LENGTH - 'example.com/'.length;
		expect(readIndicator(`http://example.com/${'a'.repeat(rest)}`).value).toHaveLength(2000);
		const tooLong = () => readIndicator(`http://example.com/${'a'.repeat(rest + 1)}`);
		expect(refusalOf(tooLong).message).toMatch(/2001 characters, more than the 2000/);
	});
});

describe('Any text at all', () => {
	const pieces = fc.constantFrom(
		...['http', 'hxxp', '://', '[:]//', '//', '/', '\\', '[.]', '.', '(dot)', '[', ']', '@', '[@]'],
		...[
			':',
			':80',
			'#',
			'?',
			'%',
			'%2F',
			'%zz',
			'www.',
			'example',
			'com',
			'ü',
			'xn--',
			' ',
			'"',
			'<',
		],
		...[
			'>',
			'1',
			'203.0.113.7',
			'::1',
			'ab',
			MD5,
			'\u200b',
			'İ',
			'Σ',
			'{',
			'}',
			'(',
			')',
			"'",
			'\ud800',
		],
	);
	const texts = fc.oneof(
		fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
		fc.array(pieces, { maxLength: 10 }).map((parts) => `http://example.com/${parts.join('')}`),
		fc.webUrl({ withFragments: true, withQueryParameters: true }),
		fc.ipV6(),
		fc.domain(),
		fc.string({ unit: 'binary' }),
	);
	const kinds = fc.constantFrom<IndicatorKind | undefined>(
		'hash',
		'ip',
		'domain',
		'url',
		undefined,
	);

	it('is refused with a reason, or has a normal form that is its own', () => {
		let accepted = 0;
		fc.assert(
			fc.property(texts, kinds, (text, kind) => {
				let first;
				try {
					first = readIndicator(text, kind);
				} catch (thrown) {
					expect(thrown).toBeInstanceOf(TipError);
					return;
				}
				accepted++;
				expect(readIndicator(first.value, first.kind)).toEqual(first);
				const [path] = requestTarget(lookupRequest(first)).split('?');
				// One path segment, percent-encoded throughout; not always as UTF-8, since the input may not be.
				expect(path).toMatch(/^\/api\/(hash|ip|domain|url)\/([A-Za-z0-9._~-]|%[0-9A-F]{2})+$/);
			}),
			{ numRuns: 3000 },
		);
		// Else it says nothing.
		expect(accepted).toBeGreaterThan(500);
	});
});

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
			expect(refusalOf(() => readSections(value)).message).toMatch(/^'Sections'/);
		},
	);

	it('of a summary are among the confirmed ones', () => {
		for (const [kind, names] of Object.entries(SECTIONS)) {
			expect(names).toEqual(expect.arrayContaining(summarySections(kind as IndicatorKind)));
		}
	});
});
