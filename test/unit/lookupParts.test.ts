/** The parts an indicator is read with, each by itself. */
import { bareHostOf } from '../../tip/lookup/bareHost';
import { clean, untilStable } from '../../tip/lookup/clean';
import { looksLikeHash, readHash } from '../../tip/lookup/hash';
import { endingOf, hasKnownEnding, readHost, type Host } from '../../tip/lookup/host';
import { readIndicator } from '../../tip/lookup/indicator';
import { showIndicator } from '../../tip/lookup/reasons';
import { isPathless, isSeveral } from '../../tip/lookup/recognise';
import { splitAddress, type Address } from '../../tip/lookup/refang';
import { TipError, type Facts } from '../../tip/values/error';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA256 = `${MD5}${MD5}`;
const pairs = (mark: string) => MD5.match(/../g)!.join(mark);

function factsOf(read: () => unknown): Facts {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown.facts;
		throw thrown;
	}
	throw new Error('it was not refused');
}

describe('An address in its parts', () => {
	it.each<[string, Address]>([
		['http://A.b', { scheme: 'http', isAbsolute: true, authority: 'A.b', tail: '' }],
		['HXXPS://a.b/c?d#e', { scheme: 'https', isAbsolute: true, authority: 'a.b', tail: '/c?d#e' }],
		['h__p://a.b', { scheme: 'http', isAbsolute: true, authority: 'a.b', tail: '' }],
		['fxps://a.b', { scheme: 'ftps', isAbsolute: true, authority: 'a.b', tail: '' }],
		['fxpx://a.b', { scheme: 'fxpx', isAbsolute: true, authority: 'a.b', tail: '' }],
		['xhxxp://a.b', { scheme: 'xhxxp', isAbsolute: true, authority: 'a.b', tail: '' }],
		['http:/a.b', { scheme: 'http', isAbsolute: true, authority: 'a.b', tail: '' }],
		['sftp:\\a.b', { scheme: 'sftp', isAbsolute: true, authority: 'a.b', tail: '' }],
		['http://// a.b', { scheme: 'http', isAbsolute: true, authority: 'a.b', tail: '' }],
		['(hxxp)[:][/][/]a.b', { scheme: 'http', isAbsolute: true, authority: 'a.b', tail: '' }],
		['foo://a.b', { scheme: 'foo', isAbsolute: true, authority: 'a.b', tail: '' }],
		['foo:/a.b', { isAbsolute: false, authority: 'foo:', tail: '/a.b' }],
		['http:a.b', { isAbsolute: false, authority: 'http:a.b', tail: '' }],
		['//a.b/c', { isAbsolute: true, authority: 'a.b', tail: '/c' }],
		['[//]\\/a.b', { isAbsolute: true, authority: 'a.b', tail: '' }],
		['/a.b', { isAbsolute: false, authority: '', tail: '/a.b' }],
		['a//b', { isAbsolute: false, authority: 'a', tail: '//b' }],
		['a.b[/]c', { isAbsolute: false, authority: 'a.b', tail: '/c' }],
		['a.b[//]c[.]d', { isAbsolute: false, authority: 'a.b', tail: '/c.d' }],
		['a.b?c', { isAbsolute: false, authority: 'a.b', tail: '?c' }],
		['a.b#c', { isAbsolute: false, authority: 'a.b', tail: '#c' }],
		['a.b\\c', { isAbsolute: false, authority: 'a.b', tail: '\\c' }],
		['a[.b.]c\\.d。e', { isAbsolute: false, authority: 'a.b.c.d.e', tail: '' }],
		['a(at)b at c＠d', { isAbsolute: false, authority: 'a@b@c@d', tail: '' }],
		['a[:]80：81', { isAbsolute: false, authority: 'a:80:81', tail: '' }],
		[' a . b /c', { isAbsolute: false, authority: 'a . b', tail: '/c' }],
	])('%s', (text, parts) => {
		expect(splitAddress(text)).toEqual(parts);
	});

	it.each<[string, string]>([
		['/a[.]b[:]c[/]d[://]e', '/a.b:c/d://e'],
		['/a[:]//b[:]/c', '/a://b:/c'],
		['/a[dot]b(.)c[?]d', '/a[dot]b(.)c[?]d'],
		['?u=hxxp:&v=HXXPS%3A', '?u=http:&v=https%3A'],
		['/hxxp/xhxxp:/hxxpss:', '/hxxp/xhxxp:/hxxpss:'],
	])('has a path as it is but for what is no part of any: %s', (tail, expected) => {
		expect(splitAddress(`a.b${tail}`).tail.toLowerCase()).toBe(expected.toLowerCase());
	});

	it.each<[string, boolean]>([
		['a.b', true],
		['a.b:80', true],
		['a.b:443/tcp', true],
		['a.b:53/UDP', true],
		['a.b:12345/udp', true],
		['a.b:123456/udp', false],
		['a.b/tcp', false],
		['a.b:x1/tcp', false],
		['a.b:443/tcp/x', false],
		['a.b:443/x/tcp', false],
		['a.b#53', true],
		['a.b#12345', true],
		['a.b#123456', false],
		['a.b#', false],
		['a.b#x', false],
		['a.b#5x', false],
		['a.b?#53', false],
		['a.b/', false],
	])('%s names no path: %s', (text, expected) => {
		expect(isPathless(splitAddress(text))).toBe(expected);
	});
});

