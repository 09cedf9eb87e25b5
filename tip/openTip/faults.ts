import { faultsOf, type CodeFacts } from '../values/error';

/** Everything this room throws, but for what is wrong with a field. */
export const OPENTIP_CODES = {
	/**
	 * A file was handed in, or may have been, and its result can't be asked for. Facts: `sha256`, and
	 * those of the `last` code.
	 */
	'analysis.interrupted': { kind: 'portal', outcomes: ['accepted', 'unknown'], repeated: 'no' },
} as const satisfies Record<string, CodeFacts>;

export const openTipFault = faultsOf(OPENTIP_CODES);
