import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import { parseBaseUrl } from '../../tip/portal/baseUrl';
import type { TipClient } from '../../tip/portal/client';
import { TipError } from '../../tip/values/error';
import { advance, askFrom, readFeedState, type FeedEvent } from '../../tip/reports/feed';
import {
	matches,
	newestFirst,
	readPublications,
	timesOf,
	type Publication,
	type PublicationFilter,
} from '../../tip/reports/list';
import { publicationListRequest } from '../../tip/reports/requests';
import { readVersions } from '../../tip/reports/versions';
import { readNumber } from '../../tip/values/number';
import { CREDENTIAL_NAME } from '../shared/signIn/authentication';
import { openConnection } from '../shared/signIn/connection';
import { toNodeError } from '../shared/nodeError';

const DAY_S = 24 * 3600;
const DEFAULT_LOOK_BACK_DAYS = 365;
/** How far back a test looks for a report to show, before it asks for all there are. */
const TEST_LOOK_BACK_S = 90 * DAY_S;
/** Of the time n8n gives one poll; its own measure where the version has none. */
const POLL_BUDGET_MS = 5 * 60_000;
/** Of that, what asking the portal may take; the rest is for what is made of the answer. */
const SHARE_OF_ASKING = 0.9;
/** For one answer, in milliseconds. */
const TIMEOUT_MS = 60_000;

interface Settings {
	event: 'new' | 'updated' | 'both';
	filter: PublicationFilter;
	lookBackS: number;
}

/** What a workflow keeps from one look to the next, in n8n's static data of the node. */
interface Kept extends IDataObject {
	/** Whose reports these are, as a digest: with another account all is to begin anew. */
	account?: string;
	feed?: IDataObject;
}

/** Nodes that look at the portal just now, by workflow and node. */
const looking = new Set<string>();

/**
 * One look at the portal: what is new since the last one. A test shows the newest report instead and
 * keeps nothing. While an active node looks, another look of it finds nothing: n8n (2.41) gives each one
 * a copy of what is kept, so both would give the same reports.
 *
 * @throws NodeApiError | NodeOperationError when the portal can't be asked; nothing is kept then, so the
 * next look finds what this one would have
 */
export async function pollReports(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const isTest = context.getMode() === 'manual';
	const look = `${String(context.getWorkflow().id)} ${context.getNode().id}`;
	if (!isTest && looking.has(look)) return null;
	let client: TipClient | undefined;
	if (!isTest) looking.add(look);
	try {
		const settings = readSettings(context);
		const credentials = await context.getCredentials(CREDENTIAL_NAME);
		({ client } = await openConnection(credentials, context.helpers));
		const list = listOf(client, context.getPollBudgetMs?.() ?? POLL_BUDGET_MS);
		const events = isTest
			? [await newest(list, settings, context)]
			: await whatIsNew(list, settings, context, credentials);
		return events.length === 0 ? null : [events.map(toItem)];
	} catch (thrown) {
		throw asNodeError(context, thrown);
	} finally {
		if (!isTest) looking.delete(look);
		client?.close();
	}
}

type List = (dateStart?: number) => Promise<Publication[]>;

function listOf(client: TipClient, budgetMs: number): List {
	const endsAt = performance.now() + budgetMs * SHARE_OF_ASKING;
	return async (date_start) => {
		const answer = await client.send(publicationListRequest({ date_start }), {
			timeoutMs: TIMEOUT_MS,
			deadlineMs: endsAt - performance.now(),
			maxRetries: 3,
		});
		return readPublications(answer);
	};
}

async function whatIsNew(
	list: List,
	{ event, filter, lookBackS }: Settings,
	context: IPollFunctions,
	credentials: ICredentialDataDecryptedObject,
): Promise<FeedEvent[]> {
	const kept = context.getWorkflowStaticData('node') as Kept;
	const account = accountOf(credentials);
	const isSame = kept.account === account || kept.account === earlierAccountOf(credentials);
	const before = isSame ? readFeedState(kept.feed) : undefined;
	if (kept.account !== undefined && before === undefined) sayAnew(context, isSame);
	const from = askFrom(before, now(), event === 'new' ? 0 : lookBackS);
	const versions = await readVersions(await list(from));
	const { state, events } = advance(before, versions, now(), from);
	kept.account = account;
	kept.feed = state as unknown as IDataObject;
	return events.filter(
		(found) => (event === 'both' || found.event === event) && matches(found.publication, filter),
	);
}

/** Reports of the time in between are not given: whoever changed the account should know. */
function sayAnew(context: IPollFunctions, isSameAccount: boolean): void {
	const why = isSameAccount
		? 'what it had remembered can not be read'
		: "the credential names another portal or user than before ('Base URL' or 'Username')";
	context.logger?.warn(
		`${context.getNode().name}: begins anew, with reports from now on, because ${why}`,
	);
}

/** The newest report for which the chosen event could have been, as an example. */
async function newest(
	list: List,
	{ event, filter }: Settings,
	context: IPollFunctions,
): Promise<FeedEvent> {
	for (const dateStart of [now() - TEST_LOOK_BACK_S, undefined]) {
		const listed = (await list(dateStart)).filter((one) => matches(one, filter));
		const [publication] =
			event === 'new' ? newestFirst(listed, 'published') : newestFirst(listed.filter(fits[event]));
		if (publication === undefined) continue;
		const isUpdate = event !== 'new' && fits.updated(publication);
		return { event: isUpdate ? 'updated' : 'new', publication };
	}
	const what = event === 'updated' ? 'report that was changed after it was published' : 'report';
	throw new NodeOperationError(context.getNode(), `The portal lists no ${what} to show`, {
		description:
			"There is none of the chosen 'Report Group', or the licence of the account covers none. The trigger can be switched on all the same.",
	});
}

/** Whether a report can stand for an event: each was new once, not each was changed since. */
const fits = {
	both: () => true,
	updated: (publication: Publication) => {
		const { published, updated } = timesOf(publication);
		return updated !== undefined && published !== undefined && updated > published;
	},
};

/** What n8n's own helpers throw is n8n's own kind already. */
function asNodeError(context: IPollFunctions, thrown: unknown): unknown {
	return thrown instanceof TipError ? toNodeError(context.getNode(), thrown) : thrown;
}

function toItem({ event, publication }: FeedEvent): INodeExecutionData {
	return { json: { event, ...(publication as IDataObject) } };
}

function readSettings(context: IPollFunctions): Settings {
	const event = context.getNodeParameter('event') as Settings['event'];
	const group = context.getNodeParameter('reportGroup') as string;
	const { lookBack = DEFAULT_LOOK_BACK_DAYS } = context.getNodeParameter('options', {}) as {
		lookBack?: unknown;
	};
	const days = readNumber(lookBack, 'lookBack', { min: 1, unit: 'days', fraction: true });
	return {
		event,
		filter: group === 'all' ? {} : { reportGroup: group },
		lookBackS: days * DAY_S,
	};
}

/** However the address is written: `https://host` and `https://host/` are one account. */
function accountOf({ baseUrl, username }: ICredentialDataDecryptedObject): string {
	const { origin, pathPrefix } = parseBaseUrl(String(baseUrl));
	return digestOf(origin + pathPrefix, String(username).trim());
}

/** As it was kept before addresses were compared by what they mean. */
function earlierAccountOf({ baseUrl, username }: ICredentialDataDecryptedObject): string {
	return digestOf(String(baseUrl), String(username));
}

function digestOf(...account: string[]): string {
	return createHash('sha256').update(JSON.stringify(account)).digest('base64url').slice(0, 22);
}

function now(): number {
	return Math.floor(Date.now() / 1000);
}
