/** The parts of the pace, each by itself: pure functions of what they are told. */
import {
	afterCircuitEnd,
	afterCircuitStart,
	CLOSED,
	FAILURES_TO_OPEN,
	waitForCircuit,
	type Circuit,
} from '../../tip/portal/pace/circuit';
import {
	doubtAfterRefusal,
	doubtAfterTaken,
	doubtAfterTrial,
	NO_DOUBT,
	verdictOf,
	type Doubt,
} from '../../tip/portal/pace/doubt';
import type { Report } from '../../tip/portal/pace/events';
import { isSlowDown, reportOf } from '../../tip/portal/pace/report';
import {
	afterBegin,
	afterFinish,
	NOTHING_UNDER_WAY,
	waitForRoom,
	type UnderWay,
} from '../../tip/portal/pace/underWay';
import { TipError } from '../../tip/values/error';

const cause = { code: 'network.x', facts: {} };
const failed: Report = { end: 'failed', how: 'noAnswer', cause };
const accepted: Report = { end: 'accepted', tookMs: 5 };

describe('The circuit', () => {
	const NOW = 100_000;
	const after = (circuit: Circuit, ...reports: Report[]) =>
		reports.reduce((one, report) => afterCircuitEnd(one, 7, report, 60_000, NOW), circuit);
	const fails = (times: number) => after(CLOSED, ...Array<Report>(times).fill(failed));
	const open = fails(FAILURES_TO_OPEN);
	const trying = afterCircuitStart(open, 7);

	it('opens with the fifth failure in a row', () => {
		expect(fails(4)).toEqual({ ...CLOSED, failures: 4, how: 'noAnswer', cause });
		expect(open).toEqual({
			...CLOSED,
			failures: 5,
			how: 'noAnswer',
			cause,
			triesAt: NOW + 5000,
		});
		const refused: Report = { end: 'refused' };
		for (const between of [accepted, refused]) {
			const broken = after(fails(4), between, failed, failed, failed, failed);
			expect(broken).toMatchObject({ failures: 4 });
			expect(broken.triesAt).toBeUndefined();
		}
	});

	it('waits for the first try no longer than that may take', () => {
		expect(afterCircuitEnd(fails(4), 7, failed, 800, NOW).triesAt).toBe(NOW + 800);
	});

	it('is not opened later by what had begun before', () => {
		expect(afterCircuitEnd(open, 3, failed, 60_000, NOW + 9000)).toMatchObject({
			failures: 6,
			triesAt: NOW + 5000,
			failedTries: 0,
		});
	});

	it.each<[string, Circuit, number, number]>([
		['closed', CLOSED, 32, 0],
		['with one failure and four under way', fails(1), 4, Infinity],
		['with one failure and three under way', fails(1), 3, 0],
		['with four failures and one under way', fails(4), 1, Infinity],
		['with four failures and none under way', fails(4), 0, 0],
		['open, with nothing tried', open, 0, 5000],
		['open, with nothing tried and much under way', open, 32, 5000],
		['open, with a try under way', trying, 1, Infinity],
	])('lets wait when it is %s', (_name, circuit, underWay, wait) => {
		expect(waitForCircuit(circuit, underWay, NOW)).toBe(wait);
	});

	it('lets one go first when it is time', () => {
		expect(waitForCircuit(open, 0, NOW + 4999)).toBe(1);
		expect(waitForCircuit(open, 0, NOW + 5000)).toBe(0);
		expect(waitForCircuit(open, 0, NOW + 6000)).toBe(0);
	});

	it('has a try only while it is open', () => {
		expect(afterCircuitStart(CLOSED, 7)).toBe(CLOSED);
		expect(trying).toEqual({ ...open, trying: 7 });
	});

	it('goes by the try, which counts when it fails and is due again when it is broken off', () => {
		expect(after(trying, failed)).toMatchObject({ failures: 6, failedTries: 1, trying: undefined });
		expect(afterCircuitEnd(trying, 7, failed, 60_000, NOW + 9000).triesAt).toBe(NOW + 14_000);
		expect(after(trying, { end: 'cancelled' })).toEqual({ ...open, trying: undefined });
		expect(afterCircuitEnd(trying, 3, { end: 'cancelled' }, 1, NOW)).toBe(trying);
		expect(after(after(trying, failed), accepted)).toEqual({ ...CLOSED, failedTries: 1 });
		expect(after(CLOSED, accepted)).toBe(CLOSED);
	});
});

