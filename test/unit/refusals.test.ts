import { explain } from '../../nodes/shared/messages';
import type { LoginKind } from '../../tip/identity/login';
import { portalError } from '../../tip/portal/refusals';
import type { TipRequest, Topic } from '../../tip/values/request';
import { AnswerMask, TextMask } from '../../tip/values/masking';

const OWN = '{"error":"some-id","description":"Said so"}';
const PAGE = '<html>Not here</html>';
const TOPICS: Topic[] = [
	'choices',
	'delete',
	'lookup',
	'masterFile',
	'report',
	'reports',
	'rescan',
];
const STATUSES = [301, 303, 307, 400, 401, 403, 404, 408, 413, 414, 418, 429, 451, 500, 503, 599];

function about(topic: Topic): TipRequest {
	const isTask = topic === 'rescan' || topic === 'delete';
	return {
		about: topic,
		method: topic === 'delete' ? 'DELETE' : topic === 'rescan' ? 'PUT' : 'GET',
		path: '/api/sandbox/tasks/file_from_url/task-1',
		query: [],
		safe: topic !== 'rescan',
		...(isTask && { taskId: 'task-1' }),
	};
}

function said(
	status: number,
	topic: Topic,
	{ login = 'certificate' as LoginKind, body = OWN, pathPrefix = '' } = {},
) {
	const error = portalError({ status, headers: {}, body: Buffer.from(body) }, about(topic), {
		host: 'tip.example',
		pathPrefix,
		login,
		mask: new TextMask([]),
		answerMask: new AnswerMask([]),
	});
	const { message, advice } = explain(error);
	return { error, message, advice, all: `${message}. ${advice}` };
}

describe('What a refusal is said to mean', () => {
	const all = TOPICS.flatMap((topic) =>
		STATUSES.flatMap((status) =>
			(['certificate', 'token'] as const).flatMap((login) =>
				[OWN, PAGE, ''].map((body) => ({ topic, status, ...said(status, topic, { login, body }) })),
			),
		),
	);

	it('is said in whole sentences, whatever the request is about', () => {
		for (const { message, advice } of all) {
			expect(message).toMatch(/^[A-Z].*[^.]$/);
			expect(advice).toMatch(/^[A-Z].*\.$/);
			expect(`${message} ${advice}`).not.toMatch(/undefined|null|NaN|\b(error|failure|mistake)/);
		}
	});

	it('speaks of rescans to none but a rescan, and of lookups to none but a lookup', () => {
		for (const { topic, all: text } of all) {
			if (topic !== 'rescan') expect(text).not.toMatch(/rescan/);
			if (topic === 'lookup') expect(text).not.toMatch(/Sandbox|TAE|task/i);
			if (topic === 'report') expect(text).not.toMatch(/Sandbox and TAE need/);
		}
	});

	it('has the portal’s own words in front of the advice, once, and not in the headline', () => {
		for (const { message, advice, error } of all) {
			expect(message).not.toContain('Said so');
			const isQuoted = error.portalDescription === 'Said so';
			expect(advice.startsWith('The portal says: some-id: Said so. ')).toBe(isQuoted);
			expect(advice.split('Said so')).toHaveLength(isQuoted ? 2 : 1);
		}
	});

	it('names for a 403 what this request needs', () => {
		expect(said(403, 'lookup').advice).toMatch(/Threat Lookup needs an account of type FULL/);
		expect(said(403, 'reports').advice).toMatch(/licence for APT or crimeware reports/);
		expect(said(403, 'rescan').advice).toMatch(/Sandbox and TAE need the client certificate/);
		for (const topic of ['rescan', 'delete', 'choices', 'report'] as const) {
			expect(said(403, topic, { login: 'token' }).advice).toMatch(
				/The other way is the client certificate of the account: .*'Authentication'/,
			);
		}
		expect(said(403, 'lookup', { login: 'token' }).advice).toMatch(/Threat Lookup only/);
	});

	it('says of an unknown report that it does not exist, or is not covered', () => {
		expect(said(404, 'report').message).toBe(
			'The report does not exist, or the licence of the account does not cover it (404)',
		);
		expect(said(404, 'report', { body: PAGE }).advice).toMatch(/'Base URL'.*tip\.example may be/);
	});

	it.each(TOPICS)("names the path in 'Base URL' when a 404 to a %s may be due to it", (topic) => {
		for (const body of [OWN, PAGE]) {
			const pathPrefix = '/api';
			expect(said(404, topic, { body, pathPrefix }).advice).toMatch(
				/'Base URL' in the credential ends in '\/api'/,
			);
			expect(said(404, topic, { body }).advice).not.toMatch(/ends in/);
		}
	});
});

