import { withoutLabel } from '../../tip/lookup/labels';
import { outOfLink } from '../../tip/lookup/links';
import { TipError } from '../../tip/values/error';

describe('Out of a link', () => {
	it.each<[string, string]>([
		// HTML
		['<a href="https://a.example/x">here</a>', 'https://a.example/x'],
		['<a href="https://a.example/x">here', 'https://a.example/x'],
		["<A class=x HREF = 'a.example/x'>here</A >.,; ", 'a.example/x'],
		['<a xhref="b" href=a.example>here</a>', 'a.example'],
		['<a href="a.example/x"><b>a.example/x</b></a>', 'a.example/x'],
		['<a href=" ">a.example</a>', 'a.example'],
		['<a href="http://a.example"><b>a.example</b></a>', 'a.example'],
		['<a href="http://a.example">a.example', 'a.example'],
		['<a href="a.example/x">here</abbr></a>', 'a.example/x'],
		// Slack
		['<https://a.example|>', 'https://a.example'],
		['<https://a.example|here>', 'https://a.example'],
		['<a.example>', 'a.example'],
		// Markdown
		['[here](a.example)', 'a.example'],
		['![here](a.example)', 'a.example'],
		['[here]( a.example )', 'a.example'],
		['[here](<a.example/x> "a title")', 'a.example/x'],
		["[here](a.example/x 'a title')", 'a.example/x'],
		['[here](a.example/x (a title))', 'a.example/x'],
		['[a.example]()', 'a.example'],
		['[a.example]( "a title")', 'a.example'],
		['[here](a.example/<x>)', 'a.example/<x>'],
		['[here](<a>.example)', '<a>.example'],
		// Jira
		['[here|https://a.example]', 'https://a.example'],
		['[here|smart-link|https://a.example]', 'https://a.example'],
		['[https://a.example|smart-link]', 'https://a.example'],
		['[https://a.example/x|https://a.example/y]', 'https://a.example/y'],
		// MediaWiki
		['[https://a.example the page]', 'https://a.example'],
		['[http://a.example a.example]', 'a.example'],
		// BBCode
		['[url]a.example/x[/url]', 'a.example/x'],
		['[URL=a.example/x]here[/URL]', 'a.example/x'],
		// Mail
		['here <https://a.example>', 'https://a.example'],
		['here < www.a.example >', 'www.a.example'],
		['Some One<me@a.example>', 'me@a.example'],
		['x<https://a.example>', 'https://a.example'],
		['a.example <http://a.example>', 'a.example'],
	])('%s comes %s', (link, target) => {
		expect(outOfLink(link)).toBe(target);
	});

	it.each([
		'a.example',
		'<a href="https://a.example/x">here</a> and more',
		'<a href="https://a.example/x">here</a> and </a>',
		'<a href="https://a.example/x"></a> and more',
		'me@a.example>',
		'x [here|https://a.example]',
		'[here|https://a.example] x',
		'x[url]a.example[/url]',
		'<a nohref="a.example">here</a>',
		'<abbr href="a.example">here</abbr>',
		'x<a href="a.example">here</a>',
		'<a b>',
		'x<a.example>y',
		'and [here](a.example)',
		'[here](a.example',
		'[here] (a.example)',
		'[a.example the page]',
		'[https://a.example]',
		'[https://a.example the [page]]',
		'x [https://a.example the page]',
		'[url=a.example]here',
		'[url=a.example]here[/url].',
		'url=a.example]here[/url]',
		'[curl]a.example[/url]',
		'here <a.example>',
		'here <some one@a.example>',
		'here <https://a.example> there',
		'<here> <https://a.example>',
	])('nothing is taken of %s', (text) => {
		expect(outOfLink(text)).toBe(text);
	});

	it.each<[string, string]>([
		['[a.example](http://a.example)', 'a.example'],
		['[A.example/X/](http://a.example/x)', 'A.example/X/'],
		['[http://a.example](https://a.example/)', 'https://a.example/'],
		['[me@a.example](mailto:me@a.example)', 'me@a.example'],
		['[mailto:me@a.example](me@a.example)', 'mailto:me@a.example'],
	])('that a program made of a text comes what was typed, with a scheme: %s', (link, text) => {
		expect(outOfLink(link)).toBe(text);
	});

	it.each<[string, string]>([
		['[good.example](https://evil.example)', 'good.example'],
		['[203.0.113.1](https://evil.example)', '203.0.113.1'],
		['[http://good.exe](https://evil.example)', 'http://good.exe'],
		['[me@good.example](https://evil.example)', '***@good.example'],
		['[evwww.il.example](https://evil.example)', 'evwww.il.example'],
		['<a href="https://evil.example"><b>good.example</b></a>', 'good.example'],
		['<a href="https://evil.example">good.example', 'good.example'],
		['[good.example|https://evil.example]', 'good.example'],
		['[https://evil.example good.example]', 'good.example'],
		['[url=https://evil.example]good.example[/url]', 'good.example'],
		['good.example <https://evil.example>', 'good.example'],
	])('that shows another host than it leads to comes nothing: %s', (link, shown) => {
		let refusal: unknown;
		try {
			outOfLink(link);
		} catch (thrown) {
			refusal = thrown;
		}
		expect(refusal).toBeInstanceOf(TipError);
		expect((refusal as TipError).facts).toMatchObject({
			reason: 'twoReadings',
			readings: [`'${shown}'`, "'https://evil.example'"],
		});
	});

	it.each<[string, string]>([
		['[www.a.example/x](https://a.example/y)', 'https://a.example/y'],
		['[a.example:80](https://me@a.example/y)', 'https://me@a.example/y'],
		// A file's name is no host, and what can be read in two ways neither.
		['[good.exe](https://evil.example)', 'https://evil.example'],
		['[http://010.1.1.1](https://evil.example)', 'https://evil.example'],
	])('that shows the same host, or none, comes where it leads: %s', (link, target) => {
		expect(outOfLink(link)).toBe(target);
	});

	it.each<[string, string]>([
		['a&amp;lt;b', 'a&lt;b'],
		['a&LT;b&GT;&QUOT;', 'a<b>"'],
		['&#65;&#x42;&#X43;', 'ABC'],
		['&#x10ffff;', '\u{10ffff}'],
		['&#x110000;&#1114112;', '&#x110000;&#1114112;'],
		['&#xd7ff;&#xd800;&#xdfff;&#xe000;', '\ud7ff&#xd800;&#xdfff;\ue000'],
		['&#;&#x;&nbsp;', '&#;&#x;&nbsp;'],
	])('%s is freed of the marks of HTML', (written, read) => {
		expect(outOfLink(`[here](a.example/${written})`)).toBe(`a.example/${read}`);
	});
});

