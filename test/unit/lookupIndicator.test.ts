import { explain } from '../../nodes/shared/messages';
import { readIndicator, type IndicatorKind } from '../../tip/lookup/indicator';
import { WEB_ADDRESS_MAX_LENGTH } from '../../tip/lookup/webAddress';
import { TipError } from '../../tip/values/error';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA1 = '3395856ce81f2b7382dee72602f798b642f14140';
const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

function refusalOf(input: unknown, kind?: IndicatorKind): TipError {
	try {
		readIndicator(input, kind);
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		return thrown as TipError;
	}
	throw new Error(`${String(input)} was accepted`);
}

/** What is refused, with the sentence that says what was seen. */
function messageOf(input: unknown, kind?: IndicatorKind): string {
	const refusal = refusalOf(input, kind);
	expect(refusal).toMatchObject({ kind: 'input', outcome: 'notSent', code: 'input.indicator' });
	const { message, advice } = explain(refusal);
	expect(advice).not.toBe('');
	return message;
}

describe('An indicator of any kind', () => {
	it.each<[string, IndicatorKind, string]>([
		// Hashes, by length.
		[MD5.toUpperCase(), 'hash', MD5],
		[SHA1, 'hash', SHA1],
		[` ${SHA256}\n`, 'hash', SHA256],
		[`SHA256: ${SHA256}`, 'hash', SHA256],
		[`md5:${MD5}`, 'hash', MD5],
		[`SHA-1 = ${SHA1}`, 'hash', SHA1],
		[`SHA256(sample.exe)= ${SHA256}`, 'hash', SHA256],
		[`MD5 (sample.exe) = ${MD5}`, 'hash', MD5],
		[`${SHA256}  sample.exe`, 'hash', SHA256],
		[`${MD5} *sample.exe`, 'hash', MD5],
		[`0x${MD5}`, 'hash', MD5],
		[MD5.replace(/..(?=.)/g, '$& '), 'hash', MD5],
		[MD5.replace(/..(?=.)/g, '$&:').toUpperCase(), 'hash', MD5],
		[`Hash: ${MD5}`, 'hash', MD5],
		[`"md5":"${MD5}"`, 'hash', MD5],
		[`[file:hashes.MD5 = '${MD5}']`, 'hash', MD5],
		[`file:hashes.'SHA-256' = '${SHA256}'`, 'hash', SHA256],
		// Labels of scripts that do without blanks; full stops and question marks of others.
		['域名：evil.example', 'domain', 'evil.example'],
		['IP地址：203.0.113.7', 'ip', '203.0.113.7'],
		['TLS SNI: evil.example', 'domain', 'evil.example'],
		['evil.example؟', 'domain', 'evil.example'],
		['«evil.example».', 'domain', 'evil.example'],
		['(https://evil.example/a).', 'url', 'evil.example/a'],
		['https://evil.example/a。', 'url', 'evil.example/a'],
		['https://evil.example/a_(b).', 'url', 'evil.example/a_(b)'],
		// IP addresses.
		['203.0.113.7', 'ip', '203.0.113.7'],
		['203[.]0[.]113[.]7', 'ip', '203.0.113.7'],
		['203.0.113.7:8080', 'ip', '203.0.113.7'],
		['203.0.113.7:443/tcp', 'ip', '203.0.113.7'],
		['203.0.113.7#53', 'ip', '203.0.113.7'],
		['203.0.113.007', 'ip', '203.0.113.7'],
		['２０３．０．１１３．７', 'ip', '203.0.113.7'],
		['203。0。113。7', 'ip', '203.0.113.7'],
		['2001:DB8:0:0::7', 'ip', '2001:db8::7'],
		['2001[:]db8[:][:]7', 'ip', '2001:db8::7'],
		['[2001:db8::7]:443', 'ip', '2001:db8::7'],
		['2001:db8::', 'ip', '2001:db8::'],
		['c2::1', 'ip', 'c2::1'],
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
		['example (DOT) com', 'domain', 'example.com'],
		['example [.] com', 'domain', 'example.com'],
		['example dot com', 'domain', 'example.com'],
		['example[.com', 'domain', 'example.com'],
		['example.]com', 'domain', 'example.com'],
		['example\\.com', 'domain', 'example.com'],
		['example.com:8080', 'domain', 'example.com'],
		['example[.]com[:]8080', 'domain', 'example.com'],
		['bücher.example', 'domain', 'xn--bcher-kva.example'],
		['пример.рф', 'domain', 'xn--e1afmkfd.xn--p1ai'],
		['_dmarc.example.com', 'domain', '_dmarc.example.com'],
		// Web addresses.
		['example.com/path', 'url', 'example.com/path'],
		['hxxp://example[.]com/a', 'url', 'example.com/a'],
		['hXXps://example.com', 'url', 'example.com'],
		['h**p://example.com', 'url', 'example.com'],
		['meow://example.com', 'url', 'example.com'],
		['ttps://example.com', 'url', 'example.com'],
		['http[:]//example.com', 'url', 'example.com'],
		['hxxp[:][//]example[.]com', 'url', 'example.com'],
		['[http]://example.com', 'url', 'example.com'],
		['http:/example.com/a', 'url', 'example.com/a'],
		['https ://example.com/a', 'url', 'example.com/a'],
		['http:\\\\example.com\\a', 'url', 'example.com/a'],
		['fxp://example.com/file', 'url', 'example.com/file'],
		['http://user[@]example.com/', 'url', 'example.com'],
		['//example.com/a', 'url', 'example.com/a'],
		['203.0.113.7/path', 'url', '203.0.113.7/path'],
		['example[.]com[/]a', 'url', 'example.com/a'],
		['https://example.com\\@example.org/', 'url', 'example.com/@example.org'],
		['https://example.org@example.com/a', 'url', 'example.com/a'],
		['http://intranet.corp/a', 'url', 'intranet.corp/a'],
	])('%s is a %s', (input, kind, value) => {
		expect(readIndicator(input)).toEqual({ kind, value });
	});

	it.each([
		['', "'Indicator' is empty"],
		[' "" ', "'Indicator' is empty"],
		[undefined, "'Indicator' is empty"],
		[null, "'Indicator' is empty"],
		[42, "'Indicator' is 42, not text"],
		[['a.example.com'], "'Indicator' is a list, not text"],
		['undefined', "'Indicator' is 'undefined', which is not a value"],
		['={{ $json.ip }}', 'an expression that was not resolved'],
		...['NTLM', 'GUID', 'Machine GUID', 'Task ID', 'Icon hash', 'Import hash', 'SSL cert'].map(
			(name): [string, string] => [`${name}: ${MD5}`, `is of the kind ${name}, which`],
		),
		[`rmd160: ${SHA1}`, 'is of the kind rmd160, which'],
		['evil.example/*', "'Indicator' is 'evil.example/*', which stands for many names"],
		['http://evil.example/*', 'which stands for many names'],
		['a.example.com\nb.example.com', "'Indicator' holds more than one line"],
		['a.example.com, b.example.com', "'Indicator' holds more than one indicator"],
		['203.0.113.7 203.0.113.8', "'Indicator' holds more than one indicator"],
		[`${MD5} ${SHA1}`, "'Indicator' holds more than one indicator"],
		['https://a.example.com/x https://b.example.com/y', 'more than one indicator'],
		['https://a.example.com/x,https://b.example.com/y', 'more than one indicator'],
		['someone@example.com', "'Indicator' is an e-mail address ('***@example.com')"],
		['mailto:someone@example.com', "'Indicator' is an e-mail address"],
		['Some One <someone@example.com>', "'Indicator' is an e-mail address"],
		['someone[at]example[.]com', "'Indicator' is an e-mail address"],
		['localhost', "('localhost') is no hash, IP address, domain or web address"],
		['http://localhost/x', 'is not a web address'],
		['http://', 'is not a web address'],
		['javascript:alert(1)//x', 'is no hash, IP address, domain or web address'],
		['*.example.com', "'*.example.com', which stands for many names"],
		['.example.com', 'which stands for many names'],
		['999.1.1.1', 'is no hash, IP address, domain or web address'],
		['example.123', 'is no hash, IP address, domain or web address'],
		['-a.example.com', 'is no hash, IP address, domain or web address'],
		[`${'a'.repeat(64)}.example.com`, 'is no hash, IP address, domain or web address'],
		['a'.repeat(128), "'Indicator' is a hash of 128 digits"],
		[`imphash: ${MD5}`, 'is of the kind imphash, which Threat Lookup does not know'],
		[`SHA256: ${MD5}`, 'SHA256 stands in front of it, and its 32 digits are another hash'],
		['00:1A:2B:3C:4D:5E', 'is no hash, IP address'],
		['\ud800.example.com', 'holds half of a character'],
		['https://example.com/very-long…', 'which was cut off where it was shown'],
		['https://example.com/very-long...', 'which was cut off where it was shown'],
		['evil☠.example.com', "with a character that no name has: '☠' (U+2620)"],
		['evil\u2044example.com', 'with a character that no name has'],
	])('%j is refused', (input, message) => {
		expect(messageOf(input)).toContain(message);
	});

	it('is refused unread when it is longer than any indicator', () => {
		expect(messageOf('x'.repeat(4001))).toBe(
			"'Indicator' has 4001 characters, more than the 4000 allowed",
		);
	});

	it('does not show the credentials of a web address', () => {
		for (const address of ['http://me:s3cret@localhost/x', 'https://me:s3/cret@localhost']) {
			expect(messageOf(address)).not.toMatch(/s3|cret|me:/);
		}
	});
});

