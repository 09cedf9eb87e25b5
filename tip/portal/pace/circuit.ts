import type { Cause, Report } from './events';

/**
 * Whether the portal is there at all. After a few failures in a row nobody goes on trying: after a
 * while one attempt goes first, and what it meets decides for all.
 */
export interface Circuit {
	/** Failures in a row, with no answer between. */
	readonly failures: number;
	/** What the last one was. */
	readonly how: 'connect' | 'noAnswer';
	readonly cause?: Cause;
	/** When the next attempt may go first; left out while the circuit is closed. */
	readonly triesAt?: number;
	/** It is under way: the number of that attempt. */
	readonly trying?: number;
	/** How often such an attempt has failed: who waited for it gives up. */
	readonly failedTries: number;
}

/** Failures in a row that open the circuit. */
export const FAILURES_TO_OPEN = 5;
/** How long to wait before one attempt goes first, in milliseconds; no longer than it may take itself. */
const LONGEST_PAUSE_MS = 5_000;

export const CLOSED: Circuit = { failures: 0, how: 'connect', failedTries: 0 };

/**
 * How long until an attempt may start; `Infinity` while the one that goes first is under way. From the
 * first failure to the next answer no more are under way than would open the circuit: what a portal
 * that has fallen silent was sent is `unknown`.
 */
export function waitForCircuit(
	{ failures, triesAt, trying }: Circuit,
	underWay: number,
	now: number,
): number {
	if (triesAt === undefined) {
		const most = Math.max(1, FAILURES_TO_OPEN - failures);
		return failures > 0 && underWay >= most ? Infinity : 0;
	}
	return trying === undefined ? Math.max(0, triesAt - now) : Infinity;
}

export function afterCircuitStart(circuit: Circuit, number: number): Circuit {
	return circuit.triesAt === undefined ? circuit : { ...circuit, trying: number };
}

export function afterCircuitEnd(
	circuit: Circuit,
	number: number,
	report: Report,
	timeoutMs: number,
	now: number,
): Circuit {
	const wasTry = circuit.trying === number;
	switch (report.end) {
		case 'accepted':
		case 'refused':
			return circuit.failures === 0 ? circuit : { ...CLOSED, failedTries: circuit.failedTries };
		case 'cancelled':
			return wasTry ? { ...circuit, trying: undefined } : circuit;
		case 'failed': {
			const failures = circuit.failures + 1;
			const next = { ...circuit, failures, how: report.how, cause: report.cause };
			const triesAt = now + Math.min(LONGEST_PAUSE_MS, timeoutMs);
			if (wasTry) {
				return { ...next, trying: undefined, triesAt, failedTries: circuit.failedTries + 1 };
			}
			return circuit.triesAt === undefined && failures >= FAILURES_TO_OPEN
				? { ...next, triesAt }
				: next;
		}
	}
}
