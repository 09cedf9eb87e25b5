import { createHash } from 'node:crypto';
import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import type { TipClient } from '../../tip/portal/client';
import { inputError, TipError } from '../../tip/values/error';
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
			: await whatIsNew(list, settings, context, accountOf(credentials));
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
	account: string,
): Promise<FeedEvent[]> {
	const kept = context.getWorkflowStaticData('node') as Kept;
	const before = kept.account === account ? readFeedState(kept.feed) : undefined;
	const from = askFrom(before, now(), event === 'new' ? 0 : lookBackS);
	const listed = await list(from);
	const { state, events } = advance(before, listed, now(), from);
	kept.account = account;
	kept.feed = state as unknown as IDataObject;
	return events.filter(
		(found) => (event === 'both' || found.event === event) && matches(found.publication, filter),
	);
}

async function newest(
	list: List,
	{ filter }: Settings,
	context: IPollFunctions,
): Promise<FeedEvent> {
	for (const dateStart of [now() - TEST_LOOK_BACK_S, undefined]) {
		const listed = await list(dateStart);
		const [publication] = newestFirst(listed.filter((one) => matches(one, filter)));
		if (publication === undefined) continue;
		const { published, updated } = timesOf(publication);
		const isUpdate = updated !== undefined && published !== undefined && updated > published;
		return { event: isUpdate ? 'updated' : 'new', publication };
	}
	throw new NodeOperationError(context.getNode(), 'The portal lists no report to show', {
		description:
			"There is none of the chosen 'Report Group', or the licence of the account covers none. The trigger can be switched on all the same.",
	});
}

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
	const days = Number(lookBack);
	if (!(days >= 1)) {
		throw inputError(
			'option',
			"'Look Back (Days)' in 'Options' is not a number from 1",
			`Give a number from 1, or remove the option for the default of ${DEFAULT_LOOK_BACK_DAYS}.`,
		);
	}
	return {
		event,
		filter: group === 'all' ? {} : { reportGroup: group },
		lookBackS: days * DAY_S,
	};
}

function accountOf({ baseUrl, username }: ICredentialDataDecryptedObject): string {
	const account = JSON.stringify([String(baseUrl), String(username)]);
	return createHash('sha256').update(account).digest('base64url').slice(0, 22);
}

function now(): number {
	return Math.floor(Date.now() / 1000);
}
