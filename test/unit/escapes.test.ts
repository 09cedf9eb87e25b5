import fc from 'fast-check';
import { withoutEscapes } from '../../tip/values/escapes';

describe('One layer of escapes', () => {
	it.each<[string, string]>([
		['%41', 'A'],
		['%2f%2F', '//'],
		['a%c3%a9b', 'aéb'],
		['%2541', '%41'],
		['&amp;amp;', '&amp;'],
		['&nbsp;&yuml;&Agrave;', '\u00a0ÿÀ'],
		['&Tab;&NewLine;&equals;&euro;', '\t\n=€'],
		['&#38;&#38', '&&'],
		['&#x26;&#X26;&#x26g', '&&&g'],
		['&#128512;', '😀'],
		['&#1114111;', '\u{10ffff}'],
		['&#x10ffff;', '\u{10ffff}'],
		['\\u00e9\\x41', 'éA'],
		['\\b\\f\\n\\r\\t', '\b\f\n\r\t'],
		['\\"\\\'\\\\\\/', '"\'\\/'],
		['&amp;%41\\n', '&A\n'],
		['100 % of &unknown; are \\q, and %41', '100 % of &unknown; are \\q, and A'],
	])('is taken off %j', (escaped, plain) => {
		expect(withoutEscapes(escaped)?.text).toBe(plain);
	});

	it.each([
		'',
		'plain',
		'100 %',
		'%4',
		'%g1',
		'a & b',
		'&unknown;',
		'&#;',
		'&#xg;',
		'\\q',
		'\\u12',
	])('is not found in %j', (text) => {
		expect(withoutEscapes(text)).toBeUndefined();
	});

	it.each<[string, string, string]>([
		['the last of one byte', '%7f', '\x7f'],
		['the first and last of two', '%c2%80%df%bf', '\u0080\u07ff'],
		['the first and last of three', '%e0%a0%80%ef%bf%bf', '\u0800\uffff'],
		['the first and last of four', '%f0%90%80%80%f4%8f%bf%bf', '\u{10000}\u{10ffff}'],
		['characters of every length in a row', 'é%41%c3%a9%e2%82%ac%f0%9f%98%80%42', 'éAé€😀B'],
	])('has percent-encoded UTF-8: %s', (_name, escaped, plain) => {
		expect(withoutEscapes(escaped)?.text).toBe(plain);
	});

	it.each<[string, string, string]>([
		['what begins no character', '%80%bf', '\x80\xbf'],
		['what is longer than need be', '%c0%80%c1%bf%e0%80%80', '\xc0\x80\xc1\xbf\xe0\x80\x80'],
		['what is beyond Unicode', '%f4%90%80%80', '\xf4\x90\x80\x80'],
		['half a pair', '%ed%a0%80', '\xed\xa0\x80'],
		['what is cut off', '%e2%82', '\xe2\x82'],
		['what is cut off by another', '%c3%41', '\xc3A'],
		['the last byte', '%ff', 'ÿ'],
	])('has bytes that are no UTF-8, as Latin-1: %s', (_name, escaped, plain) => {
		expect(withoutEscapes(escaped)?.text).toBe(plain);
	});

	it.each(['&#1114112;', '&#x110000;', '&#9999999;'])(
		'leaves %s, which is no character',
		(text) => {
			expect(withoutEscapes(text)?.text).toBe(text);
		},
	);

	it.each<[string, number[]]>([
		['a%41b', [0, 1, 4, 5]],
		['%41%c3%a9%42', [0, 3, 9, 12]],
		['%f0%9f%98%80x', [0, 0, 12, 13]],
		['%ff%ff', [0, 3, 6]],
		['a&amp;\\nb', [0, 1, 6, 8, 9]],
		['&#x110000;!', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 11]],
	])('tells where everything in %j began, and where it ends', (text, places) => {
		expect([...withoutEscapes(text)!.places]).toEqual(places);
	});

	it('keeps order and length, whatever is escaped', () => {
		const piece = fc.constantFrom('a', '%', '%41', '%e2', '%82', '%ac', '&amp;', '&#1;', '\\', 'n');
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
				const text = pieces.join('');
				const plain = withoutEscapes(text);
				if (plain === undefined) return;
				const places = [...plain.places];
				expect(places).toEqual([...places].sort((a, b) => a - b));
				expect(places).toHaveLength(plain.text.length + 1);
				expect(places.at(-1)).toBe(text.length);
			}),
			{ seed: 1406 },
		);
	});
});
