import { RESCAN_RULES, toQuery } from '../../tip/tasks/parameters';
import { choicesRequest, deleteTaskRequest, rescanRequest } from '../../tip/tasks/requests';
import { TipError, type Facts } from '../../tip/values/error';
import type { QueryParameter } from '../../tip/values/request';
import type { Sensitive } from '../../tip/values/secret';

type Values = Readonly<Record<string, unknown>>;

const RULES = {
	...RESCAN_RULES.sandbox.file,
	...RESCAN_RULES.sandbox.file_from_url,
	...RESCAN_RULES.attribution.file,
};
const query = (values: Values): QueryParameter[] => toQuery(RULES, values);
const sent = (name: string, value: unknown) => query({ [name]: value })[0]?.[1];

function factsOf(read: () => unknown): Facts {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) {
			expect(thrown).toMatchObject({ kind: 'input', outcome: 'notSent' });
			expect(thrown.code).toBe(`input.${String(thrown.facts.field)}`);
			return thrown.facts;
		}
		throw thrown;
	}
	throw new Error('it was not refused');
}

describe.each<[name: string, taken: [unknown, string][], refused: [unknown, Facts][]]>([
	[
		'click_on_links',
		[
			[true, 'true'],
			[false, 'false'],
			['true', 'true'],
			[' \tFALSE\n\n', 'false'],
		],
		[
			['yes', { reason: 'notBoolean', found: "'yes'" }],
			['not true', { reason: 'notBoolean', found: "'not true'" }],
			['true.', { reason: 'notBoolean', found: "'true.'" }],
			[1, { reason: 'notBoolean', found: '1' }],
			[['true'], { reason: 'notBoolean', found: 'a list' }],
		],
	],
	[
		'exec_time',
		[
			[30, '30'],
			[500, '500'],
			[' 60 ', '60'],
		],
		[
			[29, { reason: 'outsideRange', bounds: '30 to 500 seconds' }],
			[501, { reason: 'outsideRange', bounds: '30 to 500 seconds' }],
			[60.5, { reason: 'notWhole', found: '60.5' }],
			[true, { reason: 'notWhole', found: 'true' }],
		],
	],
	[
		'processing_type',
		[
			['exec-only', 'exec-only'],
			[' unzip-and-exec ', 'unzip-and-exec'],
		],
		[
			['unzip', { reason: 'notOneOf', found: "'unzip'", allowed: ['exec-only', 'unzip-and-exec'] }],
			['EXEC-ONLY', { reason: 'notOneOf', found: "'EXEC-ONLY'" }],
		],
	],
	[
		'channel',
		[
			[' Tarpit ', 'Tarpit'],
			[7, '7'],
		],
		[[true, { reason: 'notText' }]],
	],
	[
		'file_ext',
		[
			['exe', 'exe'],
			['x'.repeat(10), 'x'.repeat(10)],
			['😀'.repeat(10), '😀'.repeat(10)],
		],
		[
			['.exe', { reason: 'dotInFront', proposal: "'exe'" }],
			['..tar.gz', { reason: 'dotInFront', proposal: "'tar.gz'" }],
			['a.tar.gz', { reason: 'dotInside', found: "'a.tar.gz'", proposal: "'gz'" }],
			['exe.', { reason: 'dotInside', found: "'exe.'" }],
			['x'.repeat(11), { reason: 'longExtension', length: 11, max: 10 }],
		],
	],
	[
		'file_name',
		[
			['sample', 'sample'],
			['x'.repeat(240), 'x'.repeat(240)],
			['😀'.repeat(240), '😀'.repeat(240)],
			['.exe', '.exe'],
			['12.05.2024', '12.05.2024'],
			['to.be-continued', 'to.be-continued'],
			['a.elevenchars', 'a.elevenchars'],
		],
		[
			['x'.repeat(241), { reason: 'tooLong', length: 241, max: 240 }],
			['a.b.exe', { reason: 'extensionInName', extension: '.exe', proposal: "'a.b'" }],
			['a.7z', { reason: 'extensionInName', extension: '.7z', proposal: "'a'" }],
			['a.tencharact', { reason: 'extensionInName', extension: '.tencharact', proposal: "'a'" }],
		],
	],
	[
		'cmd_line',
		[
			[' -x "a b" ', ' -x "a b" '],
			['x'.repeat(1024), 'x'.repeat(1024)],
		],
		[['x'.repeat(1025), { reason: 'wouldBeCut', length: 1025, max: 1024 }]],
	],
])('The parameter %s', (name, taken, refused) => {
	it.each(taken)('takes %j', (value, expected) => {
		expect(sent(name, value)).toBe(expected);
	});

	it.each(refused)('refuses %j', (value, facts) => {
		expect(factsOf(() => sent(name, value))).toMatchObject({ ...facts, field: name });
	});
});