describe('A host', () => {
	const LONG = `${'a'.repeat(49)}.`.repeat(5);

	it.each<[string, Host['kind'], string]>([
		['A.b', 'name', 'a.b'],
		['a.b:', 'name', 'a.b'],
		['a.b:12345', 'name', 'a.b'],
		['a.b.', 'name', 'a.b'],
		['_a.b-c.d', 'name', '_a.b-c.d'],
		['a.b1', 'name', 'a.b1'],
		['1.b', 'name', '1.b'],
		[`${'x'.repeat(63)}.b`, 'name', `${'x'.repeat(63)}.b`],
		[`${LONG}bcd`, 'name', `${LONG}bcd`],
		['ß.de', 'name', 'xn--zca.de'],
		['col·lecció.cat', 'name', 'xn--collecci-ioa91d.cat'],
		['COL·LEGI.cat', 'name', 'xn--collegi-xma.cat'],
		['203.0.113.7', 'ipv4', '203.0.113.7'],
		['203.0.113.7.', 'ipv4', '203.0.113.7'],
		['203.0.113.7:80', 'ipv4', '203.0.113.7'],
		['203.000.113.007', 'ipv4', '203.0.113.7'],
		['２０３.0.113.7', 'ipv4', '203.0.113.7'],
		['::1', 'ipv6', '::1'],
		['[2001:DB8::1]', 'ipv6', '2001:db8::1'],
		['[::1]:443', 'ipv6', '::1'],
		['[::1]:', 'ipv6', '::1'],
		['::ffff:cb00:7107', 'ipv4', '203.0.113.7'],
		['::ffff:0:1', 'ipv4', '0.0.0.1'],
		['::fffe:cb00:7107', 'ipv6', '::fffe:cb00:7107'],
		['1::ffff:cb00:7107', 'ipv6', '1::ffff:cb00:7107'],
		['::ffff:ffff:ffff', 'ipv4', '255.255.255.255'],
	])('is %s: %s %s', (text, kind, value) => {
		expect(readHost(text)).toEqual({ kind, value });
	});

	it.each([
		'',
		'a',
		'a.1',
		'a..b',
		'-a.b',
		'a-.b',
		'a b.c',
		'a/b.c',
		'a.b:123456',
		'a.b:x',
		'a.b:80:80',
		'[a.b]',
		'[::1]x',
		'x[::1]',
		'[::1]:x',
		'[::1]:123456',
		'fe80::1%eth0',
		'16777215',
		'203.0.113.256',
		`${'x'.repeat(64)}.b`,
		`${LONG}bcde`,
		`a.${'b'.repeat(511)}`,
		'xn--.b',
	])('is none in %j', (text) => {
		expect(readHost(text)).toBeUndefined();
	});

	it.each<[string, string[]]>([
		['16777216', ['1.0.0.0']],
		['0x1000000', ['1.0.0.0']],
		['1.2.3', ['1.2.0.3']],
		['0313.0.0161.07', ['203.0.113.7']],
		['010.1.1.1', ['8.1.1.1', '10.1.1.1']],
		['0x1.2.3.4', ['1.2.3.4']],
	])('%s may be another address: %j', (text, readings) => {
		expect(factsOf(() => readHost(text))).toMatchObject({ reason: 'addressSpelling', readings });
	});

	it.each<[string, string, string]>([
		['a☠.b', '☠', 'U+2620'],
		['a·b.c', '·', 'U+00B7'],
		['l·a.b', '·', 'U+00B7'],
		['a.😀', '😀', 'U+1F600'],
	])('%s has a character that no name has', (text, character, codePoint) => {
		expect(factsOf(() => readHost(text))).toMatchObject({
			reason: 'foreignCharacter',
			character,
			codePoint,
		});
	});

	it.each<[string, string, boolean]>([
		['a.com', 'com', true],
		['a.example', 'example', true],
		['a.co.uk', 'uk', true],
		['a.exe', 'exe', false],
		['com', 'com', true],
		['github.io', 'io', true],
	])('%s ends in %s, which exists: %s', (name, ending, exists) => {
		expect([endingOf(name), hasKnownEnding(name)]).toEqual([ending, exists]);
	});

	it.each<[string, Host | undefined]>([
		['http://www.a.example/', { kind: 'name', value: 'www.a.example' }],
		['http://me@www.www.a.example', { kind: 'name', value: 'www.www.a.example' }],
		['“hxxp://www[.]a[.]example”', { kind: 'name', value: 'www.a.example' }],
		['http://wwwa.example', { kind: 'name', value: 'wwwa.example' }],
		['https://203.0.113.7:8080', { kind: 'ipv4', value: '203.0.113.7' }],
		['https://[2001:db8::1]/', { kind: 'ipv6', value: '2001:db8::1' }],
		['http://a.example/x', undefined],
		['http://a.example?x', undefined],
	])('is all there is in %s: %j', (text, host) => {
		expect(bareHostOf(readIndicator(text, 'url').value, text)).toEqual(host);
	});
});

