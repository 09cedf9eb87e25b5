import { TipError, type Outcome, type TipErrorKind } from '../../tip/values/error';
import { portalError } from '../../tip/portal/refusals';
import type { TipRequest } from '../../tip/values/request';
import {
	isFree,
	isNotReady,
	LONGEST_RETRY_AFTER_MS,
	mayBeDone,
	nextDelay,
	type RetryPolicy,
} from '../../tip/portal/retry';
import { readRetryAfter } from '../../tip/portal/retryAfter';
import { AnswerMask, TextMask } from '../../tip/values/masking';
import { explain } from '../../nodes/shared/messages';

const OUTCOMES: Outcome[] = ['notSent', 'rejected', 'accepted', 'unknown'];
const KINDS: TipErrorKind[] = ['input', 'credential', 'network', 'portal', 'cancelled'];

const error = (fields: Partial<ConstructorParameters<typeof TipError>[0]>) =>
	new TipError({
		code: 'some.code',
		kind: 'network',
		outcome: 'notSent',
		retryable: true,
		...fields,
	});
const attempt = (number: number, safe = false, elapsedMs = 0) => ({ number, safe, elapsedMs });
const policy = (maxRetries: number, notReady?: RetryPolicy['notReady']): RetryPolicy => ({
	maxRetries,
	...(notReady && { notReady }),
});

describe('The wait before a repeat', () => {
	it('is full jitter: up to 500 ms, doubled each time, never beyond 30 s', () => {
		const draw = (number: number, random: number) =>
			nextDelay(error({}), attempt(number), policy(10), () => random);
		const windows = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000];
		windows.forEach((window, index) => {
			expect(draw(index + 1, 0)).toBe(0);
			expect(draw(index + 1, 0.5)).toBe(window / 2);
			expect(draw(index + 1, 0.999)).toBeCloseTo(window * 0.999);
		});
	});

	it('goes on growing with refusals that use up no repeat', () => {
		const draw = (free: number) =>
			nextDelay(error({}), { ...attempt(1), free }, policy(1), () => 0.5);
		expect([0, 1, 2, 5, 6, 10_000].map(draw)).toEqual([250, 500, 1000, 8000, 15_000, 15_000]);
	});

	it('ends after as many repeats as the policy has', () => {
		for (let maxRetries = 0; maxRetries <= 10; maxRetries++) {
			for (let number = 1; number <= 12; number++) {
				const delay = nextDelay(error({}), attempt(number), policy(maxRetries));
				expect(delay !== undefined).toBe(number <= maxRetries);
			}
		}
	});

	it('is never drawn for a rescan that may have started, whatever else the error says', () => {
		for (const kind of KINDS) {
			for (const retryAfterMs of [undefined, 0, 1000]) {
				const unknown = error({ outcome: 'unknown', kind, retryable: true, retryAfterMs });
				expect(nextDelay(unknown, attempt(1), policy(10, { intervalMs: 1, totalMs: 9 }))).toBe(
					undefined,
				);
			}
		}
	});

	it.each(OUTCOMES)('is never drawn for what is not retryable (%s)', (outcome) => {
		for (const safe of [true, false]) {
			const final = error({ outcome, retryable: false });
			expect(nextDelay(final, attempt(1, safe), policy(10))).toBeUndefined();
		}
	});

	it('is drawn for a safe request that broke off', () => {
		const unknown = error({ outcome: 'unknown' });
		expect(nextDelay(unknown, attempt(1, true), policy(1), () => 0.5)).toBe(250);
	});

	it('is what the portal asked for, up to five minutes', () => {
		const asked = (retryAfterMs: number) =>
			nextDelay(error({ outcome: 'rejected', retryAfterMs }), attempt(1), policy(3));
		expect(LONGEST_RETRY_AFTER_MS).toBe(300_000);
		expect([0, 1, 7000, 300_000].map(asked)).toEqual([0, 1, 7000, 300_000]);
		expect([300_001, 86_400_000, Infinity].map(asked)).toEqual([undefined, undefined, undefined]);
	});

	it('is longer on the portal’s word for who has more patience, up to half of it', () => {
		const asked = (retryAfterMs: number, giveUpRefusedMs: number) =>
			nextDelay(error({ outcome: 'rejected', retryAfterMs }), attempt(1), {
				maxRetries: 1,
				pace: { giveUpRefusedMs },
			});
		expect([asked(300_001, 600_002), asked(300_002, 600_002)]).toEqual([300_001, undefined]);
		expect([asked(300_000, 1), asked(300_001, 1)]).toEqual([300_000, undefined]);
	});

	describe('for a task that is not ready', () => {
		const notReady = error({ code: 'portal.notReady', kind: 'portal', outcome: 'rejected' });

		it('is not taken unless asked for', () => {
			expect(nextDelay(notReady, attempt(1), policy(10))).toBeUndefined();
		});

		it('is the interval, as long as the next attempt still falls into the total', () => {
			const rule = policy(0, { intervalMs: 100, totalMs: 250 });
			const at = (elapsedMs: number) => nextDelay(notReady, attempt(1, false, elapsedMs), rule);
			expect([0, 100, 150].map(at)).toEqual([100, 100, 100]);
			expect([151, 250, 1000].map(at)).toEqual([undefined, undefined, undefined]);
		});
	});
});

