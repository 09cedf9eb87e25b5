import { parseUrl } from '../../tip/values/url';

describe('An address', () => {
	it('is one however often it was read before', () => {
		const read = Array.from({ length: 50_000 }, () => parseUrl('https://bücher.example/')?.host);
		expect(new Set(read)).toEqual(new Set(['xn--bcher-kva.example']));
	});

	it.each(['', 'http://', 'bücher.example', 'https://a b/'])('is none in %j', (text) => {
		expect(parseUrl(text)).toBeUndefined();
	});
});
