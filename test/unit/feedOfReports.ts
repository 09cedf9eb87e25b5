import {
	advance,
	askFrom,
	readFeedState,
	type FeedEvent,
	type FeedState,
} from '../../tip/reports/feed';
import type { Publication } from '../../tip/reports/list';
import { readVersions } from '../../tip/reports/versions';

export const DAY = 24 * 3600;
export const T0 = 1_714_521_600;
export const LOOK_BACK = 365 * DAY;

export const ids = (events: FeedEvent[]) =>
	events.map(({ event, publication }) => `${event} ${String(publication.id)}`);

/** One look at a portal that lists these. */
export async function look(
	state: FeedState | undefined,
	listed: Publication[],
	now: number,
	lookBack = LOOK_BACK,
) {
	return advance(state, await readVersions(listed), now, askFrom(state, now, lookBack));
}

/** Of a crowd of reports, those that come later are told from the rest, and little is kept of it all. */
export async function tellsTheNextOnes(length: number, timeOf: (index: number) => number | string) {
	const crowd: Publication[] = Array.from({ length }, (_, index) => ({
		id: `crowd-${index}`,
		published: timeOf(index),
	}));
	let { state } = await look(undefined, crowd, T0 + DAY);
	const size = () => JSON.stringify(state).length;
	expect(size()).toBeLessThan(64 * 1024);
	let events: FeedEvent[];
	({ state, events } = await look(state, crowd, T0 + DAY + 60));
	expect(events).toEqual([]);
	const next = { id: 'next', published: timeOf(0) };
	({ state, events } = await look(state, [...crowd, next], T0 + DAY + 120));
	expect(ids(events)).toEqual(['new next']);
	const more = Array.from({ length: 20 }, (_, index) => ({
		id: `more-${index}`,
		published: timeOf(index),
	}));
	const now = [...more, next, ...crowd];
	({ state, events } = await look(
		readFeedState(JSON.parse(JSON.stringify(state))),
		now,
		T0 + DAY + 180,
	));
	expect(ids(events).sort()).toEqual(more.map(({ id }) => `new ${id}`).sort());
	({ state, events } = await look(state, now, T0 + DAY + 240));
	expect(events).toEqual([]);
	const changed = { id: 'crowd-7', published: timeOf(7), updated: T0 + DAY + 300 };
	const afterChange = now.map((report) => (report.id === 'crowd-7' ? changed : report));
	({ state, events } = await look(state, afterChange, T0 + DAY + 300));
	expect(ids(events)).toEqual(['updated crowd-7']);
	expect(size()).toBeLessThan(64 * 1024);
}