describe('What an error says of the request', () => {
	const notReady = error({ code: 'portal.notReady', retryable: true });

	it.each<[string, TipError, boolean]>([
		['a task that is not ready', notReady, true],
		['one for which nobody waits', error({ code: 'portal.notReady', retryable: false }), false],
		['anything else', error({ code: 'portal.notFound' }), false],
	])('is not ready for %s: %s', (_name, thrown, expected) => {
		expect(isNotReady(thrown)).toBe(expected);
	});

	it.each<[string, TipError, RetryPolicy, boolean]>([
		['a task that is not ready', notReady, policy(0), true],
		['a refusal', error({ code: 'portal.tooManyRequests' }), policy(0), false],
		[
			'a refusal, where they are free',
			error({ code: 'portal.tooManyRequests' }),
			{ maxRetries: 0, refusalsAreFree: true },
			true,
		],
		['a failure', error({}), { maxRetries: 0, refusalsAreFree: true }, false],
	])('counts no repeat after %s: %s', (_name, thrown, rule, expected) => {
		expect(isFree(thrown, rule)).toBe(expected);
	});

	it.each<[Outcome, boolean, boolean]>([
		['unknown', true, true],
		['accepted', true, true],
		['rejected', false, true],
		['notSent', false, true],
	])('that is %s may be done: %s, or %s when a fact says so', (outcome, expected, said) => {
		expect(mayBeDone(error({ outcome }))).toBe(expected);
		expect(mayBeDone(error({ outcome, facts: { mayBeDone: true } }))).toBe(said);
		expect(mayBeDone(error({ outcome, facts: { mayBeDone: false } }))).toBe(expected);
	});
});

