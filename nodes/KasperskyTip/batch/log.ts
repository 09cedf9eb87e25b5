import type { Logger } from 'n8n-workflow';
import { linesOf } from './summary';
import type { Results } from './result';

/** Lines in one entry of the log; a log keeps entries of a few kilobytes whole. */
const LINES_PER_ENTRY = 50;

/**
 * Writes every rescan that was accepted or is unknown to n8n's log, old task and new: of a run that
 * was stopped, n8n keeps nothing, and of a long one no more than an error can hold.
 */
export function logHandles(logger: Logger | undefined, why: string, results: Results): void {
	const lines = linesOf(results);
	for (let start = 0; start < lines.length; start += LINES_PER_ENTRY) {
		const part = lines.slice(start, start + LINES_PER_ENTRY);
		const range = `${start + 1}–${start + part.length} of ${lines.length}`;
		logger?.warn(`Kaspersky TIP: ${why}. Rescans ${range}: ${part.join('; ')}`);
	}
}