describe('What people really paste', () => {
	it.each([
		['L01', '“evil.example'],
		['L01', 'evil.example”'],
		['L01', '“evil.example”'],
		['L01', '„evil.example“'],
		['L01', '«evil.example»'],
		['L01', '‹ evil.example ›'],
		['L01', '"evil.example'],
		['L01', "'evil.example'"],
		['L01', '`evil.example`'],
		['L01', '```evil.example```'],
		['L01', '‘evil.example’'],
		['L01', '‚evil.example‘'],
		['L01', '「evil.example」'],
		['L01', '『evil.example』'],
		['L01', '【evil.example】'],
		['L01', '〈evil.example〉'],
		['L01', '《evil.example》'],
		['L01', '（evil.example）'],
		['L01', '＂evil.example＂'],
		['L01', '❝evil.example❞'],
		['L01', '〝evil.example〟'],
		['brackets', '(evil.example)'],
		['brackets', '[evil.example]'],
		['brackets', '{evil.example}'],
		['brackets', '<evil.example>'],
		['brackets', '(evil.example'],
		['brackets', 'evil.example)'],
		['brackets', '[[evil.example]]'],
		['brackets', '["evil.example"]'],
		['end', 'evil.example,'],
		['end', 'evil.example;'],
		['end', '"evil.example",'],
		['end', 'evil.example!'],
		['end', 'evil.example.'],
		['end', 'evil.example。'],
		['bullet', '• evil.example'],
		['bullet', '•evil.example'],
		['bullet', '- evil.example'],
		['bullet', '– evil.example'],
		['bullet', '* evil.example'],
		['bullet', '+ evil.example'],
		['bullet', '▪ evil.example'],
		['bullet', '✔️ evil.example'],
		['bullet', '☠️ evil.example'],
		['bullet', '🚨🚨 evil.example'],
		['bullet', '- [ ] evil.example'],
		['arrow', '→ evil.example'],
		['arrow', '→evil.example'],
		['arrow', '=> evil.example'],
		['arrow', '-> evil.example'],
		['arrow', '➜ evil.example'],
		['arrow', '> evil.example'],
		['arrow', '>> evil.example'],
		['arrow', 'evil.example →'],
		['table', '| evil.example |'],
		['number', '1. evil.example'],
		['number', '12) evil.example'],
		['number', '(1) evil.example'],
		['number', '[1] evil.example'],
		['number', '[1]: evil.example'],
		['number', 'a) evil.example'],
		['number', '① evil.example'],
		['number', '1️⃣ evil.example'],
		['label', 'Domain: evil.example'],
		['label', 'domain=evil.example'],
		['label', 'Domain - evil.example'],
		['label', 'Domain name: evil.example'],
		['label', 'Host evil.example'],
		['label', 'C2: evil.example'],
		['label', 'C&C server: evil.example'],
		['label', 'C2 server – evil.example'],
		['label', 'Infected host: evil.example'],
		['label', 'Домен: evil.example'],
		['label', '[C2] evil.example'],
		['label', '(IOC) evil.example'],
		['label', 'IOC: Domain: evil.example'],
		['label', '"domain": "evil.example"'],
		['label', '• Domain: “evil[.]example”,'],
		['L03', '\u200eevil.example'],
		['L03', '\u202aevil.example\u202c'],
		['L03', 'ev\u200bil.exam\u00adple'],
		['L03', 'evil\u2060.\ufeffexample'],
		['L03', '\u2066evil.example\u2069'],
		['L03', 'evil\u200d.example'],
		['L03', '\u{E0041}evil.example'],
		['L18', 'evil。example'],
		['L18', 'evil．example'],
		['L18', 'evil｡example'],
		['L18', 'evil[。]example'],
		['L18', 'evil․example'],
		['L18', 'evil۔example'],
		['L18', 'ｅｖｉｌ．ｅｘａｍｐｌｅ'],
		['Slack', '<http://evil.example|evil.example>'],
		['mail', 'evil.example<http://evil.example/>'],
	])('%s: %s is the domain', (_id, input) => {
		expect(readIndicator(input)).toEqual({ kind: 'domain', value: 'evil.example' });
	});

	it.each([
		['Slack (L04)', '<https://evil.example/x|https://evil.example/x>'],
		['Slack (L04)', '<https://evil.example/x|evil.example/x>'],
		['Slack (L04)', '<https://evil.example/x>'],
		['Slack (L04)', '<hxxps://evil[.]example/x|click here>'],
		['Markdown', '[report](https://evil.example/x)'],
		['Markdown', '[evil.example](https://evil.example/x)'],
		['Markdown', '[https://evil.example/x](https://evil.example/x)'],
		['Markdown', '[evil\\[.\\]example](<https://evil.example/x> "a title")'],
		['Markdown', '![](https://evil.example/x)'],
		['Markdown', '<https://evil.example/x>'],
		['Markdown', '[1]: https://evil.example/x'],
		['HTML', '<a href="https://evil.example/x">click here</a>'],
		['HTML', "<A target=_blank HREF='https://evil.example/x'><b>click</b> here</A>."],
		['HTML', '<a href=https://evil.example/x>https://evil.example/x</a>'],
		['HTML', 'href="https://evil.example/x"'],
		['mail', 'https://evil.example/x<https://evil.example/x>'],
		['mail', 'click here <https://evil.example/x>'],
		['Jira', '[report|https://evil.example/x]'],
		['Jira', '[https://evil.example/x|https://evil.example/x|smart-link]'],
		['MediaWiki', '[https://evil.example/x the page]'],
		['BBCode', '[url]https://evil.example/x[/url]'],
		['BBCode', '[url=https://evil.example/x]here[/url]'],
		['label', 'URL: hxxps://evil[.]example/x'],
		['label', 'url=https://evil.example/x'],
		['arrow', '→ hxxps://evil.example/x'],
		['end', 'https://evil.example/x,'],
		['end', 'https://evil.example/x.'],
		['end', '(https://evil.example/x)'],
		['end', 'https://evil.example/x)'],
		['end', '“https://evil.example/x”'],
	])('%s: %s is the web address', (_id, input) => {
		expect(readIndicator(input)).toEqual({ kind: 'url', value: 'evil.example/x' });
	});

	it('keeps what a chat wrote for &', () => {
		const { value } = readIndicator(
			'<https://evil.example/?a=1&amp;b=2|https://evil.example/?a=1&amp;b=2>',
		);
		expect(value).toBe('evil.example/?a=1&b=2');
	});

	it('keeps brackets and quotes that belong to the address', () => {
		for (const address of ['evil.example/a_(b)', "evil.example/?q='a'", 'evil.example/(a)/b']) {
			expect(readIndicator(`https://${address}`).value).toBe(address);
		}
	});

	it('refuses a link that shows one host and leads to another, with both', () => {
		for (const link of [
			'[https://good.example/](https://evil.example/x)',
			'<https://evil.example/x|good.example/login>',
			'<a href="https://evil.example/x">www.good.example</a>',
		]) {
			expect(messageOf(link)).toMatch(
				/is a link that shows '[^']*good\.example[^']*' and leads to 'https:\/\/evil\.example\/x'/,
			);
		}
	});

	it.each([
		['IP: 203.0.113.7'],
		['IP 203.0.113.7'],
		['Source IP: 203.0.113.7'],
		['src_ip=203.0.113.7'],
		['IP-Adresse: 203.0.113.7'],
		['"ip": "203.0.113.7",'],
		['→ 203.0.113.7'],
		['1. 203.0.113.7'],
		['(203.0.113.7)'],
		['203.0.113.7.'],
		['\u200e203.0.113.7'],
		['<203.0.113.7>'],
		// L05: an IPv4-mapped IPv6 address is the IPv4 address, in any spelling.
		['::ffff:203.0.113.7'],
		['::FFFF:203.0.113.7'],
		['::ffff:cb00:7107'],
		['0:0:0:0:0:ffff:203.0.113.7'],
		['0000:0000:0000:0000:0000:ffff:cb00:7107'],
		['[::ffff:203.0.113.7]:443'],
		['::ffff:203[.]0[.]113[.]7'],
	])('%s is the IP address', (input) => {
		expect(readIndicator(input)).toEqual({ kind: 'ip', value: '203.0.113.7' });
	});

	it('reads a mapped address in a web address too (L05)', () => {
		expect(readIndicator('http://[::ffff:203.0.113.7]:8080/x').value).toBe('203.0.113.7/x');
	});

	it('reads a hash that a dialog of Windows copied (L03)', () => {
		expect(readIndicator(`\u200e${MD5}`)).toEqual({ kind: 'hash', value: MD5 });
	});
});

