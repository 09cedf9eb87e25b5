/**
 * When the next attempt may start: a pure function of what it was told. `tip/portal/pace/pace.ts`
 * tells it, with the clock and the waiting attempts.
 */
import { MAX_CONNECTIONS } from '../../connection/pool';
import {
	afterCircuitEnd,
	afterCircuitStart,
	CLOSED,
	waitForCircuit,
	type Circuit,
} from './circuit';
import type { Demand, PaceEvent, Report } from './events';
import {
	afterLateRefusal,
	afterRefusedRate,
	afterStart,
	afterTaken,
	firstRate,
	waitForToken,
	type Rate,
} from './rate';
import { afterBegin, afterFinish, NOTHING_UNDER_WAY, waitForRoom, type UnderWay } from './underWay';
import {
	afterAnswer,
	afterRefusal,
	firstWindow,
	LARGEST_WINDOW,
	sizeOf,
	type Window,
} from './window';

export interface PaceState {
	/** Attempts started so far: the number of the last one. */
	readonly started: number;
	readonly underWay: UnderWay;
	readonly window: Window;
	readonly rate: Rate;
	readonly refusals: Refusals;
	readonly circuit: Circuit;
	/** The lowest 'Requests per Minute' that was asked for lately. */
	readonly perMinute: { readonly value: number; readonly askedAt: number; readonly nextAt: number };
}

/** What the portal's "slow down" has led to. */
interface Refusals {
	/** Nobody starts before. */
	readonly pausedUntil: number;
	/** Since when nothing has been taken; left out when the last answer was none of these. */
	readonly since?: number;
	/** How often it was so in a row, counting as one what was under way at the same time. */
	readonly rounds: number;
	/** Attempts up to this number had started when the last round began: they were not slowed down yet. */
	readonly lastStarted: number;
	/** After a refusal one attempt goes first: it is due, or others wait for it until then. */
	readonly first?: 'due' | { readonly number: number; readonly until: number };
	/** In all. */
	readonly count: number;
	/** Refusals in a row that asked for a longer wait than is taken on the portal's word alone. */
	readonly long: number;
}

/** Longest wait taken on one refusal's word alone, in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;
/** How long others wait for the attempt that goes first, in milliseconds: it may be lost on the way. */
const FIRST_ALONE_MS = 2000;
/** So many in a row are believed. */
const LONG_ONES_TO_BELIEVE = 5;

/** Waits where the portal names none: up to this, and up to twice as long each time. */
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 30_000;
/** Added to a wait the portal asked for, at random, so that not all who were refused come at once. */
const JITTER = 0.1;

const MINUTE_MS = 60_000;
/** A number of requests a minute holds for everyone so long after it was asked for, in milliseconds. */
const ASKED_HOLDS_MS = 2 * MINUTE_MS;

export function firstState(now: number): PaceState {
	return {
		started: 0,
		underWay: NOTHING_UNDER_WAY,
		window: firstWindow(now),
		rate: firstRate(now),
		refusals: { pausedUntil: 0, rounds: 0, lastStarted: 0, count: 0, long: 0 },
		circuit: CLOSED,
		perMinute: { value: 0, askedAt: 0, nextAt: 0 },
	};
}

/**
 * How long until an attempt may start, in milliseconds: 0 for now, `Infinity` for not before
 * something that is under way has ended.
 */
export function waitFor(state: PaceState, demand: Demand, now: number): number {
	const { window, rate, refusals, circuit, perMinute } = state;
	const isNumberGiven = demand.atMost !== undefined;
	return Math.max(
		0,
		waitForRoom(
			state.underWay,
			sizeOf(window, isNumberGiven),
			isNumberGiven ? MAX_CONNECTIONS : LARGEST_WINDOW,
			window.usualMs ?? 0,
			now,
		),
		refusals.pausedUntil - now,
		typeof refusals.first === 'object' ? refusals.first.until - now : 0,
		waitForToken(rate, now),
		perMinuteOf(state, now) > 0 || demand.perMinute ? perMinute.nextAt - now : 0,
		waitForCircuit(circuit, state.underWay.attempts.length, now),
	);
}

export function step(state: PaceState, event: PaceEvent, now: number): PaceState {
	switch (event.type) {
		case 'asked':
			return { ...state, perMinute: afterAsked(state, event.demand.perMinute ?? 0, now) };
		case 'started':
			return afterStarted(state, event.demand, now);
		case 'ended': {
			const { number, report, timeoutMs } = event;
			const circuit = afterCircuitEnd(state.circuit, number, report, timeoutMs, now);
			const ended = afterEnd({ ...state, circuit }, number, report, event.jitter, now);
			const isAnswered = report.end === 'accepted' || report.end === 'refused';
			return { ...ended, underWay: afterFinish(state.underWay, number, isAnswered) };
		}
	}
}

