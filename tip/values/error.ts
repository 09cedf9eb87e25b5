/**
 * What the portal is known to have done with a request.
 *
 * - `notSent`: the portal cannot have acted on it: it never left, or never arrived whole
 * - `rejected`: the portal answered that it did not do it
 * - `accepted`: the portal answered 200
 * - `unknown`: it was written, and no complete answer came back
 */
export type Outcome = 'notSent' | 'rejected' | 'accepted' | 'unknown';

/** Where the cause lies, and so who can remove it. */
export type TipErrorKind = 'input' | 'credential' | 'network' | 'portal' | 'cancelled';

export interface TipErrorFields {
	/** Stable id for code to branch on, such as `certificate.noKey`; never shown alone. */
	code: string;
	kind: TipErrorKind;
	/** What happened, in one sentence. */
	message: string;
	/** How to get unstuck, in whole sentences. */
	advice: string;
	outcome: Outcome;
	/** Whether the same request may be repeated safely and could then succeed. */
	retryable?: boolean;
	/** How long the portal asked to wait before a repeat, in milliseconds. */
	retryAfterMs?: number;
	/** HTTP status, when the portal answered. */
	status?: number;
	/** The portal's own error id, such as `invalid-params` (tip-api.md 3.6). */
	errorId?: string;
	/** The portal's own description of the refusal (tip-api.md 3.6). */
	portalDescription?: string;
	/** Technical detail for a support case, such as an OpenSSL code. Never a secret. */
	detail?: string;
}

/**
 * The only error that leaves floor 1. It is built from plain values and has no `cause`: the errors
 * of TLS and HTTP libraries carry keys, passphrases and headers in their properties.
 */
export class TipError extends Error {
	readonly code: string;
	readonly kind: TipErrorKind;
	readonly advice: string;
	readonly outcome: Outcome;
	readonly retryable: boolean;
	readonly retryAfterMs?: number;
	readonly status?: number;
	readonly errorId?: string;
	readonly portalDescription?: string;
	readonly detail?: string;

	constructor(fields: TipErrorFields) {
		super(fields.message);
		this.name = 'TipError';
		this.code = fields.code;
		this.kind = fields.kind;
		this.advice = fields.advice;
		this.outcome = fields.outcome;
		this.retryable = fields.retryable ?? false;
		this.retryAfterMs = fields.retryAfterMs;
		this.status = fields.status;
		this.errorId = fields.errorId;
		this.portalDescription = fields.portalDescription;
		this.detail = fields.detail;
	}
}

/**
 * Something a user filled in can't be used: found before anything is sent, and the user's to correct.
 *
 * @param field ends up in the code, `input.<field>`
 * @param message names the field by its label
 */
export function inputError(field: string, message: string, advice: string): TipError {
	return new TipError({
		code: `input.${field}`,
		kind: 'input',
		outcome: 'notSent',
		message,
		advice,
	});
}

/** The code of an error, or of the first error inside one that bundles several attempts; else its name. */
export function codeOf(error: Error): string {
	const { code } = error as { code?: unknown };
	if (typeof code === 'string' && code !== '') return code;
	if (error instanceof AggregateError && error.errors[0] instanceof Error) {
		return codeOf(error.errors[0]);
	}
	return error.name;
}
