/**
 * What the portal is known to have done with a request.
 *
 * - `notSent`: the portal cannot have acted on it: it never left, or never arrived whole
 * - `rejected`: the portal answered that it did not do it
 * - `accepted`: the portal answered 2xx
 * - `unknown`: it was written, and no complete answer came back
 */
export type Outcome = 'notSent' | 'rejected' | 'accepted' | 'unknown';

/** Where the cause lies, and so who can remove it. */
export type TipErrorKind = 'input' | 'credential' | 'network' | 'portal' | 'cancelled';

/** Plain values a sentence is made with: a host, a length, what was found. Never a secret. */
export type Facts = Readonly<
	Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface TipErrorFields {
	/** Stable id for code to branch on, such as `certificate.noKey`. */
	code: string;
	kind: TipErrorKind;
	outcome: Outcome;
	/** What the sentence for this code is made with. */
	facts?: Facts;
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
	/** How often the request was sent, or tried to be, before this was the end of it. */
	attempts?: number;
}

/**
 * The only error that leaves this client: a code, and the facts a sentence about it is made with.
 * Whoever shows it to a person puts it into words, since only they know how their fields are called.
 *
 * It is built from plain values and has no `cause`: the errors of TLS and HTTP libraries carry keys,
 * passphrases and headers in their properties.
 */
export class TipError extends Error {
	readonly code: string;
	readonly kind: TipErrorKind;
	readonly outcome: Outcome;
	readonly facts: Facts;
	readonly retryable: boolean;
	readonly retryAfterMs?: number;
	readonly status?: number;
	readonly errorId?: string;
	readonly portalDescription?: string;
	readonly detail?: string;
	readonly attempts?: number;

	constructor(fields: TipErrorFields) {
		super(fields.code);
		this.name = 'TipError';
		this.code = fields.code;
		this.kind = fields.kind;
		this.outcome = fields.outcome;
		this.facts = fields.facts ?? {};
		this.retryable = fields.retryable ?? false;
		this.retryAfterMs = fields.retryAfterMs;
		this.status = fields.status;
		this.errorId = fields.errorId;
		this.portalDescription = fields.portalDescription;
		this.detail = fields.detail;
		this.attempts = fields.attempts;
	}
}

/** What is always true of a code, and what is written of it in the list of all codes. */
export interface CodeFacts {
	kind: TipErrorKind;
	/** What can have become of the request; the first one unless the thrower says otherwise. */
	outcomes: readonly [Outcome, ...Outcome[]];
	/** Whether the client repeats it by itself: always, only a request that changes nothing, or never. */
	repeated: 'yes' | 'safe' | 'no';
}

/** What a thrower adds to a code. */
export type FaultDetails = Partial<Omit<TipErrorFields, 'code' | 'kind'>>;

/**
 * The way a room throws: its codes in one table, and a function that makes an error of one of them.
 * A code that is not in the table, or has no sentence in the catalogue, does not compile.
 */
export function faultsOf<Codes extends Record<string, CodeFacts>>(codes: Codes) {
	return (code: keyof Codes & string, details: FaultDetails = {}): TipError => {
		const { kind, outcomes, repeated } = codes[code]!;
		return new TipError({
			outcome: outcomes[0],
			retryable: repeated === 'yes',
			...details,
			code,
			kind,
		});
	};
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
