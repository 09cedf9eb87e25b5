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