describe('What is under way', () => {
	const begun = (...startedAt: number[]) =>
		startedAt.reduce(
			(underWay, at, index) => afterBegin(underWay, index + 1, at),
			NOTHING_UNDER_WAY,
		);

	it('is what has begun and not ended', () => {
		const three = begun(10, 20, 30);
		expect(three.attempts).toEqual([
			{ number: 1, startedAt: 10 },
			{ number: 2, startedAt: 20 },
			{ number: 3, startedAt: 30 },
		]);
		const answered = afterFinish(three, 2, true);
		expect(answered.attempts.map(({ number }) => number)).toEqual([1, 3]);
		expect(answered.lastAnswered).toBe(2);
		expect(afterFinish(answered, 1, true).lastAnswered).toBe(2);
		expect(afterFinish(answered, 3, false).lastAnswered).toBe(2);
	});

	it.each<[string, UnderWay, number, number, number, number]>([
		['there is room', begun(0), 2, 32, 0, 0],
		['there is none, and none is late', begun(0, 0), 2, 32, 0, 2000],
		['all are late', begun(0, 0), 2, 32, 2000, 0],
		['all will be late by the usual time', begun(0, 500), 2, 32, 1000, 1500],
		['no more may be, lost ones included', begun(0, 0), 2, 2, 9000, Infinity],
		['more are under way than may be', begun(0, 0, 0), 2, 32, 1000, Infinity],
	])('lets wait when %s', (_name, underWay, size, most, now, wait) => {
		expect(waitForRoom(underWay, size, most, 0, now)).toBe(wait);
	});

	it('counts none that is late and was overtaken', () => {
		const overtaken = afterFinish(begun(0, 0, 100), 3, true);
		expect(waitForRoom(overtaken, 2, 32, 0, 1999)).toBe(1);
		expect(waitForRoom(overtaken, 2, 32, 0, 2000)).toBe(0);
		// Of more than may be, each that is late leaves its place to nobody until few enough are left.
		const more = afterFinish(begun(0, 300, 300, 400), 4, true);
		expect(waitForRoom(more, 2, 32, 0, 1000)).toBe(1000);
		expect(waitForRoom(more, 2, 32, 0, 2100)).toBe(200);
		// What had begun later is not lost.
		const later = afterFinish(begun(0, 0, 0), 1, true);
		expect(waitForRoom(later, 1, 32, 0, 1000)).toBe(Infinity);
	});

	it('calls late what takes four times the usual time and two seconds', () => {
		expect(waitForRoom(begun(0), 1, 32, 500, 3999)).toBe(1);
		expect(waitForRoom(begun(0), 1, 32, 500, 4000)).toBe(0);
	});
});

describe('What an attempt tells the pace', () => {
	const error = (code: string, more: Partial<ConstructorParameters<typeof TipError>[0]> = {}) =>
		new TipError({ code, kind: 'network', outcome: 'unknown', ...more });

	it.each<[TipError, boolean]>([
		[error('portal.tooManyRequests'), true],
		[error('portal.tooManyRequests', { facts: { mayBeDone: true } }), true],
		[error('portal.unavailable', { facts: { mayBeDone: false } }), true],
		[error('portal.unavailable', { facts: { mayBeDone: true } }), false],
		[error('portal.serverFault', { facts: { mayBeDone: false } }), false],
	])('is "slow down" for %s: %s', (thrown, expected) => {
		expect(isSlowDown(thrown)).toBe(expected);
	});

	it.each<[string, TipError, number | undefined, Report['end'], object]>([
		[
			'"slow down"',
			error('portal.tooManyRequests', { retryAfterMs: 9 }),
			5,
			'refused',
			{ retryAfterMs: 9 },
		],
		['any other answer', error('portal.notFound'), 5, 'accepted', { tookMs: 5 }],
		['an answer at once', error('portal.notFound'), 0, 'accepted', { tookMs: 0 }],
		['one that was broken off here', error('x', { kind: 'cancelled' }), undefined, 'cancelled', {}],
		['silence', error('network.timeout'), undefined, 'failed', { how: 'noAnswer' }],
		['half an answer', error('network.brokenOff'), undefined, 'failed', { how: 'noAnswer' }],
		[
			'no connection',
			error('network.dns', { outcome: 'notSent' }),
			undefined,
			'failed',
			{ how: 'connect' },
		],
		['what is no HTTP', error('network.noHttp'), undefined, 'cancelled', {}],
	])('is of %s', (_name, thrown, tookMs, end, more) => {
		expect(reportOf(thrown, tookMs)).toMatchObject({ end, ...more });
	});

	it('has the cause of a failure', () => {
		const thrown = error('network.timeout', { facts: { host: 'x' }, detail: 'E' });
		expect(reportOf(thrown, undefined)).toMatchObject({
			cause: { code: 'network.timeout', facts: { host: 'x' }, detail: 'E' },
		});
	});
});

