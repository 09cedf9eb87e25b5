import { faultsOf } from '../../tip/values/error';

/** What can go wrong on n8n's side of the client. */
export const NODE_CODES = {
	'credential.unavailable': { kind: 'credential', outcomes: ['notSent'], repeated: 'no' },
	'node.defect': { kind: 'network', outcomes: ['unknown', 'notSent'], repeated: 'no' },
	'node.notStarted': { kind: 'input', outcomes: ['notSent'], repeated: 'no' },
	/** The user's own bound: what is left of the day is not to be used up. */
	'quota.floor': { kind: 'input', outcomes: ['notSent'], repeated: 'no' },
	/** What an earlier item of the batch was refused for holds for all that follow it. */
	'quota.usedUp': { kind: 'portal', outcomes: ['notSent'], repeated: 'no' },
	'node.output': { kind: 'input', outcomes: ['accepted'], repeated: 'no' },
} as const;

export const nodeFault = faultsOf(NODE_CODES);

/** Longest piece of n8n's own words in a sentence, in characters. */
const LONGEST_REASON = 200;

/** What n8n said, as one line and not too long. Only the message: other properties may hold anything. */
export function saidBy(thrown: unknown): string {
	const text = thrown instanceof Error ? thrown.message : String(thrown);
	const line = text
		.slice(0, LONGEST_REASON)
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	return line.toWellFormed();
}