describe('What the portal says about a repeat', () => {
	const rescan: TipRequest = {
		about: 'rescan',
		method: 'PUT',
		path: '/rescan/task',
		query: [],
		safe: false,
		taskId: 'task',
	};
	const list: TipRequest = {
		about: 'choices',
		method: 'GET',
		path: '/list',
		query: [],
		safe: true,
	};
	const NOW = Date.parse('2030-01-01T00:00:00Z');
	const OWN = JSON.stringify({ error: 'some-id', description: 'Said so.' });
	const answered = (status: number, { headers = {}, request = rescan, body = OWN } = {}) =>
		portalError({ status, headers, body: Buffer.from(body) }, request, {
			host: 'tip.example',
			login: 'certificate',
			mask: new TextMask([]),
			answerMask: new AnswerMask([]),
			now: NOW,
		});
	const repeats = (request: TipRequest, body?: string) => (status: number) =>
		nextDelay(answered(status, { request, body }), attempt(1, request.safe), policy(3)) !==
		undefined;
	const STATUSES = Array.from({ length: 700 }, (_, index) => index + 300);

	it('lets a rescan be sent again for 429, and for 503 in the portal’s own words', () => {
		expect(STATUSES.filter(repeats(rescan))).toEqual([429, 503]);
	});

	it.each([
		['a page', '<html><body>Service Unavailable</body></html>'],
		['plain text', 'upstream connect error'],
		['nothing', ''],
		['blanks', ' \r\n'],
		['an empty object', '{}'],
		['the JSON of a gateway', '{"message":"no healthy upstream"}'],
		['words among others', '{"timestamp":1,"status":503,"error":"Service Unavailable"}'],
		['words that are no strings', '{"error":{"code":503},"description":"x"}'],
		['a list', '[{"error":"a","description":"b"}]'],
		['JSON that is cut off', '{"error":"a","description":"b'],
		['a text longer than any refusal', `{"error":"a","description":"${'b'.repeat(70_000)}"}`],
	])('takes a 503 with %s for no proof that nothing was done', (_name, body) => {
		const refusal = answered(503, { body, headers: { 'retry-after': '1' } });
		expect(refusal).toMatchObject({ outcome: 'unknown', retryable: false, status: 503 });
		expect(STATUSES.filter(repeats(rescan, body))).toEqual([429]);
		expect(answered(503, { body, request: list })).toMatchObject({
			outcome: 'rejected',
			retryable: true,
			code: 'portal.unavailable',
		});
	});

	it.each([
		['one of its two strings', '{"error":"service-unavailable"}'],
		['both, with a mark of byte order', `\uFEFF${OWN}`],
		['both, and more', '{"error":"a","description":"b","id":3}'],
	])('takes a 503 with %s for a refusal', (_name, body) => {
		expect(answered(503, { body })).toMatchObject({ outcome: 'rejected', retryable: true });
	});

	it('lets a list be asked for again after 502 and 504 too', () => {
		expect(STATUSES.filter(repeats(list))).toEqual([408, 429, 502, 503, 504]);
	});

	it('calls what may have been handed on unknown for a rescan, and the rest refused', () => {
		const isUnknown = (status: number) =>
			status === 408 ||
			(status >= 500 && status !== 503) ||
			(status < 400 && status !== 307 && status !== 308);
		for (const status of STATUSES) {
			expect([status, answered(status).outcome]).toEqual([
				status,
				isUnknown(status) ? 'unknown' : 'rejected',
			]);
			expect([status, answered(status, { request: list }).outcome]).toEqual([status, 'rejected']);
		}
	});

	it.each([
		['0', 0],
		[' 120 ', 120_000],
		['Tue, 01 Jan 2030 00:01:30 GMT', 90_000],
		['Tuesday, 01-Jan-30 00:01:30 GMT', 90_000],
		['Tue Jan  1 00:01:30 2030', 90_000],
		['Mon, 31 Dec 2029 23:59:00 GMT', 0],
		// A fraction never means "at once" (R12).
		['1.5', 2000],
		['1.25', 2000],
		['0.2', 1000],
		['0.0', 1000],
		['99999999999999999999', 365 * 86_400_000],
		['Tue, 01 Jan 9999 00:00:00 GMT', 365 * 86_400_000],
		['soon', undefined],
		['', undefined],
		['-1', undefined],
		['+1', undefined],
		['-0', undefined],
		['1e3', undefined],
		['0x10', undefined],
		['Infinity', undefined],
		['NaN', undefined],
		['1,5', undefined],
		['1.', undefined],
		['1 2', undefined],
		['1s', undefined],
		['2030-01-01T00:01:30Z', undefined],
		['1/1/2030', undefined],
		['Tue, 99 Jan 2030 00:01:30 GMT', undefined],
		// Days that do not exist, long past when read as the days after them.
		['Sat, 31 Feb 2026 00:00:00 GMT', undefined],
		['Saturday, 31-Nov-29 00:00:00 GMT', undefined],
		['Sat Feb 30 00:00:00 2030', undefined],
	])('reads Retry-After %j', (header, expected) => {
		for (const value of [header, [header, '9']]) {
			const headers = { 'retry-after': value };
			expect(answered(429, { headers }).retryAfterMs).toBe(expected);
			expect(answered(503, { headers }).retryAfterMs).toBe(expected);
		}
	});

	it('reads no Retry-After that is longer than any', () => {
		const read = (digits: number) =>
			answered(429, { headers: { 'retry-after': '9'.repeat(digits) } }).retryAfterMs;
		expect([400, 401, 100_000].map(read)).toEqual([365 * 86_400_000, undefined, undefined]);
		expect(readRetryAfter([], NOW)).toBeUndefined();
		expect(readRetryAfter(undefined, NOW)).toBeUndefined();
	});

	it('says how long the portal asks to wait when nobody waits so long', () => {
		const asked = (seconds: string) => answered(429, { headers: { 'retry-after': seconds } });
		expect(asked('300').facts.waitMinutes).toBeUndefined();
		expect(asked('x').facts.waitMinutes).toBeUndefined();
		expect(asked('301').facts.waitMinutes).toBe(6);
		expect(explain(asked('301')).advice).toContain('asks to wait 6 minutes');
	});
});
