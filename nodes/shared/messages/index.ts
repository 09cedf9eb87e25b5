import type { TipError } from '../../../tip/values/error';
import { CONNECTION_WORDINGS } from './connection';
import { CREDENTIAL_WORDINGS } from './credential';
import { FIELD_ADVICE, labelOf } from './fields';
import { CERTIFICATE_WORDINGS } from './identity';
import { GENERAL_REASONS } from './input';
import { LOOKUP_REASONS } from './lookup';
import { NODE_REASONS, NODE_WORDINGS } from './node';
import { OPENTIP_REASONS, OPENTIP_WORDINGS } from './openTip';
import { PORTAL_WORDINGS } from './portal';
import { REPORT_REASONS, REPORT_WORDINGS } from './reports';
import type { FieldWording, Sentence, Wording } from './sentence';
import { TASK_REASONS, TASK_WORDINGS } from './tasks';

/** Sentences by code. */
export const WORDINGS: Readonly<Record<string, Wording>> = {
	...CERTIFICATE_WORDINGS,
	...CONNECTION_WORDINGS,
	...CREDENTIAL_WORDINGS,
	...NODE_WORDINGS,
	...OPENTIP_WORDINGS,
	...PORTAL_WORDINGS,
	...REPORT_WORDINGS,
	...TASK_WORDINGS,
};

/** Sentences for what is wrong with a field, by reason. */
export const REASONS: Readonly<Record<string, FieldWording>> = {
	...GENERAL_REASONS,
	...LOOKUP_REASONS,
	...NODE_REASONS,
	...OPENTIP_REASONS,
	...REPORT_REASONS,
	...TASK_REASONS,
};

/** What a person reads of an error: what happened, and how to get unstuck. */
export function explain(error: TipError): { message: string; advice: string } {
	const [message, advice] = sentenceFor(error);
	return { message, advice };
}

/** The same as one text, for a place that has no second line. */
export function asOneText(error: TipError): string {
	const { message, advice } = explain(error);
	return `${message}. ${advice}`;
}

function sentenceFor(error: TipError): Sentence {
	const { field, reason } = error.facts;
	if (typeof field === 'string' && typeof reason === 'string') {
		const [message, advice] = REASONS[reason]!(labelOf(field, error.facts.kind), error.facts);
		return [message, [advice, FIELD_ADVICE[field]].filter(Boolean).join(' ')];
	}
	const wording = WORDINGS[error.code]!;
	return typeof wording === 'function' ? wording(error.facts, error) : wording;
}
