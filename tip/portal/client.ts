import { setTimeout as wait } from 'node:timers/promises';
import type { TipAnswer } from '../values/answer';
import { leaseConnections, slots, type ConnectionLease } from '../connection/pool';
import { TipError } from '../values/error';
import { exchange, ExchangeFailure } from '../connection/exchange';
import { checkEgress, type EgressPolicy } from '../connection/egress';
import type { PortalLogin } from '../identity/login';
import { networkError } from '../connection/failures';
import { proxyFor } from '../connection/proxy';
import { keyedDigest } from '../values/digest';
import { requestTarget, sensitiveValues, type TipRequest } from '../values/request';
import { AnswerMask, TextMask } from '../values/masking';
import { portalFault } from './faults';
import { bodyHeaders, transferMs } from './body';
import { Deadline } from './deadline';
import { answerLimit } from './limits';
import { GivenUp, type Permit, type PaceUser, type Reason, type SlowedDown } from './pace/pace';
import { joinPace } from './pace/paces';
import { reportOf } from './pace/report';
import { isFree, mayBeDone, nextDelay, type RetryPolicy } from './retry';
import { portalError, type Circumstances } from './refusals';
import { answerDefect, readAnswer } from './readAnswer';
import { readInTurn, type ReadingPlace } from './readingRoom';
import { parseBaseUrl, type PortalBase } from './baseUrl';

export interface TipClientOptions {
	/** Where the portal is; may carry a path prefix and a trailing slash. Only `https:`. */
	baseUrl: string;
	login: PortalLogin;
	userAgent: string;
	/** The instance's policy on where connections may go. */
	egress?: EgressPolicy;
}

export interface SendOptions extends RetryPolicy {
	/** For each exchange, from the moment it is written, in milliseconds; the time to send a body comes on top. */
	timeoutMs: number;
	/** For everything from the call to the last answer, waits and repeats included, in milliseconds. */
	deadlineMs?: number;
	/** An earlier call may have done it: a deletion then finds nothing, and is right to. */
	mayBeDone?: boolean;
	/** Taken by a large answer, and left by the caller once nothing of it is needed any more. */
	place?: ReadingPlace;
	/** Breaks off whatever is under way. */
	signal?: AbortSignal;
	/** Ends waiting and allows no further attempt, but lets an exchange under way come to its end. */
	noMoreAttempts?: AbortSignal;
}

/**
 * Speaks to one portal with one login over a shared keep-alive pool. It sends what it is told,
 * repeats only what provably did nothing, and raises nothing but {@link TipError}.
 */
export class TipClient {
	readonly #options: TipClientOptions;
	readonly #base: PortalBase;
	readonly #headers: Record<string, string>;
	readonly #mask: TextMask;
	readonly #answerMask: AnswerMask;
	#lease?: ConnectionLease;
	#pace?: { user: PaceUser; leave(): void };

