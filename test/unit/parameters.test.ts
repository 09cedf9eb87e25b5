import { inspect } from 'node:util';
import { RESCAN_RULES, toQuery } from '../../tip/tasks/parameters';
import { encodeRfc3986 } from '../../tip/values/encoding';
import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { rescanRequest } from '../../tip/tasks/requests';
import { requestTarget } from '../../tip/values/request';
import { Sensitive } from '../../tip/values/secret';
import { rescan as sandboxRescan } from '../../nodes/KasperskyTip/resources/sandbox/rescan';
import { rescan as taeRescan } from '../../nodes/KasperskyTip/resources/tae/rescan';

const refusalOf = (read: () => unknown): TipError => {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown;
	}
	throw new Error('it was not refused');
};

describe('toQuery', () => {
	it('refuses a name the engine does not take, and says which it takes', () => {
		const refusal = refusalOf(() =>
			toQuery(RESCAN_RULES.attribution.file_from_url, { exec_time: 60 }),
		);
		expect(refusal).toMatchObject({ code: 'input.exec_time', outcome: 'notSent' });
		expect(explain(refusal)).toEqual({
			message: "'Execution Time (Seconds)' is not a parameter of this operation",
			advice: expect.stringContaining('unpack'),
		});
	});

	it('leaves out what is undefined and keeps the order of the rules', () => {
		const query = toQuery(RESCAN_RULES.sandbox.file_from_url, {
			cmd_line: 'b',
			url: 'https://a.example/x',
			exec_time: undefined,
		});
		expect(query.map(([name]) => name)).toEqual(['url', 'cmd_line']);
	});

	it('counts characters as a reader does, not UTF-16 units', () => {
		expect(
			toQuery(RESCAN_RULES.sandbox.file_from_url, { cmd_line: '😀'.repeat(1024) }),
		).toHaveLength(1);
		const refusal = refusalOf(() =>
			toQuery(RESCAN_RULES.sandbox.file_from_url, { cmd_line: '😀'.repeat(1025) }),
		);
		expect(explain(refusal).message).toContain('1025 characters');
	});
});

