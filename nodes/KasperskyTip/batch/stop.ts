import type { Logger } from 'n8n-workflow';
import { connectionFault } from '../../../tip/connection/faults';
import type { TipError } from '../../../tip/values/error';
import { explain } from '../../shared/messages';
import { logHandles } from './log';
import type { Results } from './result';
import { countBatch, describeBatch, fitsContext } from './summary';

/**
 * What a node that stops says: how many items became what, what to do about the fault, and what became
 * of each. What has no room there goes to the log.
 */
export function describeStop(
	error: TipError,
	results: Results,
	logger: Logger | undefined,
): string {
	const { advice } = explain(error);
	const nothingSent = results.every(
		(result) =>
			result === undefined || (result.outcome === 'failed' && result.error.kind === 'input'),
	);
	if (nothingSent) return `${advice} Nothing was sent.`;
	if (results.length < 2) return advice;
	const isWhole = fitsContext(results);
	if (!isWhole) logHandles(logger, `stopped (${countBatch(results)})`, results);
	return [
		`${countBatch(results)}.`,
		advice,
		`${describeBatch(results)}.`,
		isWhole ? '' : "All rescans are in the log of n8n; 'Error data' holds the first ones.",
	]
		.filter(Boolean)
		.join(' ');
}

/** Why the rest was not done when the execution was cancelled, and whether something may be under way. */
export function cancelledRun(results: Results): TipError {
	const isUnknown = results.some(
		(result) => result?.outcome === 'failed' && result.error.outcome === 'unknown',
	);
	const outcome = isUnknown ? 'unknown' : 'notSent';
	return connectionFault('cancelled', { outcome, facts: { isRun: true } });
}
