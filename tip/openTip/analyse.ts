import { TipError } from '../values/error';
import type { TipAnswer } from '../values/answer';
import type { TipRequest } from '../values/request';
import { openTipFault } from './faults';
import { resultRequest, uploadRequest, type UploadFile } from './file';
import { searchRequest } from './search';
import { COMPLETE, NOT_STARTED, statusOf } from './state';

/**
 * Waits between questions for a result, in milliseconds; the last one for all that follow. An analysis
 * takes some minutes, and each question probably counts against the quota (opentip-api.md 4.4).
 */
export const POLL_INTERVALS_MS = [20_000, 25_000, 30_000] as const;

/** So often OpenTIP may say that it has not begun before it is believed (opentip-api.md 4.4). */
const MOST_NOT_STARTED = 3;

export interface AnalysisTools {
	/** @throws TipError */
	send(request: TipRequest): Promise<TipAnswer>;
	/**
	 * Sends the file, unless somebody else has just done it or is about to: then that is the answer.
	 *
	 * @throws TipError
	 */
	handIn(request: TipRequest): Promise<TipAnswer>;
	/** @throws TipError `cancelled` when the batch ends before */
	pause(ms: number): Promise<void>;
	/** Told before each wait. `waitedMs`: so far. */
	onWait?(status: string | null, waitedMs: number): void;
}

export interface Analysis {
	/** The latest there is; empty for a file of which OpenTIP says nothing yet. */
	answer: TipAnswer;
	isUploaded: boolean;
	/** No further result is to be expected. */
	isFinished: boolean;
}

/**
 * Finds out what OpenTIP says of a file (opentip-api.md 4): what it knows by the hash is the answer;
 * else the file is handed in, once, and its result asked for until it is there or the time is over. A
 * file whose arrival is in doubt is asked for by its hash and never sent again.
 *
 * @param waitMs for the result, after the file was handed in
 * @throws TipError with the outcome of handing the file in
 */
export async function analyse(
	file: UploadFile,
	waitMs: number,
	tools: AnalysisTools,
): Promise<Analysis> {
	const search = searchRequest('hash', file.sha256);
	const known = await unlessUnknown(tools.send(search)).catch((thrown: unknown) => {
		throw beforeUpload(thrown);
	});
	if (known) return { answer: known, isUploaded: false, isFinished: true };

	let answer: TipAnswer | undefined;
	let doubt: TipError | undefined;
	try {
		answer = await tools.handIn(uploadRequest(file));
	} catch (thrown) {
		if (!(thrown instanceof TipError) || !['unknown', 'accepted'].includes(thrown.outcome)) {
			throw thrown;
		}
		doubt = thrown;
	}

	/** An answer, `undefined` when nothing is known, or why there is none this time. */
	const ask = async (request: TipRequest): Promise<TipAnswer | TipError | undefined> => {
		try {
			return await unlessUnknown(tools.send(request));
		} catch (thrown) {
			if (thrown instanceof TipError && isPassing(thrown)) return thrown;
			throw interrupted(thrown, file.sha256, doubt);
		}
	};
	const startedAt = performance.now();
	let waitedMs = 0;
	let notStarted = 0;
	for (let poll = 0; notStarted < MOST_NOT_STARTED; poll++) {
		const leftMs = waitMs - Math.max(waitedMs, wholeSeconds(performance.now() - startedAt));
		if (leftMs <= 0) break;
		const ms = Math.min(POLL_INTERVALS_MS[poll] ?? POLL_INTERVALS_MS.at(-1)!, leftMs);
		tools.onWait?.(answer === undefined ? null : statusOf(answer), waitedMs);
		await tools.pause(ms).catch((thrown: unknown) => {
			throw interrupted(thrown, file.sha256, doubt);
		});
		waitedMs += ms;
		const found = await ask(resultRequest(file.sha256));
		if (found instanceof TipError) continue;
		if (found === undefined || statusOf(found) === NOT_STARTED) {
			notStarted++;
			continue;
		}
		answer = found;
		doubt = undefined;
		notStarted = 0;
		if (statusOf(found) === COMPLETE) {
			return { answer, isUploaded: true, isFinished: true };
		}
	}
	// The last place where it can be known: of a file in doubt, and of one that OpenTIP has lost sight of.
	if (doubt !== undefined || notStarted >= MOST_NOT_STARTED) {
		const found = await ask(search);
		if (found !== undefined && !(found instanceof TipError)) {
			answer = found;
			doubt = undefined;
		}
	}
	if (doubt !== undefined) throw doubt;
	return { answer: answer ?? {}, isUploaded: true, isFinished: false };
}

/** In milliseconds: what a question took beside the waits counts when it is worth counting. */
function wholeSeconds(ms: number): number {
	return Math.floor(ms / 1000) * 1000;
}

/** 404 is an answer too: of this object nothing is known (opentip-api.md 6). */
async function unlessUnknown(answer: Promise<TipAnswer>): Promise<TipAnswer | undefined> {
	try {
		return await answer;
	} catch (thrown) {
		const isUnknown =
			thrown instanceof TipError && thrown.status === 404 && thrown.facts.isPortalsOwn === true;
		if (isUnknown) return undefined;
		throw thrown;
	}
}

/** What was only asked about has not been handed in, whatever became of the question. */
function beforeUpload(thrown: unknown): unknown {
	if (!(thrown instanceof TipError) || thrown.outcome === 'rejected') return thrown;
	return new TipError({ ...thrown, outcome: 'notSent' });
}

/** Whether the next question may be answered although this one was not. */
function isPassing({ kind, code }: TipError): boolean {
	return (
		kind === 'network' ||
		[
			'portal.notFound',
			'portal.requestTimeout',
			'portal.serverFault',
			'portal.tooManyRequests',
			'portal.unavailable',
			'portal.unreadable',
		].includes(code)
	);
}

function interrupted(thrown: unknown, sha256: string, doubt: TipError | undefined): unknown {
	if (!(thrown instanceof TipError)) return thrown;
	const { code, facts, status, errorId, portalDescription } = thrown;
	return openTipFault('analysis.interrupted', {
		outcome: doubt === undefined ? 'accepted' : 'unknown',
		status,
		errorId,
		portalDescription,
		facts: { ...facts, sha256, last: code },
	});
}
