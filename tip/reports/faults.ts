import { faultsOf, type CodeFacts } from '../values/error';

/** Everything this room throws besides what is wrong with a field. */
export const REPORT_CODES = {
	/** A file in an answer that can't be decoded, unpacked or read. */
	'portal.brokenFile': { kind: 'portal', outcomes: ['accepted'], repeated: 'no' },
	'portal.fileTooLarge': { kind: 'portal', outcomes: ['accepted'], repeated: 'no' },
	/** More of them than are given out as items. */
	'portal.tooManyIndicators': { kind: 'portal', outcomes: ['accepted'], repeated: 'no' },
} as const satisfies Record<string, CodeFacts>;

export const reportFault = faultsOf(REPORT_CODES);

/** What can be wrong with a file; the catalogue has words for each. */
export type FileFlaw =
	'damaged' | 'missing' | 'noDates' | 'notBase64' | 'notGzip' | 'notMasterIoc' | 'notOpenIoc';
