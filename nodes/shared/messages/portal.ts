import type { PORTAL_CODES } from '../../../tip/portal/faults';
import type { Facts, TipError } from '../../../tip/values/error';
import { CONNECTION_WORDINGS } from './connection';
import { itSays, pathOf } from './said';
import type { Sentence, Wording, Wordings } from './sentence';
import { UNAUTHORIZED } from './unauthorized';
import { unreadable } from './unreadable';
import { whenUnknown } from './whenUnknown';

const MANAGER = 'Ask your Kaspersky Technical Account Manager which of these is missing.';

/** What a request with a certificate needs, by what it is about (tip-api.md 2.2 and 10). */
function needs({ about }: Facts): string {
	switch (about) {
		case 'lookup':
			return `Threat Lookup needs an account of type FULL or API and a licence for it. ${MANAGER}`;
		case 'report':
		case 'reports':
		case 'masterFile':
			return `Reports need the client certificate of the account (API tokens do not work for them), an account of type FULL or API, and a licence for APT or crimeware reports. ${MANAGER}`;
		default:
			return `Sandbox and TAE need the client certificate of the account (API tokens do not work for them), an account of type FULL or API, and a licence for the service. ${MANAGER}`;
	}
}

/** What a request with a token needs (tip-api.md 2.1, 2.2 and 2.4). */
function needsWithToken({ about }: Facts): string {
	return about === 'lookup'
		? "A token opens Threat Lookup only, when the organisation allows tokens and has a licence for it. Ask your Kaspersky Technical Account Manager, or use the client certificate ('Authentication')."
		: "Some portals take a token for Threat Lookup only. The other way is the client certificate of the account: choose it under 'Authentication'.";
}