describe('A hash', () => {
	it.each([
		MD5,
		MD5.toUpperCase(),
		`md5 ${MD5}`,
		`md5=${MD5}`,
		`MD-5: ${MD5}`,
		`md5 - ${MD5}`,
		`md5": "${MD5}`,
		`MD5 (a file.exe) = ${MD5}`,
		`0x${MD5}`,
		`\`${MD5}`,
		`${MD5}  file.exe`,
		`${MD5} *file.exe`,
		pairs(' '),
		pairs(':'),
		pairs('-'),
	])('is read of %j', (text) => {
		expect(readHash(text)).toBe(MD5);
		expect(looksLikeHash(text)).toBe(true);
	});

	it.each(['SHA256', 'sha-256', 'SHA-2-256', 'sha2-256', 'sha'])(
		'of 64 digits may be called %s',
		(name) => {
			expect(readHash(`${name}: ${SHA256}`)).toBe(SHA256);
		},
	);

	it.each<[string, Facts]>([
		['xyz', { reason: 'noHash', found: "'xyz'" }],
		[`x${MD5}`, { reason: 'noHash' }],
		[`${MD5}x`, { reason: 'noHash' }],
		['md5: xyz', { reason: 'noHash' }],
		[`md5-${MD5}`, { reason: 'noHash' }],
		[pairs(':').replace(':', '-'), { reason: 'noHash' }],
		[`0x${MD5.slice(1)}`, { reason: 'noHash' }],
		['abc', { reason: 'hashLength', length: 3 }],
		['md5 abc', { reason: 'hashLength', length: 3 }],
		[MD5.slice(1), { reason: 'hashLength', length: 31 }],
		[`sha1 ${MD5}`, { reason: 'hashLabel', name: 'sha1', length: 32 }],
		[`SHA-256 ${MD5}`, { reason: 'hashLabel', name: 'SHA-256', length: 32 }],
		[`sha2-256 ${MD5}`, { reason: 'hashLabel', name: 'sha2-256', length: 32 }],
		[`imphash ${MD5}`, { reason: 'otherHash', name: 'imphash' }],
	])('is none that the portal knows in %j', (text, facts) => {
		expect(factsOf(() => readHash(text))).toMatchObject(facts);
	});

	it.each<[string, boolean]>([
		['md5 abc', true],
		['imphash: abc', true],
		['xyz: abc', false],
		['md5 xyz', false],
		[MD5.slice(1), false],
		['md5', false],
		[`${MD5} `, false],
	])('is what %j is meant for: %s', (text, expected) => {
		expect(looksLikeHash(text)).toBe(expected);
	});
});