describe('What a refusal is made of', () => {
	const refused = (
		status: number,
		request: Partial<TipRequest> = {},
		{ body = OWN, login = 'certificate' as LoginKind, location = undefined as unknown } = {},
	) =>
		portalError(
			{ status, headers: { location } as never, body: Buffer.from(body) },
			{ ...about('rescan'), ...request },
			{
				host: 'tip.example',
				login,
				mask: new TextMask([]),
				answerMask: new AnswerMask([]),
				now: 0,
			},
		);
	const deletion = { method: 'DELETE', about: 'delete', safe: true } as const;

	it.each<[string, number, Partial<TipRequest>, string, string]>([
		['an unknown task to rescan', 404, {}, OWN, 'portal.notReady'],
		['one, with nothing said', 404, {}, '', 'portal.notReady'],
		['one, in a page', 404, {}, PAGE, 'portal.notFound'],
		['one to delete', 404, deletion, OWN, 'portal.taskNotFound'],
		['one to delete, in a page', 404, deletion, PAGE, 'portal.notFound'],
		['no task', 404, { taskId: undefined }, OWN, 'portal.notFound'],
		['a pause', 503, {}, OWN, 'portal.unavailable'],
		['a pause, in a page', 503, {}, PAGE, 'portal.serverFault'],
		['a pause of a list, in a page', 503, { safe: true }, PAGE, 'portal.unavailable'],
		['the least fault of a server', 500, {}, OWN, 'portal.serverFault'],
		['the last status that is no fault', 499, {}, OWN, 'portal.unexpected'],
		['the first redirect', 300, {}, OWN, 'portal.redirect'],
		['the last redirect', 399, {}, OWN, 'portal.redirect'],
		['what comes before', 299, {}, OWN, 'portal.unexpected'],
	])('has a code: %s', (_name, status, request, body, code) => {
		expect(refused(status, request, { body }).code).toBe(code);
	});

	it('is about the quota when OpenTIP forbids', () => {
		expect(refused(403, {}, { login: 'openTip' }).code).toBe('portal.quotaUsedUp');
		expect(refused(403).code).toBe('portal.forbidden');
		expect(refused(401, {}, { login: 'openTip' }).code).toBe('portal.unauthorized');
	});

	it.each<[number, boolean, string, boolean]>([
		[301, true, OWN, false],
		[307, false, OWN, false],
		[308, false, OWN, false],
		[408, true, OWN, true],
		[500, true, OWN, false],
		[502, true, OWN, true],
		[503, false, OWN, true],
		[503, true, PAGE, true],
		[504, true, OWN, true],
		[404, false, OWN, false],
		[400, false, OWN, false],
	])(
		'of %d may be done: %s; a list is asked for again after %j: %s',
		(status, may, body, again) => {
			expect(refused(status, deletion, { body }).facts.mayBeDone).toBe(may);
			const list = { ...about('choices'), taskId: undefined };
			expect(refused(status, list, { body }).retryable).toBe(again);
		},
	);

	it.each<[unknown, string | undefined]>([
		['https://other.example:8443/x', 'other.example:8443'],
		[['https://a.example/', 'https://b.example/'], 'a.example'],
		['/x', undefined],
		[undefined, undefined],
	])('names the host of the redirect to %j: %s', (location, host) => {
		expect(refused(300, {}, { location }).facts.redirectsTo).toBe(host);
		expect(refused(399, {}, { location }).facts.redirectsTo).toBe(host);
		expect(refused(400, {}, { location }).facts.redirectsTo).toBeUndefined();
		expect(refused(299, {}, { location }).facts.redirectsTo).toBeUndefined();
	});

	it.each<[string, LoginKind, boolean]>([
		[OWN, 'certificate', true],
		['', 'certificate', true],
		[PAGE, 'certificate', false],
		['{"message":"x"}', 'certificate', false],
		['{"message":"x"}', 'openTip', true],
		['', 'openTip', true],
		[PAGE, 'openTip', false],
		['[]', 'openTip', false],
	])('tells whose words %j are, signed in by %s: %s', (body, login, isPortalsOwn) => {
		expect(refused(404, {}, { body, login }).facts.isPortalsOwn).toBe(isPortalsOwn);
	});

	describe('has hints for a 400', () => {
		const bad = (query: TipRequest['query'], error: string, description: string, status = 400) =>
			refused(status, { query }, { body: JSON.stringify({ error, description }) }).facts;

		it.each<[string, TipRequest['query'], boolean]>([
			['a channel', [['channel', 'x']], true],
			['an environment', [['exec_env', 'x']], true],
			['something else', [['cmd_line', 'x']], false],
			['nothing', [], false],
		])('on lists, when %s was sent', (_name, query, hasListValues) => {
			expect(bad(query, '', '').hasListValues).toBe(hasListValues);
			expect(bad(query, '', '', 401)).not.toHaveProperty('hasListValues');
		});

		it.each<[string, string, boolean]>([
			['invalid-params', 'Wrong', true],
			['invalid-parameter', 'url is missing', true],
			['', 'url is missing, see exec_time', true],
			['', '', true],
			['', 'exec_time is wrong', false],
			['', 'wrong channel', false],
			['', 'Exec_Time and x_ and _y are no names of parameters', true],
			['quota-exceeded', '', false],
			['invalid-url', 'exec_time', true],
			['invalid-time', 'exec', false],
			['not-found', 'url', true],
			['url', '', true],
			['', 'curl', true],
		])('on the address that was left out, when it says %j and %j: %s', (id, text, lacksUrl) => {
			expect(bad([['channel', 'x']], id, text).lacksUrl).toBe(lacksUrl);
		});

		it('on no address when one was sent, or none is needed', () => {
			expect(bad([['url', 'x']], '', '').lacksUrl).toBe(false);
			const path = '/api/sandbox/tasks/file/task-1';
			expect(refused(400, { path }).facts.lacksUrl).toBe(false);
			expect(refused(400, { about: 'delete' }).facts.lacksUrl).toBe(false);
		});
	});

	it('has the facts that a sentence is made with', () => {
		expect(refused(429).facts).toEqual({
			about: 'rescan',
			safe: false,
			taskId: 'task-1',
			host: 'tip.example',
			basePath: '',
			login: 'certificate',
			status: 429,
			isPortalsOwn: true,
			redirectsTo: undefined,
			mayBeDone: false,
		});
	});
});
