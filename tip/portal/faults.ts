import { faultsOf, type CodeFacts } from '../values/error';

/** Everything this room throws. The words are in the catalogue of whoever shows them. */
export const PORTAL_CODES = {
	/** The time for everything was over; the outcome is that of the last attempt. */
	'budget.spent': {
		kind: 'network',
		outcomes: ['notSent', 'rejected', 'accepted', 'unknown'],
		repeated: 'no',
	},
	'portal.badRequest': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.forbidden': { kind: 'credential', outcomes: ['rejected'], repeated: 'no' },
	'portal.legal': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.notFound': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	/** Repeated when the caller says how long to wait for the task. */
	'portal.notReady': { kind: 'portal', outcomes: ['rejected'], repeated: 'yes' },
	/** OpenTIP's 403: of the day's quota, or of a limit on requests, nothing is left. */
	'portal.quotaUsedUp': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.redirect': { kind: 'credential', outcomes: ['rejected', 'unknown'], repeated: 'no' },
	/** The portal has refused everything for longer than there is patience. */
	'portal.refusing': { kind: 'portal', outcomes: ['notSent', 'rejected'], repeated: 'no' },
	'portal.refused': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.requestTimeout': {
		kind: 'portal',
		outcomes: ['rejected', 'unknown'],
		repeated: 'safe',
	},
	/** Of 5xx, a request that changes nothing is repeated after 502 and 504. */
	'portal.serverFault': { kind: 'portal', outcomes: ['rejected', 'unknown'], repeated: 'safe' },
	/** Requests before this one had no answer, so this one was not sent. */
	'portal.silent': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'portal.taskNotFound': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.tooLarge': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.tooManyRequests': { kind: 'portal', outcomes: ['rejected'], repeated: 'yes' },
	'portal.unauthorized': { kind: 'credential', outcomes: ['rejected'], repeated: 'no' },
	'portal.unavailable': { kind: 'portal', outcomes: ['rejected'], repeated: 'yes' },
	/** Requests before this one found no connection, so this one was not sent. */
	'portal.unreachable': { kind: 'network', outcomes: ['notSent'], repeated: 'no' },
	'portal.unexpected': { kind: 'portal', outcomes: ['rejected'], repeated: 'no' },
	'portal.unreadable': { kind: 'portal', outcomes: ['accepted', 'unknown'], repeated: 'no' },
} as const satisfies Record<string, CodeFacts>;

export type PortalCode = keyof typeof PORTAL_CODES;

export const portalFault = faultsOf(PORTAL_CODES);