describe('The parameter url', () => {
	it.each([
		'HTTPS://A.example',
		'http://a.example:8080/?u=https://evil[.]com',
		'http://a.example?[.]',
		'http://a.example#[.]',
		'http://[::1]/x',
		'http://[FE80::1]:80/x',
		'http://dot.example/x',
	])('takes %s', (url) => {
		expect(sent('url', url)).toBe(url);
	});

	it.each([
		'a.example',
		'mailto:a@b.example',
		'file:///etc/passwd',
		'xhttp://a.example',
		'http:///a.example',
		'http://?a.example',
		'http://#a.example',
		'http://a.example:99999/',
		'http://a[b]c/',
	])('is no address of a file in %s', (url) => {
		expect(factsOf(() => sent('url', url))).toMatchObject({
			reason: 'notAbsolute',
			found: `'${url}'`,
		});
	});

	it.each([
		'https://a\u3002example/x',
		'https://a(dot)example/x',
		'https://a{.}example/x',
		'https://a\u200b.example/x',
		'https://*.a.example/x',
		'https://a\\.example/x',
		'https://a.example\\x',
	])('has a host that no name is like in %s', (url) => {
		expect(factsOf(() => sent('url', url))).toMatchObject({ reason: 'foreignHost' });
	});

	it.each([
		['https://undefined/x', 'notANumber'],
		['https://u:p@null:80', 'notANumber'],
		['https://a.example/{{ $json.file }}', 'template'],
		['https://a.example/\nx', 'notAbsolute'],
	])('is not what an expression left of it: %j', (url, reason) => {
		expect(factsOf(() => sent('url', url))).toMatchObject({ reason });
	});

	it.each(['https://b\u00fccher.example/x', 'https://u:p@a_b.example:8443/x', 'https://пример.рф'])(
		'may have any name: %s',
		(url) => {
			expect(sent('url', url)).toBe(url);
		},
	);

	it.each([
		'hxxp://a.example',
		'HTXPS://a.example',
		'hxtp://a.example',
		'h**p://a.example',
		'h__ps://a.example',
		'meaps[:]//a.example',
		'http[://a.example',
		'fxp://a.example',
		'https://a[.example',
		'https://a.]example',
		'https://a[:80',
		'https://a:]80',
		'https://a.b[.]example',
		'https://a(.)example',
		'https://a[DOT]example',
	])('is written so that nobody clicks on it in %s', (url) => {
		expect(factsOf(() => sent('url', url))).toMatchObject({
			reason: 'defanged',
			found: `'${url}'`,
		});
	});
});

describe('The parameters of a rescan', () => {
	it('send a password as it is, however long, and show it to nobody', () => {
		for (const password of [' infected ', 'x'.repeat(8192)]) {
			const [[, value]] = query({ unzip_password: password }) as [QueryParameter];
			expect((value as Sensitive).reveal()).toBe(password);
		}
		expect(sent('cmd_line', 'infected')).toBe('infected');
	});

	it('take a password of an archive only where an archive may be unpacked', () => {
		const unzip_password = 'infected';
		expect(factsOf(() => query({ unzip_password, processing_type: 'exec-only' }))).toEqual({
			field: 'unzip_password',
			reason: 'passwordUnused',
		});
		expect(query({ unzip_password, processing_type: 'unzip-and-exec' })).toHaveLength(2);
		expect(query({ processing_type: 'exec-only' })).toHaveLength(1);
		expect(query({ doc_password: 'a', processing_type: 'exec-only' })).toHaveLength(2);
	});

	it.each<[string, Values, Facts]>([
		['one by itself', { url: '' }, { field: 'url', reason: 'empty' }],
		['whatever its kind', { click_on_links: '' }, { field: 'click_on_links', reason: 'empty' }],
		['null as well', { url: null }, { field: 'url', reason: 'empty' }],
		[
			'all at once',
			{ url: '', exec_time: 60, channel: null },
			{ field: 'emptyFields', reason: 'emptyFields', fields: ['url', 'channel'] },
		],
	])('are named when they are empty, %s', (_name, values, facts) => {
		expect(factsOf(() => query(values))).toEqual(facts);
	});

	it('are refused by name when the operation has no such one, unless it is not set', () => {
		const { attribution } = RESCAN_RULES;
		expect(factsOf(() => toQuery(attribution.file, { unpack: true, url: 'x' }))).toEqual({
			field: 'url',
			reason: 'notParameter',
			allowed: Object.keys(attribution.file),
		});
		expect(toQuery(attribution.file, { unpack: true, url: undefined })).toEqual([
			['unpack', 'true'],
		]);
		expect(() => toQuery(attribution.file, { toString: 'x' })).toThrow(TipError);
	});
});

describe('A task', () => {
	it.each(['.', '..'])('has no ID %j, which is another path', (id) => {
		expect(factsOf(() => deleteTaskRequest('file', id))).toMatchObject({
			field: 'taskId',
			reason: 'otherPath',
			found: `'${id}'`,
		});
	});

	it('of any other ID is acted on under one segment of the path', () => {
		expect(deleteTaskRequest('file', '../.. /').path).toBe('/api/sandbox/tasks/file/..%2F..%20%2F');
		expect(deleteTaskRequest('file', '...').path).toBe('/api/sandbox/tasks/file/...');
	});

	it('may be deleted twice and listed twice, but not rescanned twice', () => {
		expect(deleteTaskRequest('file_from_url', 'a')).toEqual({
			about: 'delete',
			method: 'DELETE',
			path: '/api/sandbox/tasks/file_from_url/a',
			query: [],
			safe: true,
			taskId: 'a',
		});
		expect(choicesRequest('environments')).toEqual({
			about: 'choices',
			method: 'GET',
			path: '/api/sandbox/exec_env',
			query: [],
			safe: true,
		});
		expect(rescanRequest('attribution', 'file', 'a', [['unpack', 'true']])).toEqual({
			about: 'rescan',
			method: 'PUT',
			path: '/api/attribution/tasks/file/a',
			query: [['unpack', 'true']],
			safe: false,
			taskId: 'a',
		});
	});
});