describe('What is around an indicator', () => {
	it.each<[string, string]>([
		['"a', 'a'],
		['a"', 'a'],
		['“a”', 'a'],
		['a”', 'a'],
		['((a))', 'a'],
		['(a', 'a'],
		['a)', 'a'],
		['[a', 'a'],
		['a}', 'a'],
		['a?', 'a'],
		['a :', 'a'],
		['a -', 'a'],
		['a  |', 'a'],
		['x a →', 'x a'],
		['1. a', 'a'],
		['(1) a', 'a'],
		['[12]: a', 'a'],
		['iv) a', 'a'],
		['* - a', 'a'],
		['-> a', 'a'],
		['[x] a', 'a'],
		['\u200ba\u200d', 'a'],
		['a\u200db', 'ab'],
		[' \n a \n ', 'a'],
		['a’b’', 'a’b'],
	])('is taken off %j', (text, expected) => {
		expect(clean(text)).toBe(expected);
	});

	it.each(
		[
			'a',
			'.',
			'a.',
			'a..!',
			'a::',
			'a/b!',
			'a/b?',
			'a-',
			'x a→',
			'1)a',
			'-a',
			'iiiii. a',
			'[::1]',
			'[2001:db8::1]:80',
			'[a]b',
			'(a)(b)',
			'a"b"',
			'a»b',
			'ی\u200cی',
			'1. ',
		].map((text) => text.trim()),
	)('is nothing in %j', (text) => {
		expect(clean(text)).toBe(text);
	});

	it.each<[string, string]>([
		['a…', 'cutOff'],
		['a...', 'cutOff'],
		['a\nb', 'severalLines'],
		['a\u2028b', 'severalLines'],
		['a\u0000b', 'severalLines'],
	])('leaves no indicator in %j', (text, reason) => {
		expect(factsOf(() => clean(text)).reason).toBe(reason);
	});

	it('is taken off as often as there is anything, up to 20 times', () => {
		const shorter = (text: string) => text.slice(0, -1);
		expect(untilStable('x'.repeat(19), shorter)).toBe('');
		expect(factsOf(() => untilStable('x'.repeat(20), shorter)).reason).toBe('wrappedTooOften');
	});

	it.each<[string, boolean]>([
		['a.b c.d', true],
		['a.b;c.d', true],
		['a.b|c.d', true],
		['a.b, c.d', true],
		[`${MD5} ${SHA256}`, true],
		['0.0.0.255 a.b c.d', true],
		[' a.b ', false],
		['a.b, c', false],
		['abc def', false],
		['a.b .c', false],
		['a.b c.', false],
		['203.0.113.0 255.255.255.0', false],
		['203.0.113.0 0.0.0.255', false],
		[`a.b ${'a'.repeat(31)}`, false],
		[`a.b ${'a'.repeat(65)}`, false],
		[`a.b x${MD5}x`, false],
	])('may be another one, in %j: %s', (text, expected) => {
		expect(isSeveral(text)).toBe(expected);
	});

	it.each<[string, string]>([
		['a.b', "'a.b'"],
		['me@a.b', "'***@a.b'"],
		['http://me:secret@a.b/c@d', "'http://***@d'"],
		['//me@a.b', "'//***@a.b'"],
		['me@a.b//c', "'***@a.b//c'"],
		['\\\\a.b@80\\x', "'\\\\a.b@80\\x'"],
	])('%s is shown as %s', (text, shown) => {
		expect(showIndicator(text)).toBe(shown);
	});
});
