import { inspect } from 'node:util';
import { RESCAN_RULES, toQuery } from '../../tip/tasks/parameters';
import { encodeRfc3986 } from '../../tip/values/encoding';
import { rescanRequest } from '../../tip/tasks/requests';
import { requestTarget } from '../../tip/values/request';
import { Redactor, Sensitive } from '../../tip/values/secret';
import { rescan as sandboxRescan } from '../../nodes/KasperskyTip/resources/sandbox/rescan';
import { rescan as taeRescan } from '../../nodes/KasperskyTip/resources/tae/rescan';

const label = (name: string) => `label of ${name}`;

describe('toQuery', () => {
	it('refuses a name the engine does not take, and says which it takes', () => {
		expect(() => toQuery(RESCAN_RULES.attribution.file_from_url, { exec_time: 60 }, label)).toThrow(
			expect.objectContaining({
				message: "'exec_time' is not a parameter of this operation",
				advice: expect.stringContaining('unpack'),
				outcome: 'notSent',
			}),
		);
	});

	it('leaves out what is undefined and keeps the order of the rules', () => {
		const query = toQuery(
			RESCAN_RULES.sandbox.file_from_url,
			{ cmd_line: 'b', url: 'https://a.example/x', exec_time: undefined },
			label,
		);
		expect(query.map(([name]) => name)).toEqual(['url', 'cmd_line']);
	});

	it('counts characters as a reader does, not UTF-16 units', () => {
		expect(
			toQuery(RESCAN_RULES.sandbox.file_from_url, { cmd_line: '😀'.repeat(1024) }, label),
		).toHaveLength(1);
		expect(() =>
			toQuery(RESCAN_RULES.sandbox.file_from_url, { cmd_line: '😀'.repeat(1025) }, label),
		).toThrow('1025 characters');
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

describe('A redactor', () => {
	const secret = 'two "words" \\ & mörë!';

	it.each([
		['as it is', secret],
		['percent-encoded', encodeURIComponent(secret)],
		['percent-encoded by RFC 3986', encodeRfc3986(secret)],
		['in lower-case hex', encodeRfc3986(secret).replace(/%../g, (hex) => hex.toLowerCase())],
		['as a form', new URLSearchParams({ a: secret }).toString().slice(2)],
		['in JSON', JSON.stringify(secret).slice(1, -1)],
		['in JSON without letters beyond ASCII', 'two \\"words\\" \\\\ & m\\u00f6r\\u00eb!'],
	])('masks a secret %s', (_name, form) => {
		expect(new Redactor([secret]).text(`before ${form} after`)).toBe('before *** after');
	});

	it('masks a short secret only where it stands alone', () => {
		expect(new Redactor(['ab']).text('ab: cab ab.')).toBe('***: cab ***.');
	});

	it('does not look for a short one in a long encoded text, where it is there by chance', () => {
		const file = 'abcd'.repeat(10_000);
		expect(new Redactor(['abcd']).text(file)).toBe(file);
	});

	it('reaches into lists, objects and their keys', () => {
		expect(
			new Redactor(['secret1']).deep({ secret1: [{ a: 'is secret1' }], n: 1, z: null }),
		).toEqual({ '***': [{ a: 'is ***' }], n: 1, z: null });
	});

	it('leaves what holds none as the very same', () => {
		const value = { a: [{ b: 'c' }], d: null };
		expect(new Redactor(['secret1']).deep(value)).toBe(value);
	});

	it('takes further secrets for one request', () => {
		expect(new Redactor(['one1']).with(['two2']).text('one1 two2')).toBe('*** ***');
	});
});
