import fc from 'fast-check';
import { advance, askFrom, readFeedState, type FeedState } from '../../tip/reports/feed';
import { timesOf, type Publication } from '../../tip/reports/list';
import { readVersions } from '../../tip/reports/versions';
import { DAY, LOOK_BACK, T0, tellsTheNextOnes } from './feedOfReports';

/**
 * A portal and a machine in time: reports are published and changed, several at one moment, some
 * listed late, some dated wrongly; the machine looks, with a clock of its own, is started again, and
 * loses what it had not stored.
 */
describe('Whatever happens, each version of a report', () => {
	const HOUR = 3600;
	const step = fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({
				do: fc.constant('publish' as const),
				count: fc.integer({ min: 1, max: 3 }),
				lateH: fc.integer({ min: 0, max: 48 }),
			}),
		},
		{
			weight: 3,
			arbitrary: fc.record({
				do: fc.constant('update' as const),
				which: fc.nat(),
				count: fc.integer({ min: 1, max: 3 }),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				do: fc.constant('misdate' as const),
				years: fc.integer({ min: 1, max: 10 }),
			}),
		},
		{
			weight: 3,
			arbitrary: fc.record({
				do: fc.constant('wait' as const),
				hours: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 24 * 40 })),
			}),
		},
		{
			weight: 6,
			arbitrary: fc.record({
				do: fc.constant('look' as const),
				skewH: fc.integer({ min: -72, max: 72 }),
			}),
		},
		{ weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
		{
			weight: 1,
			arbitrary: fc.record({
				do: fc.constant('stale' as const),
				skewH: fc.integer({ min: -72, max: 72 }),
			}),
		},
	);
	const world = fc.record({
		steps: fc.array(step, { minLength: 5, maxLength: 60 }),
		/** How the portal writes times, and which date it compares `date_start` with. */
		form: fc.constantFrom<(at: number) => unknown>(
			(at) => at,
			(at) => new Date(at * 1000).toISOString(),
			(at) => String(at),
		),
		compares: fc.constantFrom('published' as const, 'updated' as const),
		history: fc.array(fc.integer({ min: 0, max: 200 * 24 }), { maxLength: 8 }),
	});

	it('is given exactly once, and none from before the beginning', async () => {
		await fc.assert(
			fc.asyncProperty(world, async ({ steps, form, compares, history }) => {
				let now = T0;
				let nextId = 0;
				let reports: Publication[] = history.map((hoursAgo) => ({
					id: `h${nextId++}`,
					published: form(now - hoursAgo * HOUR),
					updated: form(now - hoursAgo * HOUR),
				}));
				let lastListed: Publication[] = [];
				let inMemory: FeedState | undefined;
				let stored: string | undefined;
				const given = new Map<string, number>();
				const due = new Set<string>();
				const versionOf = (report: Publication) =>
					`${String(report.id)} ${timesOf(report).updated!}`;
				const lookAt = async (listed: (from: number) => Publication[], skew: number) => {
					const clock = now + skew;
					const isFirst = inMemory === undefined;
					const from = askFrom(inMemory, clock, LOOK_BACK);
					const answer = listed(from);
					const { state, events } = advance(inMemory, await readVersions(answer), clock, from);
					for (const { publication } of events) {
						const version = versionOf(publication);
						given.set(version, (given.get(version) ?? 0) + 1);
					}
					if (!isFirst)
						answer.map(versionOf).forEach((version) => fresh.has(version) && due.add(version));
					inMemory = state;
					// n8n stores with what is given out, and when the workflow is switched on.
					if (events.length > 0 || isFirst) stored = JSON.stringify(state);
				};
				/** Versions that came to be after the first look. */
				const fresh = new Set<string>();
				const note = (report: Publication) =>
					inMemory !== undefined && fresh.add(versionOf(report));
				const listNow = (from: number) =>
					(lastListed = reports.filter((report) => timesOf(report)[compares]! >= from));

				for (const action of steps) {
					switch (action.do) {
						case 'wait':
							now += action.hours * HOUR;
							break;
						case 'publish':
							for (let each = 0; each < action.count; each++) {
								const at = form(now - action.lateH * HOUR);
								const report = { id: `r${nextId++}`, published: at, updated: at };
								reports.push(report);
								note(report);
							}
							break;
						case 'misdate': {
							const at = form(now + action.years * 365 * DAY);
							const report = { id: `r${nextId++}`, published: at, updated: at };
							reports.push(report);
							note(report);
							break;
						}
						case 'update':
							reports = reports.map((report, index) => {
								const isChosen = (index + action.which) % reports.length < action.count;
								// The last change of a report from the future is later than now.
								if (!isChosen || timesOf(report).updated! >= now) return report;
								const changed = { ...report, updated: form(now) };
								note(changed);
								return changed;
							});
							break;
						case 'look':
							await lookAt(listNow, action.skewH * HOUR);
							break;
						case 'stale':
							// A replica that lags behind answers with what was listed before.
							if (inMemory) await lookAt(() => lastListed, action.skewH * HOUR);
							break;
						case 'restart':
							inMemory = stored === undefined ? undefined : readFeedState(JSON.parse(stored));
							break;
					}
				}
				expect([...given.keys()].sort()).toEqual([...due].sort());
				expect([...given.values()].every((times) => times === 1)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('The feed of reports', () => {
	it('of 100,000 reports of one time tells the next ones', async () => {
		await tellsTheNextOnes(100_000, () => T0);
	});
});