describe('A label', () => {
	it.each<[string, string]>([
		['IP: x.example', 'x.example'],
		['IP:x.example', 'x.example'],
		['IP :\t x.example', 'x.example'],
		['IP： x.example', 'x.example'],
		['Source_IP=x.example', 'x.example'],
		['src-ip=x.example', 'x.example'],
		['"ip": "x.example"', '"ip": "x.example"'],
		['ip": "x.example"', 'x.example"'],
		['C&C Server: x.example', 'x.example'],
		['Whatever it is: x.example', 'x.example'],
		['IP x.example', 'x.example'],
		['IP - x.example', 'x.example'],
		['IP →x.example', 'x.example'],
		['[IP] x.example', 'x.example'],
		['(what else) x.example', 'x.example'],
		['〔IP〕 x.example', 'x.example'],
	])('%s leaves %s', (text, rest) => {
		expect(withoutLabel(text)).toBe(rest);
	});

	it.each([
		'c2::1',
		'IP:',
		'IP',
		'x: x.example',
		'whatever:x.example',
		'whatever x.example',
		'(IP)x.example',
		'http://x.example',
		'url://x.example',
		'sha256: x.example',
		'md5 x.example',
		'[md5] x.example',
		'1st: x.example',
	])('is none in %s', (text) => {
		expect(withoutLabel(text)).toBe(text);
	});
});