/** The words for what the portal room throws. */
export const PORTAL_WORDINGS: Wordings<typeof PORTAL_CODES> = {
	'budget.spent': budgetSpent,
	'portal.badRequest': refusal('The portal did not accept the parameters (400)', badRequestAdvice),
	'portal.forbidden': refusal(
		({ login }) =>
			login === 'token'
				? 'The portal does not allow this API token to make the request (403)'
				: 'The portal does not allow this account to make the request (403)',
		(facts) => (facts.login === 'token' ? needsWithToken(facts) : needs(facts)),
	),
	'portal.legal': refusal(
		'The portal does not serve this request for legal reasons (451)',
		'The vendor gives no further explanation. Ask your Kaspersky Technical Account Manager; running it again does not help.',
	),
	'portal.notFound': refusal(notFound, notFoundAdvice),
	'portal.notReady': refusal(
		({ taskId }) =>
			`The portal can't run task '${taskId}' again (404): it failed, hung, or is not known`,
		(facts) =>
			`Wait and run it again later; if it stays so, check 'Task ID', 'Task Source', and that the task is one of this engine.${pathOf(facts)}`,
	),
	'portal.quotaUsedUp': refusal(
		'The quota or the request limit of the OpenTIP token is used up (403)',
		({ isPortalsOwn }) =>
			`The token itself is all right. Run it again when the quota of the day is renewed, or use another token.${isPortalsOwn === true ? '' : ' If the quota is not used up, a gateway on the way may have answered in the place of OpenTIP.'}`,
	),
	'portal.redirect': refusal(
		({ status, redirectsTo, ...facts }, { outcome }) =>
			`The portal answered with a redirect (${status})${redirectsTo === undefined ? '' : ` to ${redirectsTo}`}, which is never followed${outcome === 'unknown' ? whetherDone(facts) : ''}`,
		(facts, { outcome }) =>
			`Following it would hand the login to another address. Correct 'Base URL' in the credential.${outcome === 'unknown' ? ` ${whenUnknown(facts)}` : ''}`,
	),
	'portal.refused': refusal(
		(_facts, { errorId }) => `The portal refused the request (status '${errorId}')`,
		'Check the fields against what it says, and that your licence covers the reports asked for.',
	),
	'portal.refusing': refusing,
	'portal.requestTimeout': refusal(
		'The portal did not receive the request in time (408)',
		whenUnknown,
	),
	'portal.serverFault': refusal(
		({ status, ...facts }) => `The portal answered ${status}${whetherDone(facts)}`,
		(facts) => (facts.safe === true ? 'Run it again later.' : whenUnknown(facts)),
	),
	'portal.silent': ({ host, tries }) => [
		`Not sent: ${host} gave no answer to ${tries} requests in a row`,
		"Nothing more was tried after that. Look whether the portal works; then run the items again that were not sent. If it is only slow, raise 'Timeout' in 'Options'.",
	],
	'portal.taskNotFound': refusal(
		({ taskId }) =>
			`The portal can't delete task '${taskId}' (404): it failed, hung, or is not known`,
		(facts) => `Check 'Task ID' and 'Task Source'. The task may be gone already.${pathOf(facts)}`,
	),
	'portal.tooLarge': refusal(
		({ status, about }) =>
			about === 'upload'
				? `The file is larger than OpenTIP takes (${status})`
				: `The request is too long for the portal (${status})`,
		({ about }) =>
			about === 'upload'
				? 'OpenTIP takes files of up to 256 MB. A gateway on the way may take less.'
				: about === 'lookup'
					? 'Look up the domain instead, or cut the address where its parameters begin.'
					: "Shorten the web address ('URL') or the command line.",
	),
	'portal.tooManyRequests': refusal(
		'The portal is receiving too many requests (429)',
		"Lower 'Concurrency' or set 'Requests per Minute' in 'Options', then run it again.",
	),
	'portal.unauthorized': refusal(
		({ login }) => UNAUTHORIZED[String(login)]![0],
		({ login }) => UNAUTHORIZED[String(login)]![1],
	),
	'portal.unavailable': refusal(
		'The portal is not available at the moment (503)',
		'Run it again later.',
	),
	'portal.unexpected': refusal(
		({ status }) => `The portal answered ${status}, which its help does not describe`,
		({ about }) =>
			`${about === 'rescan' || about === 'delete' ? 'Look the task up in the portal, and report' : 'Report'} the status with the time of the request.`,
	),
	'portal.unreachable': unreachable,
	'portal.unreadable': unreadable,
};

/** Said of what was refused last, and of what had not been sent by then. */
function refusing({ refusedSeconds, waitSeconds }: Facts, error: TipError): Sentence {
	const length = durationOf(Number(refusedSeconds));
	const wait = Number(waitSeconds);
	return [
		error.outcome === 'notSent'
			? `Not sent: the portal has refused every request for ${length}`
			: `The portal has refused this and every other request for ${length}`,
		[
			itSays(error),
			wait > 0 ? `It asks to wait ${durationOf(wait)} more.` : '',
			"Run it again later. 'Give Up When Refused For' in 'Options' says how long to go on trying.",
		]
			.filter(Boolean)
			.join(' '),
	];
}

/** No connection came up, so many times in a row: said with what it was the last time. */
function unreachable({ host, tries, last, ...facts }: Facts, error: TipError): Sentence {
	const [cause, advice] =
		last === undefined ? [] : wordsOf(String(last), { ...facts, host }, error);
	return [
		`Not sent: no connection to ${host} came up ${tries} times in a row`,
		[
			cause === undefined ? '' : `The last time: ${cause}.`,
			'Nothing more was tried after that.',
			advice,
		]
			.filter(Boolean)
			.join(' '),
	];
}

