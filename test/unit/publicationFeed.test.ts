import {
	advance,
	askFrom,
	MAX_SEEN,
	OVERLAP_S,
	readFeedState,
	type FeedEvent,
	type FeedState,
} from '../../tip/reports/feed';
import type { Publication } from '../../tip/reports/list';
import { readVersions } from '../../tip/reports/versions';
import { DAY, ids, look, LOOK_BACK, T0, tellsTheNextOnes } from './feedOfReports';
import { turnsOf } from './turns';

describe('The feed of reports', () => {
	it('begins with silence', async () => {
		const { state, events } = await look(
			undefined,
			[{ id: 'a', published: T0, updated: T0 }],
			T0 + 60,
		);
		expect(events).toEqual([]);
		expect(state.seen).toHaveLength(1);
	});

	it('tells new from updated, oldest first', async () => {
		const a = { id: 'a', published: T0, updated: T0 };
		const old = { id: 'old', published: T0 - 100 * DAY, updated: T0 - 100 * DAY };
		const first = (await look(undefined, [a, old], T0 + 60)).state;
		const { events, state } = await look(
			first,
			[
				{ id: 'b', published: T0 + 90, updated: T0 + 95 },
				{ ...a, updated: T0 + 80 },
				{ ...old, updated: T0 + 70 },
			],
			T0 + 120,
		);
		expect(ids(events)).toEqual(['updated old', 'updated a', 'new b']);
		expect((await look(state, [{ ...a, updated: T0 + 80 }], T0 + 180)).events).toEqual([]);
	});

	it('takes times in any form for the same version', async () => {
		const { state } = await look(undefined, [{ id: 'a', updated: T0 }], T0);
		const again = [{ id: 'a', updated: '2024-05-01T00:00:00Z' }];
		expect((await look(state, again, T0 + 60)).events).toEqual([]);
	});

	it('gives reports without a time that can be read once, and again when it changes', async () => {
		let { state, events } = await look(undefined, [{ id: 'a', updated: 'May' }], T0);
		expect(events).toEqual([]);
		const listed = [{ id: 'a', updated: 'May' }, { id: 'b' }];
		({ state, events } = await look(state, listed, T0 + 60));
		expect(ids(events)).toEqual(['new b']);
		({ state, events } = await look(state, listed, T0 + 30 * DAY));
		expect(events).toEqual([]);
		({ state, events } = await look(state, [{ id: 'a', updated: 'June' }, { id: 'b' }], T0 + 60));
		expect(ids(events)).toEqual(['updated a']);
	});

	it('is not led astray by a report from the future', async () => {
		let { state } = await look(undefined, [], T0);
		const wrong = { id: 'wrong', published: T0 + 3650 * DAY };
		let events: FeedEvent[];
		({ state, events } = await look(state, [wrong], T0 + 60));
		expect(ids(events)).toEqual(['new wrong']);
		({ state, events } = await look(state, [wrong, { id: 'b', published: T0 + 90 }], T0 + 120));
		expect(ids(events)).toEqual(['new b']);
	});

	it('does not take older reports for news when it is told to look back further', async () => {
		const quiet = { id: 'quiet', published: T0 - 90 * DAY, updated: T0 - DAY };
		let { state } = await look(undefined, [], T0, 0);
		({ state } = await look(state, [{ id: 'b', published: T0 + 60 }], T0 + 60, 0));
		let events: FeedEvent[];
		({ state, events } = await look(state, [quiet, { id: 'b', published: T0 + 60 }], T0 + 120));
		expect(events).toEqual([]);
		({ state, events } = await look(state, [{ ...quiet, updated: T0 + 150 }], T0 + 180));
		expect(ids(events)).toEqual(['updated quiet']);
	});

	it('asks no further back than it needs', async () => {
		const { state } = await look(undefined, [], T0);
		expect(askFrom(undefined, T0, 0)).toBe(T0 - OVERLAP_S);
		expect(askFrom(state, T0 + 365 * DAY, 0)).toBe(T0 - OVERLAP_S);
		expect(askFrom(state, T0, LOOK_BACK)).toBe(T0 - LOOK_BACK);
		const later = (await look(state, [{ id: 'a', published: T0 + 30 * DAY }], T0 + 31 * DAY)).state;
		expect(askFrom(later, T0 + 31 * DAY, 0)).toBe(T0 + 30 * DAY - OVERLAP_S);
	});

	it('remembers no more than it must, and no more than it may', async () => {
		let { state } = await look(undefined, [{ id: 'a', published: T0 }], T0);
		({ state } = await look(state, [{ id: 'b', published: T0 + 30 * DAY }], T0 + 31 * DAY));
		expect(state.seen).toHaveLength(1);

		const many = Array.from({ length: MAX_SEEN + 500 }, (_, index) => ({
			id: String(index),
			published: T0 + 31 * DAY + Math.floor(index / 3),
		}));
		const full = await look(state, many, T0 + 32 * DAY);
		expect(full.events).toHaveLength(many.length);
		expect(full.state.seen).toHaveLength(MAX_SEEN);
		expect((await look(full.state, many, T0 + 32 * DAY + 60)).events).toEqual([]);
	});

	it.each([
		[10_000, 'one time', () => T0],
		[10_000, 'one day', (index: number) => T0 + (index % DAY)],
		[20_000, 'the days of a week', (index: number) => T0 - (index % 7) * DAY],
		[10_000, 'no time that can be read', () => 'May'],
	])('of %d reports of %s tells the next ones', async (length, _name, timeOf) => {
		await tellsTheNextOnes(length, timeOf);
	});

	it('forgets a crowd that is over, and stays small through many', async () => {
		let state: FeedState | undefined;
		for (let day = 0; day < 40; day++) {
			const crowd = Array.from({ length: 3000 }, (_, index) => ({
				id: `${day}-${index}`,
				published: T0 + day * DAY + index,
			}));
			({ state } = await look(state, crowd, T0 + (day + 1) * DAY));
			expect(JSON.stringify(state).length).toBeLessThan(64 * 1024);
		}
		const quiet = { id: 'quiet', published: T0 + 200 * DAY };
		({ state } = await look(state, [quiet], T0 + 200 * DAY));
		expect(state.crowds).toBeUndefined();
	});

	it('gives too much at once not at all rather than all of it again', async () => {
		const crowd = Array.from({ length: 5000 }, (_, index) => ({ id: `c${index}`, published: T0 }));
		const { state } = await look(undefined, crowd, T0 + DAY);
		const more = Array.from({ length: 5000 }, (_, index) => ({ id: `m${index}`, published: T0 }));
		const second = await look(state, [...crowd, ...more], T0 + DAY + 60);
		expect(second.events).toEqual([]);
		const next = { id: 'next', published: T0 };
		const third = await look(second.state, [...crowd, ...more, next], T0 + DAY + 120);
		expect(ids(third.events)).toEqual(['new next']);
	});

	it.each([40, 730, 8, 7.5])(
		'is not silenced by a clock that was %d days ahead at the first look',
		async (days) => {
			const ahead = T0 + days * DAY;
			for (const lookBack of [0, LOOK_BACK]) {
				const reports: Publication[] = [];
				const listed = (from: number) =>
					reports.filter(({ published }) => (published as number) >= from);
				let state: FeedState | undefined;
				let from = askFrom(undefined, ahead, lookBack);
				({ state } = advance(undefined, await readVersions(listed(from)), ahead, from));
				const given: string[] = [];
				for (let hour = 1; hour < 250; hour++) {
					const now = T0 + hour * 3600;
					reports.push({ id: `r${hour}`, published: now - 60 });
					from = askFrom(state, now, lookBack);
					expect(from).toBeLessThanOrEqual(now - OVERLAP_S);
					const step = advance(state, await readVersions(listed(from)), now, from);
					({ state } = step);
					given.push(...ids(step.events));
				}
				expect(given).toEqual(reports.map(({ id }) => `new ${String(id)}`));
			}
		},
	);

	it('gives nothing twice when a clock goes ahead for one look', async () => {
		const report = { id: 'a', published: T0 };
		const misdated = { id: 'm', published: T0 + 400 * DAY };
		let { state } = await look(undefined, [report], T0 + 60);
		let events: FeedEvent[];
		({ state, events } = await look(state, [report, misdated], T0 + 800 * DAY));
		expect(ids(events)).toEqual(['new m']);
		({ state, events } = await look(state, [report, misdated], T0 + 120));
		expect(state.since).toBeLessThanOrEqual(T0);
		({ state, events } = await look(
			state,
			[report, misdated, { id: 'b', published: T0 + 150 }],
			T0 + 180,
		));
		expect(ids(events)).toContain('new b');
	});

	it('remembers a report without a time also while it is not listed', async () => {
		let { state } = await look(undefined, [{ id: 'a', updated: 'May' }], T0);
		({ state } = await look(state, [], T0 + 60));
		const { events } = await look(state, [{ id: 'a', updated: 'May' }], T0 + 120);
		expect(events).toEqual([]);
	});

	it('goes on from what was stored before versions were kept as digests', async () => {
		const stored = {
			since: T0 - OVERLAP_S,
			from: T0 - OVERLAP_S,
			seen: [
				['a', T0 - 60, T0 - 60],
				['b', 'May', null],
				[7, T0 - 50, T0 - 50],
			],
		};
		const { events } = await look(
			readFeedState(stored),
			[
				{ id: 'a', published: T0 - 60 },
				{ id: 'b', updated: 'May' },
				{ id: '7', published: T0 - 50 },
				{ id: 'a', published: T0 - 60, updated: T0 },
				{ id: 'c', published: T0 },
			],
			T0 + 60,
		);
		expect(ids(events)).toEqual(['updated a', 'new c']);
	});

	it('reads a long list in many turns of the event loop', async () => {
		const many = Array.from({ length: 50_000 }, (_, id) => ({
			id,
			published: '2024-05-01T00:00:00Z',
		}));
		const { turns } = await turnsOf(readVersions(many));
		expect(turns).toBeGreaterThanOrEqual(24);
	});

	it.each([[undefined], [null], [{}], ['x'], [{ since: 1, from: 1, seen: {} }]])(
		'starts from now when what was stored is %j',
		(stored) => expect(readFeedState(stored)).toBeUndefined(),
	);

	it('survives storage', async () => {
		const { state } = await look(undefined, [{ id: 'a', published: T0 }], T0);
		expect(readFeedState(JSON.parse(JSON.stringify(state)))).toEqual(state);
	});
});