describe('The doubt that the rate matters', () => {
	type Step = 'taken' | 'below' | 'near' | 'still';
	const after = (doubt: Doubt, ...steps: Step[]) =>
		steps.reduce(
			(one, step) => (step === 'taken' ? doubtAfterTaken(one) : doubtAfterRefusal(one, step, 9)),
			doubt,
		);
	const times = (count: number, step: Step) => Array<Step>(count).fill(step);
	const inTrial = after(NO_DOUBT, ...times(16, 'taken'), ...times(4, 'below'));

	it('leads to a trial with the fourth refusal in vain', () => {
		expect(after(NO_DOUBT, ...times(3, 'below')).trial).toBeUndefined();
		expect(inTrial).toMatchObject({
			inVain: { refused: 4, still: 0, taken: 16 },
			trial: { refused: 0, still: 0, taken: 0 },
		});
	});

	it('leads to none while more than half are refused again at once', () => {
		const two = times(2, 'still');
		expect(after(NO_DOUBT, ...two, ...times(4, 'below')).trial).toBeDefined();
		expect(after(NO_DOUBT, ...two, 'still', ...times(4, 'below')).trial).toBeUndefined();
		expect(after(NO_DOUBT, ...two, 'still', ...times(6, 'below')).trial).toBeDefined();
	});

	it('is made up for by a refusal where the limit would be', () => {
		expect(after(NO_DOUBT, 'taken', ...times(3, 'below'), 'near')).toEqual({
			...NO_DOUBT,
			inVain: { refused: 1, still: 0, taken: 1 },
		});
		expect(after(NO_DOUBT, 'taken', ...times(2, 'below'), 'near')).toEqual({
			...NO_DOUBT,
			before: 9,
		});
	});

	it('counts in the trial while there is one', () => {
		expect(after(inTrial, 'taken', 'near', 'still')).toEqual({
			...inTrial,
			trial: { refused: 1, still: 1, taken: 1 },
		});
	});

	it.each<[string, Step[], ReturnType<typeof verdictOf>]>([
		['has only begun', ['taken'], undefined],
		[
			'has two refusals in as many attempts as before',
			[...times(8, 'taken'), 'below', 'below'],
			'noLimit',
		],
		['has two in twice as many', [...times(18, 'taken'), 'below', 'below'], 'noLimit'],
		['has two in still more', [...times(19, 'taken'), 'below', 'below'], 'limit'],
		['has one', ['below'], undefined],
		['has none where three were due', times(15, 'taken'), 'limit'],
		['has none where nearly three were', times(14, 'taken'), undefined],
		['is refused again at once', ['below', 'still'], 'limit'],
	])('is settled when a trial %s', (_name, steps, verdict) => {
		expect(verdictOf(after(inTrial, ...steps))).toBe(verdict);
	});

	it('is nothing to settle without a trial', () => {
		expect(verdictOf(NO_DOUBT)).toBeUndefined();
	});

	it('needs more after a trial that has shown a limit, and no more than that', () => {
		const limit = doubtAfterTrial(inTrial, 'limit');
		expect(limit).toEqual({ ...NO_DOUBT, needed: 6 });
		expect(doubtAfterTrial(limit, 'limit').needed).toBe(6);
		expect(doubtAfterTrial(limit, 'noLimit').needed).toBe(4);
	});
});