describe('What goes out is what came in, or a refusal', () => {
	const task = (taskId: unknown) => rescanRequest('sandbox', 'file_from_url', taskId, []);

	it.each([
		['R03: NaN', NaN, /'Task ID' is NaN/],
		['infinity', -Infinity, /'Task ID' is -Infinity/],
		['R06: a number that lost digits', 2 ** 53 + 2, /lost digits|too large to be exact/],
		['a fraction', 1.5, /'Task ID' is 1.5, not text/],
		['undefined', undefined, /'Task ID' is empty/],
		['null', null, /'Task ID' is empty/],
		['the word undefined', 'undefined', /'Task ID' is 'undefined'/],
		['the word null', ' null ', /'Task ID' is 'null'/],
		['the word NaN', 'NaN', /'Task ID' is 'NaN'/],
		["Python's word for nothing", 'None', /'Task ID' is 'None'/],
		["a table's word for nothing", ' n/a', /'Task ID' is 'n\/a'/],
		['an object made a text', '[object Object]', /'Task ID' is '\[object Object\]'/],
		['a list', ['a'], /'Task ID' is a list/],
		['an object', { id: 'a' }, /'Task ID' is an object/],
		['a list written down', '["a"]', /'Task ID' is a list/],
		['an object written down', ' {"id":"a"}', /'Task ID' is an object/],
		['a boolean', true, /'Task ID' is true/],
		['invisible characters only', '\u200b\ufeff \u2060', /'Task ID' is empty/],
		['half a character', 'a\ud83d', /'Task ID' holds half of a character/],
	])('a task ID that is %s is refused', (_name, value, message) => {
		const refusal = refusalOf(() => task(value));
		expect(refusal).toMatchObject({ code: 'input.taskId', outcome: 'notSent' });
		expect(explain(refusal).message).toMatch(message);
	});

	it.each([
		['blanks', ' 5f1234ab \n'],
		['zero-width space', '\u200b5f1234ab\u200b'],
		['marks of direction', '\u202a5f1234ab\u202c\u200e'],
		['byte order mark', '\ufeff5f1234ab'],
		['soft hyphen', '\u00ad5f1234ab\u2060'],
	])('%s around a task ID are taken off', (_name, value) => {
		expect(task(value).taskId).toBe('5f1234ab');
	});

	it.each(['[draft]', '{draft}', '[1', 'none-1', 'na'])('%s is as good a task ID as any', (id) => {
		expect(task(id).taskId).toBe(id);
	});

	it.each([7, '7', Number.MAX_SAFE_INTEGER])(
		'a whole number (%j) is taken as its digits',
		(value) => {
			expect(task(value).taskId).toBe(String(value));
		},
	);

	const query = (
		values: Record<string, unknown>,
		source: 'file' | 'file_from_url' = 'file_from_url',
	) => toQuery(RESCAN_RULES.sandbox[source], values);

	it.each([
		['R08: hxxp', 'hxxp://files.example.com/x.exe'],
		['brackets', 'https://files[.]example[.]com/x.exe'],
		['hxxps and brackets', 'hxxps[:]//files.example.com/x.exe'],
		['dot in words', 'https://files[dot]example.com/x.exe'],
	])('a URL defanged with %s is refused with what was seen', (_name, url) => {
		const refusal = refusalOf(() => query({ url }));
		expect(explain(refusal).message).toMatch(/'URL' .*\(/);
	});

	it.each(['https://files.example.com/x[1].exe', 'http://[2001:db8::1]/x', 'ftp://a.example/x'])(
		'a URL such as %s goes out as it came in',
		(url) => expect(query({ url })).toEqual([['url', url]]),
	);

	it.each(['Invoice 12.05.2024', 'report v1.2', 'no extension', '2024.01'])(
		'the File Name %s has no extension',
		(file_name) => expect(query({ file_name }, 'file')).toEqual([['file_name', file_name]]),
	);

	it.each(['sample.exe', 'archive.7z', 'song.mp3'])('the File Name %s has one', (file_name) => {
		const refusal = refusalOf(() => query({ file_name }, 'file'));
		expect(explain(refusal).message).toMatch(/'File Name' ends with the extension/);
	});

	it('names all fields that were added and left empty, in their order', () => {
		const refusal = refusalOf(() =>
			query({ url: '', exec_env: null, exec_time: '', unpack: undefined }),
		);
		expect(explain(refusal).message).toBe(
			"'URL', 'Execution Environment', 'Execution Time (Seconds)' are empty",
		);
	});

	it('does not show a password that lost digits as a number', () => {
		const { message, advice } = explain(refusalOf(() => query({ unzip_password: 2 ** 60 })));
		expect(message + advice).not.toContain('11529');
	});
});

describe('The fields of the node', () => {
	const optionsOf = (action: typeof taeRescan) =>
		action.fields.find(({ name }) => name === 'additionalFields')!.options!.map(({ name }) => name);

	it('are the parameters of the API, name for name', () => {
		for (const [action, rules] of [
			[sandboxRescan, RESCAN_RULES.sandbox],
			[taeRescan, RESCAN_RULES.attribution],
		] as const) {
			const parameters = Object.keys({ ...rules.file, ...rules.file_from_url });
			expect(optionsOf(action).sort()).toEqual(parameters.sort());
		}
	});
});

describe('A request', () => {
	const request = rescanRequest('sandbox', 'file_from_url', 'a', [
		['unzip_password', new Sensitive('pässword&1')],
	]);

	it('shows no secret to whatever prints it', () => {
		const shown = [
			JSON.stringify(request),
			inspect(request, { depth: 9 }),
			String(request.query[0]![1]),
		].join('\n');
		expect(shown).not.toContain('ssword&1');
		expect(shown).toContain('***');
	});

	it('reveals it on the wire only', () => {
		expect(requestTarget(request)).toBe(
			'/api/sandbox/tasks/file_from_url/a?unzip_password=p%C3%A4ssword%261',
		);
	});

	it('encodes everything but unreserved characters', () => {
		expect(encodeRfc3986("aZ09-._~ !*'()%+/?&=#:@é")).toBe(
			'aZ09-._~%20%21%2A%27%28%29%25%2B%2F%3F%26%3D%23%3A%40%C3%A9',
		);
	});
});