	/** @throws TipError `credential` when the base URL can't be used */
	constructor(options: TipClientOptions) {
		this.#options = options;
		this.#base = parseBaseUrl(options.baseUrl);
		this.#mask = new TextMask(options.login.secrets);
		this.#answerMask = new AnswerMask(options.login.secrets);
		this.#headers = {
			accept: 'application/json',
			'accept-encoding': 'identity',
			[options.login.header]: options.login.authorization,
			'user-agent': options.userAgent,
		};
	}

	/** Scheme, host and port of the portal. */
	get origin(): string {
		return this.#base.origin;
	}

	/** Tells apart portals and logins, and tells nothing of either. Known while it is open. */
	get key(): string {
		return keyedDigest(this.#lease!.key, this.#base.pathPrefix);
	}

	/**
	 * Takes hold of the connection pool, after the instance's policy has let the address pass.
	 *
	 * @throws TipError `network` when the policy forbids it or the proxy setting can't be used
	 */
	async open(): Promise<void> {
		const { egress, login } = this.#options;
		const proxy = proxyFor(new URL(this.#base.origin));
		if (egress) await checkEgress(egress, this.#base.origin, proxy !== undefined);
		this.#lease = leaseConnections({
			origin: this.#base.origin,
			login,
			proxy,
			lookup: egress?.createSecureLookup(),
		});
		this.#pace = joinPace(this.#lease.key);
	}

	/** How the portal slowed this client down; nothing when it did not. */
	get slowedDown(): SlowedDown | undefined {
		return this.#pace?.user.slowedDown;
	}

	/**
	 * Sends a request and reads its answer, at the pace of all who share the login.
	 *
	 * @throws TipError with the outcome the portal is known to have reached, and the number of attempts
	 */
	async send(request: TipRequest, options: SendOptions): Promise<TipAnswer> {
		const tries = { made: 0 };
		try {
			return await this.#sendOrRepeat(request, options, tries);
		} catch (thrown) {
			const error = this.#asTipError(thrown, request, options.timeoutMs);
			throw new TipError({ ...error, attempts: tries.made });
		}
	}

	async #sendOrRepeat(
		request: TipRequest,
		options: SendOptions,
		tries: { made: number },
	): Promise<TipAnswer> {
		const startedAt = performance.now();
		const deadline = new Deadline(options.deadlineMs);
		const over = deadline.or(options.noMoreAttempts ?? options.signal);
		const timeoutMs = options.timeoutMs + transferMs(request);
		const exchangeOptions = { ...options, timeoutMs, signal: deadline.or(options.signal) };
		let last: TipError | undefined;
		let isDone = options.mayBeDone === true;
		for (let attempt = 1, free = 0; ;) {
			let permit: Permit;
			try {
				permit = await this.#admit(exchangeOptions, over);
			} catch (thrown) {
				if (deadline.isOver) throw this.#spent(request, deadline, last);
				if (thrown instanceof GivenUp) throw this.#givenUp(request, thrown.reason, last);
				// What is known is still what the last attempt said.
				throw last ?? thrown;
			}
			tries.made++;
			try {
				return await this.#attempt(request, exchangeOptions, permit);
			} catch (thrown) {
				const error = this.#asTipError(thrown, request, timeoutMs);
				permit.done(reportOf(error, undefined));
				if (deadline.isOver && error.code === 'cancelled') {
					throw this.#spent(request, deadline, last, error.outcome);
				}
				last = error;
			}
			// What an earlier attempt may have deleted is rightly not found any more.
			if (isDone && last.code === 'portal.taskNotFound') return {};
			isDone ||= mayBeDone(last);
			const isFreeOne = isFree(last, options);
			if (isFreeOne) free++;
			const reason = isFreeOne ? this.#pace?.user.reasonToGiveUp(options.pace) : undefined;
			if (reason?.why === 'refusing') throw this.#givenUp(request, reason, last);
			const delay = nextDelay(
				last,
				{
					number: isFreeOne ? 0 : attempt,
					free,
					elapsedMs: performance.now() - startedAt,
					safe: request.safe,
				},
				options,
			);
			if (delay === undefined) throw last;
			if (delay >= deadline.leftMs) throw this.#spent(request, deadline, last);
			if (!isFreeOne) attempt++;
			await wait(delay, undefined, { signal: over }).catch(() => {
				throw deadline.isOver ? this.#spent(request, deadline, last) : last;
			});
		}
	}

	/** @throws GivenUp when the portal is not there, or refuses everything for too long */
	async #admit({ pace = {}, timeoutMs }: SendOptions, over?: AbortSignal): Promise<Permit> {
		if (this.#pace === undefined) throw new Error('TipClient.open() comes before send()');
		const permit = await this.#pace.user.admit(pace, timeoutMs, over);
		if (over?.aborted !== true) return permit;
		permit.done({ end: 'cancelled' });
		throw over.reason;
	}

	/** Lets go of the pool; with `abandon` its sockets close at once if nobody else uses them. */
	close(options?: { abandon?: boolean }): void {
		this.#lease?.release(options);
		this.#lease = undefined;
		this.#pace?.leave();
	}

	async #attempt(request: TipRequest, options: SendOptions, permit: Permit): Promise<TipAnswer> {
		const body = await request.body?.open();
		// Whoever writes it sees what went wrong with it; until then, nobody listens.
		body?.on('error', () => undefined);
		const answer = await exchange(
			this.#lease!.dispatcher,
			{
				method: request.method,
				target: this.#base.pathPrefix + requestTarget(request),
				headers: { ...this.#headers, ...bodyHeaders(request) },
				body,
				isLast: slots.isShort,
			},
			{ ...options, maxBytes: answerLimit(request.about).bytes },
		).finally(() => body?.destroy());
		const { tookMs, status } = answer;
		try {
			const around: Circumstances = {
				host: this.#base.host,
				pathPrefix: this.#base.pathPrefix,
				login: this.#options.login.kind,
				mask: this.#mask.with(sensitiveValues(request)),
				answerMask: this.#answerMask,
			};
			if (status < 200 || status >= 300) throw portalError(answer, request, around);
			permit.done({ end: 'accepted', tookMs });
			return await readInTurn(answer.body.length, options.place, () =>
				readAnswer(answer, request, around),
			);
		} catch (thrown) {
			const error = thrown instanceof TipError ? thrown : answerDefect(status, request);
			permit.done(reportOf(error, tookMs));
			throw error;
		}
	}

	/** The time for everything is over; what the last attempt came to is still worth knowing. */
	#spent(
		{ about, safe }: TipRequest,
		{ totalMs }: Deadline,
		last?: TipError,
		outcome = last?.outcome,
	) {
		return portalFault('budget.spent', {
			...(last && { ...last, facts: undefined }),
			...(outcome && { outcome }),
			retryable: false,
			facts: {
				...last?.facts,
				last: last?.code,
				host: this.#base.host,
				about,
				safe,
				budgetSeconds: Math.ceil((totalMs ?? 0) / 1000),
			},
		});
	}

	/** Nothing more is sent, for a reason that is not this request's own. */
	#givenUp({ about, safe }: TipRequest, reason: Reason, last?: TipError): TipError {
		const facts = { host: this.#base.host, about, safe };
		if (reason.why !== 'refusing') {
			// What was sent and had no answer has an outcome of its own.
			if (last !== undefined) return last;
			const code = reason.why === 'silent' ? 'portal.silent' : 'portal.unreachable';
			const { tries, cause } = reason;
			return portalFault(code, {
				retryable: true,
				detail: cause?.detail,
				facts: { ...cause?.facts, ...facts, tries, last: cause?.code },
			});
		}
		return portalFault('portal.refusing', {
			...(last && { ...last, facts: undefined }),
			outcome: last?.outcome ?? 'notSent',
			retryable: true,
			facts: {
				...last?.facts,
				...facts,
				refusedSeconds: Math.round(reason.refusedMs / 1000),
				waitSeconds: Math.ceil(reason.waitMs / 1000),
			},
		});
	}

	#asTipError(thrown: unknown, request: TipRequest, timeoutMs: number): TipError {
		if (thrown instanceof TipError) return thrown;
		// Only a failed exchange says how far it got; anything else happened before one began.
		const end = (thrown as Error | undefined)?.name === 'AbortError' ? 'cancelled' : 'failed';
		const failure =
			thrown instanceof ExchangeFailure ? thrown : new ExchangeFailure(end, false, undefined);
		const { safe, about } = request;
		const maxBytes = answerLimit(about).bytes;
		return networkError(failure, { host: this.#base.host, timeoutMs, maxBytes, safe, about });
	}
}