/** How many requests a second the portal was found to take; undefined while it has set no limit. */
export function allowedPerSecond({ rate }: PaceState): number | undefined {
	return rate.perSecond === undefined ? undefined : Math.min(rate.perSecond, rate.refusedAt);
}

function afterStarted(before: PaceState, demand: Demand, now: number): PaceState {
	const state = { ...before, perMinute: afterAsked(before, demand.perMinute ?? 0, now) };
	const number = state.started + 1;
	const { refusals, perMinute } = state;
	const spacing = perMinuteOf(state, now);
	return {
		...state,
		started: number,
		underWay: afterBegin(state.underWay, number, now),
		rate: afterStart(state.rate, now),
		refusals:
			refusals.first === 'due'
				? { ...refusals, first: { number, until: now + FIRST_ALONE_MS } }
				: refusals,
		circuit: afterCircuitStart(state.circuit, number),
		perMinute: spacing === 0 ? perMinute : { ...perMinute, nextAt: now + MINUTE_MS / spacing },
	};
}

function afterEnd(
	state: PaceState,
	number: number,
	report: Report,
	jitter: number,
	now: number,
): PaceState {
	const { refusals } = state;
	switch (report.end) {
		case 'accepted':
			return {
				...state,
				window: afterAnswer(state.window, report.tookMs, state.underWay.attempts.length, now),
				rate: afterTaken(state.rate, number <= refusals.lastStarted, now),
				refusals: afterTakenAgain(refusals, number),
			};
		case 'refused':
			return afterRefused(state, number, report.retryAfterMs, jitter, now);
		case 'failed':
		case 'cancelled': {
			const wasFirst = typeof refusals.first === 'object' && refusals.first.number === number;
			const first = wasFirst ? 'due' : refusals.first;
			return { ...state, refusals: { ...refusals, first } };
		}
	}
}

function afterTakenAgain(refusals: Refusals, number: number): Refusals {
	if (refusals.since === undefined && refusals.first === undefined) return refusals;
	// What had started before the refusal says that not all is refused, but not that it is over.
	const first = number > refusals.lastStarted ? undefined : refusals.first;
	return { ...refusals, since: undefined, rounds: 0, long: 0, first };
}

function afterRefused(
	state: PaceState,
	number: number,
	retryAfterMs: number | undefined,
	jitter: number,
	now: number,
): PaceState {
	const { refusals } = state;
	const isLong = retryAfterMs !== undefined && retryAfterMs > LONGEST_RETRY_AFTER_MS;
	const long = isLong ? refusals.long + 1 : 0;
	const isNew = number > refusals.lastStarted;
	const rounds = refusals.rounds + (isNew ? 1 : 0);
	const asked = isLong && long < LONG_ONES_TO_BELIEVE ? undefined : retryAfterMs;
	// What is refused late says no more than the first of its round, unless it names a time.
	const pauseMs = asked === undefined && !isNew ? 0 : pauseFor(asked, rounds, jitter);
	const pausedUntil = Math.max(refusals.pausedUntil, now + pauseMs);
	const next: Refusals = {
		pausedUntil,
		since: refusals.since ?? now,
		rounds,
		lastStarted: isNew ? state.started : refusals.lastStarted,
		first: isNew ? (rounds > 1 || asked === undefined ? 'due' : undefined) : refusals.first,
		count: refusals.count + 1,
		long,
	};
	if (!isNew) {
		return { ...state, refusals: next, rate: afterLateRefusal(state.rate, pausedUntil) };
	}
	return {
		...state,
		refusals: next,
		window: afterRefusal(state.window, state.underWay.attempts.length, now),
		rate:
			asked === 0
				? state.rate
				: afterRefusedRate(
						state.rate,
						{
							resumesAt: pausedUntil,
							isTimed: asked !== undefined,
							isStill: refusals.since !== undefined,
						},
						now,
					),
	};
}

function pauseFor(askedMs: number | undefined, rounds: number, jitter: number): number {
	if (askedMs !== undefined) return askedMs * (1 + jitter * JITTER);
	const longest = FIRST_BACKOFF_MS * 2 ** Math.min(rounds - 1, 16);
	return jitter * Math.min(LONGEST_BACKOFF_MS, longest);
}

function afterAsked(state: PaceState, asked: number, now: number): PaceState['perMinute'] {
	const { perMinute } = state;
	const current = perMinuteOf(state, now);
	if (asked === 0 || (current > 0 && current < asked)) return perMinute;
	return { ...perMinute, value: asked, askedAt: now };
}

function perMinuteOf({ perMinute }: PaceState, now: number): number {
	return now - perMinute.askedAt < ASKED_HOLDS_MS ? perMinute.value : 0;
}