function durationOf(seconds: number): string {
	return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

/** The time for everything was over: said with what the last attempt came to. */
function budgetSpent(facts: Facts, error: TipError): Sentence {
	const { about, host, last } = facts;
	const [cause] = last === undefined ? [] : wordsOf(String(last), facts, error);
	const advice =
		about === 'reports'
			? "The next look finds what this one would have; nothing is lost. If it stays so, lower 'Look Back (Days)' so that the list is shorter, and look at the network between n8n and the portal."
			: 'Try again; if it stays so, look at the network between n8n and the portal.';
	return [
		`${host} gave no ${about === 'reports' || about === 'choices' ? 'list' : 'answer'} within the ${facts.budgetSeconds} s there were for it`,
		[
			cause === undefined ? '' : `The last attempt: ${cause}.`,
			error.retryAfterMs === undefined
				? ''
				: `It asks to wait ${Math.ceil(error.retryAfterMs / 1000)} s.`,
			advice,
		]
			.filter(Boolean)
			.join(' '),
	];
}

function wordsOf(code: string, facts: Facts, error: TipError): Sentence {
	const all: Readonly<Record<string, Wording>> = { ...CONNECTION_WORDINGS, ...PORTAL_WORDINGS };
	const wording = all[code]!;
	return typeof wording === 'function' ? wording(facts, error) : wording;
}

type Part = string | ((facts: Facts, error: TipError) => string);

/** A refusal: what happened, and before what to do, the portal's own words and how long to wait. */
function refusal(message: Part, advice: Part): Wording {
	return (facts, error) => [
		fill(message, facts, error),
		[itSays(error), waitFor(facts), fill(advice, facts, error)].filter(Boolean).join(' '),
	];
}

function fill(part: Part, facts: Facts, error: TipError): string {
	return typeof part === 'string' ? part : part(facts, error);
}

function waitFor({ waitMinutes }: Facts): string {
	return waitMinutes === undefined
		? ''
		: `It asks to wait ${waitMinutes} minutes before the next request.`;
}

function whetherDone({ safe, about }: Facts): string {
	if (safe === true) return '';
	return about === 'rescan'
		? '; whether it started the rescan is unknown'
		: '; what the portal did is unknown';
}

function notFound({ about, isPortalsOwn, login }: Facts): string {
	if (isPortalsOwn === true && about === 'report') {
		return 'The report does not exist, or the licence of the account does not cover it (404)';
	}
	if (isPortalsOwn === true && about === 'lookup') {
		return `${nameOf(login)} knows nothing of it (404)`;
	}
	return `${nameOf(login)} has nothing at this address (404)`;
}

function nameOf(login: unknown): string {
	return login === 'openTip' ? 'OpenTIP' : 'The portal';
}

function notFoundAdvice(facts: Facts): string {
	const { about, host, isPortalsOwn, login } = facts;
	if (login === 'openTip') {
		return `Check 'Base URL' in the credential: OpenTIP is at https://opentip.kaspersky.com, and ${host} may be another server, or a gateway on the way that answered in its place.${pathOf(facts)}`;
	}
	if (isPortalsOwn !== true) {
		return `Check 'Base URL' in the credential: the answer is not one of the portal's own, so ${host} may be another server, or a gateway on the way answered in its place.${pathOf(facts)}`;
	}
	return about === 'report'
		? `Check 'Publication ID', and which reports your licence covers.${pathOf(facts)}`
		: `Check 'Base URL' in the credential.${pathOf(facts)}`;
}

function badRequestAdvice({ about, hasListValues, lacksUrl, login }: Facts): string {
	const advice = ['Correct the field the portal names.'];
	if (login === 'openTip') {
		return 'Check the indicator. OpenTIP takes hashes, IPv4 addresses, domains, and web addresses with a path.';
	}
	if (about === 'lookup') {
		return "Check the indicator, and the names in 'Sections' if they come from an expression. The portal may also answer so for an indicator it knows nothing of; that can't be told apart.";
	}
	if (hasListValues === true) {
		advice.push(
			"Values of 'Channel' and 'Execution Environment' are case-sensitive: pick them from the list.",
		);
	}
	if (lacksUrl === true) {
		advice.push(
			"No 'URL' was sent: the vendor's help page calls it required, although its own example leaves it out. If the portal asks for it, add 'URL'.",
		);
	}
	return advice.join(' ');
}