describe('What looks like an indicator and is none', () => {
	it.each([
		['203.0.113.0/24'],
		['203.0.113.7/32'],
		['203[.]0[.]113[.]0/24'],
		['203.0.113.0 / 24'],
		['203.0.113/24'],
		['2001:db8::/32'],
		['2001:db8::7/128'],
		['203.0.113.0/255.255.255.0'],
		['203.0.113.0 255.255.255.0'],
		['203.0.113.0 netmask 255.255.255.0'],
		['203.0.113.0 mask 255.255.255.0'],
		['203.0.113.0/0.0.0.255'],
		['203.0.113.0 0.0.0.255'],
		['203.0.113.0/0xffffff00'],
		['203.0.113.1-9'],
		['203.0.113.1–9'],
		['203.0.113.1 - 203.0.113.9'],
		['203.0.113.1-203.0.113.9'],
		['203.0.113.1..203.0.113.9'],
		['203.0.113.1 to 203.0.113.9'],
		['203.0.113.1~9'],
		['203.0.113-115.0'],
		['203.0.113.[1-9]'],
		['203.0.113.{1,9}'],
		['203.0.113.*'],
		['203.0.*.*'],
		['203.0.*'],
		['2001:db8::1-2001:db8::9'],
		['2001:db8:*'],
		['IP: 203.0.113.0/24'],
	])('L06: %s is refused as a network', (input) => {
		expect(messageOf(input)).toMatch(/is a network or a range \('/);
	});

	it.each([
		['203.0.113.xxx'],
		['203.0.113.x'],
		['203.0.113.XX'],
		['x.x.x.x'],
		['xxx.xxx.xxx.xxx'],
		['203.0.113.n'],
		['203.0.113.###'],
		['203.0.113.?'],
		['203.0.113.__'],
		['203.0.xxx.xxx:443'],
	])('%s is refused as a placeholder', (input) => {
		expect(messageOf(input)).toMatch(/in which something stands for a number/);
	});

	it.each([
		['\\\\203.0.113.7@80\\dav\\x.exe'],
		['\\\\evil.example@SSL\\DavWWWRoot\\x.exe'],
		['\\\\fileserver\\share\\x.docx'],
		['C:\\Users\\x.exe'],
		['c:/Windows/x.exe'],
		['"C:\\Program Files\\x.exe"'],
		['%TEMP%\\x.exe'],
		['%APPDATA%/x'],
		['/etc/passwd'],
		['~/x'],
		['./x.sh'],
		['../x.sh'],
		['file:///etc/passwd'],
		['file://fileserver/share/x'],
		['smb://203.0.113.7/share'],
		['HKLM\\Software\\x'],
		['HKEY_LOCAL_MACHINE\\Software\\x'],
		['\\Device\\HarddiskVolume2\\x.exe'],
		['example.com\\someone'],
	])('L10: %s is refused as a path', (input) => {
		expect(messageOf(input)).toMatch(/the path of a file or a share and not an indicator/);
	});

	it('never takes the host out of a path of WebDAV (L10)', () => {
		for (const kind of [undefined, 'url', 'ip', 'domain'] as const) {
			expect(messageOf('\\\\203.0.113.7@80\\dav\\x.exe', kind)).toContain("'\\\\203.0.113.7@80");
		}
		expect(messageOf('http://203.0.113.7@80/dav/x.exe')).toMatch(/is not a web address/);
	});

	it.each([
		['010.1.1.1', ['8.1.1.1', '10.1.1.1']],
		['0313.0.0161.07', ['203.0.113.7']],
		['0xCB007107', ['203.0.113.7']],
		['0xcb.0.0x71.7', ['203.0.113.7']],
		['3405803783', ['203.0.113.7']],
		['203.0.28935', ['203.0.113.7']],
		['203.28935', ['203.0.113.7']],
		['127.1', ['127.0.0.1']],
		['http://0x7f.1/x', ['127.0.0.1']],
		['http://010.1.1.1/x', ['8.1.1.1', '10.1.1.1']],
		['http://3405803783/x', ['203.0.113.7']],
	])('%s is refused with what it could mean', (input, readings) => {
		const message = messageOf(input);
		expect(message).toContain(`that can be read as ${readings.join(' or ')}`);
		expect(message).toContain(input.replace(/^http:\/\/|\/x$/g, ''));
	});

	it.each([
		['virus.exe'],
		['report.docx'],
		['a.b.dll'],
		['photo.jpg'],
		['server.local'],
		['evil.exe/x'],
	])('L16: %s has no ending that is a top-level domain', (input) => {
		expect(messageOf(input)).toMatch(/and there is no top-level domain '\.\w+'$/);
	});

	it('L16: takes what could be a file for a domain where its ending is one', () => {
		for (const name of ['backup.zip', 'clip.mov', 'setup.sh', 'script.pl', 'main.py', 'lib.rs']) {
			expect(readIndicator(name)).toEqual({ kind: 'domain', value: name });
		}
	});

	it('L16: takes any name as it is when told that it is a domain', () => {
		for (const name of ['virus.exe', 'report.docx', 'server.local']) {
			expect(readIndicator(name, 'domain')).toEqual({ kind: 'domain', value: name });
		}
	});
});

describe('An indicator of one kind', () => {
	it.each<[IndicatorKind, string, string]>([
		['hash', 'not-a-hash', "'Hash' ('not-a-hash') is not a hash"],
		['hash', 'abcdef', "'Hash' is a hash of 6 digits"],
		['hash', 'example.com', "'Hash' ('example.com') is not a hash"],
		['ip', 'example.com', "'IP Address' ('example.com') is not an IP address"],
		['ip', '1.2.3', "'IP Address' is '1.2.3', an unusual spelling that can be read as 1.2.0.3"],
		['ip', '010.1.1.1', "'IP Address' is '010.1.1.1'"],
		['ip', '203.0.113.7/x', "'IP Address' ('203.0.113.7/x') is not an IP address"],
		['ip', '203.0.113.0/24', "'IP Address' is a network"],
		['ip', 'fe80::1%eth0', "'IP Address' ('fe80::1%eth0') is not an IP address"],
		['domain', 'https://example.com/', "'Domain' ('https://example.com/') is not a domain"],
		['domain', '203.0.113.7', "'Domain' ('203.0.113.7') is not a domain"],
		['domain', '203.0.113.1-9', "'Domain' is a network"],
		['domain', '203.0.113.xxx', "'Domain' is '203.0.113.xxx'"],
		['domain', 'someone@example.com', "'Domain' is an e-mail address"],
		['url', 'intranet/path', "'Web Address' ('intranet/path') is not a web address"],
		['url', 'C:\\x', "'Web Address' is 'C:\\x', the path of a file"],
		['url', 'someone@example.com', "'Web Address' is an e-mail address"],
		['url', '', "'Web Address' is empty"],
	])('%s: %s is refused under its label', (kind, input, message) => {
		expect(messageOf(input, kind)).toContain(message);
	});

	it('reads the domain that a chat made a link of', () => {
		expect(readIndicator('<http://evil.example|evil.example>', 'domain').value).toBe(
			'evil.example',
		);
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
		['example.com?q=[.]', 'example.com?q=.'],
		// What is left looks defanged itself, and would be read differently the second time.
		['http://example.com/a[//]b', 'example.com/a/b'],
		['2001:db8::7', '[2001:db8::7]'],
	])('the web address %s becomes %s', (input, value) => {
		expect(readIndicator(input, 'url')).toEqual({ kind: 'url', value });
	});

	it.each([
		// L13: only the host is refanged.
		['example.com/info(at)evil.example?re=a\\.b', 'example.com/info(at)evil.example?re=a\\.b'],
		['example.com/a(.)b/c[dot]d/{at}?x=a[at]b', 'example.com/a(.)b/c[dot]d/{at}?x=a[at]b'],
		['example.com/a?filter[dot]=1&re=\\d\\.\\d', 'example.com/a?filter[dot]=1&re=\\d\\.\\d'],
		['example.com/h**p/fxp/dot', 'example.com/h**p/fxp/dot'],
		['example.com/☠・。/x', 'example.com/☠・。/x'],
		// What can't be part of an address is.
		['example[.]com/index[.]html', 'example.com/index.html'],
		['example.com/?u=hxxp[:]//evil[.]example', 'example.com/?u=http:/evil.example'],
		['example.com/?u=hxxps%3A%2F%2Fevil.example', 'example.com/?u=https%3a%2f%2fevil.example'],
	])('L13: of https://%s the path and the query stay', (address, value) => {
		expect(readIndicator(`https://${address}`).value).toBe(value);
	});

	it('takes 2,000 characters of a web address and not one more', () => {
		const rest = WEB_ADDRESS_MAX_LENGTH - 'example.com/'.length;
		expect(readIndicator(`http://example.com/${'a'.repeat(rest)}`).value).toHaveLength(2000);
		expect(messageOf(`http://example.com/${'a'.repeat(rest + 1)}`)).toMatch(
			/2001 characters, more than the 2000 the portal takes/,
		);
	});
});
