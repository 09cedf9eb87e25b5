import { inspect } from 'node:util';
import { RESCAN_RULES, toQuery } from '../../tip/parameters';
import { encodeRfc3986, requestTarget, rescanRequest } from '../../tip/requests';
import { redact, redactDeep, Sensitive } from '../../tip/sensitive';
import { rescan as sandboxRescan } from '../../nodes/KasperskyTip/actions/sandbox/rescan';
import { rescan as taeRescan } from '../../nodes/KasperskyTip/actions/tae/rescan';

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

describe('redact', () => {
	it('takes out a secret, plain or percent-encoded', () => {
		expect(redact('x pass word y pass%20word z', ['pass word'])).toBe('x *** y *** z');
	});

	it('takes out a short secret only where it stands alone', () => {
		expect(redact('ab: cab ab.', ['ab'])).toBe('***: cab ***.');
	});

	it('reaches into lists, objects and their keys', () => {
		expect(redactDeep({ secret1: [{ a: 'is secret1' }], n: 1, z: null }, ['secret1'])).toEqual({
			'***': [{ a: 'is ***' }],
			n: 1,
			z: null,
		});
	});
});
