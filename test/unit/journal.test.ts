import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { Journal, mayBeSentAgain } from '../../nodes/KasperskyTip/batch/journal';
import type { ItemResult } from '../../nodes/KasperskyTip/batch/result';
import { TipError, type Facts, type Outcome } from '../../tip/values/error';
import type { QueryParameter, TipRequest } from '../../tip/values/request';
import { Sensitive } from '../../tip/values/secret';

const request = (task: string, ...query: QueryParameter[]): TipRequest => ({
	about: 'rescan',
	method: 'PUT',
	path: `/rescan/${task}`,
	query,
	safe: false,
	taskId: task,
});
const accepted = (id: string): ItemResult => ({
	outcome: 'accepted',
	about: {},
	items: [{ json: { task_id: id } }],
});
const failed = (outcome: Outcome, facts: Facts = {}): ItemResult => ({
	outcome: 'failed',
	about: {},
	error: new TipError({ code: 'network.timeout', kind: 'network', outcome, facts }),
});
const unknown = failed('unknown');

describe('The journal', () => {
	const begun = (run = 0) => {
		const journal = Journal.of({});
		journal.turnTo(run);
		return journal;
	};

	it('is the same for the same owner', () => {
		const owner = {};
		expect(Journal.of(owner)).toBe(Journal.of(owner));
		expect(Journal.of(owner)).not.toBe(Journal.of({}));
	});

	it('names what was sent and not forgotten, in the order of the items', () => {
		const journal = begun();
		for (const index of [2, 0, 10, 1]) journal.begin(index, {}, request(`t${index}`));
		journal.forget(0);
		expect(journal.indexes()).toEqual([1, 2, 10]);
	});

	it.each([accepted('x'), unknown])('gives back what was settled', (result) => {
		const journal = begun();
		const item = {};
		journal.begin(3, item, request('a'));
		journal.settle(3, result);
		expect(journal.recall(3, item)).toBe(result);
		expect(journal.recall(3, {})).toBeUndefined();
		expect(journal.recall(2, item)).toBeUndefined();
	});

	it('counts what was begun and not settled as unknown', () => {
		const journal = begun();
		const item = {};
		journal.begin(0, item, request('a'));
		expect(journal.recall(0, item)).toMatchObject({
			outcome: 'failed',
			about: { task_id: 'a' },
			error: { outcome: 'unknown' },
		});
	});

	it('knows a copy of an item by its request alone', () => {
		const journal = begun();
		journal.begin(0, {}, request('a', ['exec_time', '60']));
		journal.settle(0, unknown);
		expect(journal.recallRequest(0, request('a', ['exec_time', '60']))).toBe(unknown);
		expect(journal.recallRequest(0, request('a', ['exec_time', '61']))).toBeUndefined();
		expect(journal.recallRequest(0, request('b', ['exec_time', '60']))).toBeUndefined();
		expect(journal.recallRequest(1, request('a', ['exec_time', '60']))).toBeUndefined();
	});

	it('forgets what the portal did not do', () => {
		const journal = begun();
		const item = {};
		journal.begin(0, item, request('a'));
		journal.forget(0);
		expect(journal.recall(0, item)).toBeUndefined();
		expect(journal.recallRequest(0, request('a'))).toBeUndefined();
	});

	it('settles nothing that was not begun', () => {
		const journal = begun();
		journal.settle(0, unknown);
		expect(journal.indexes()).toEqual([]);
	});

	it('remembers a deletion that may be done and was forgotten, until the run is over', () => {
		const journal = begun();
		const forget = (index: number, task: string, result?: ItemResult) => {
			journal.begin(index, {}, request(task));
			journal.forget(index, result);
		};
		expect(journal.mayBeDone(request('a'))).toBe(false);
		forget(0, 'a', unknown);
		forget(1, 'b', failed('rejected'));
		forget(2, 'c', failed('rejected', { mayBeDone: true }));
		forget(3, 'd', accepted('d'));
		forget(4, 'e');
		// What was never begun leaves nothing behind.
		journal.forget(9, unknown);
		const remembered = () =>
			['a', 'b', 'c', 'd', 'e'].filter((task) => journal.mayBeDone(request(task)));
		expect(remembered()).toEqual(['a', 'c']);
		journal.close();
		expect(remembered()).toEqual([]);
	});

	it('holds nothing any longer when it is closed', () => {
		const journal = begun();
		const item = {};
		journal.begin(0, item, request('a'));
		journal.close();
		expect(journal.indexes()).toEqual([]);
		expect(journal.recall(0, item)).toBeUndefined();
	});

	it('keeps one run at a time, for all its tries', () => {
		const journal = begun(4);
		const item = {};
		journal.begin(0, item, request('a'));
		journal.settle(0, unknown);
		journal.turnTo(4);
		expect(journal.recall(0, item)).toBe(unknown);
		journal.turnTo(5);
		expect(journal.recall(0, item)).toBeUndefined();
	});

	it('holds no secret and no parameter', () => {
		const journal = begun();
		const set = jest.spyOn(Map.prototype, 'set');
		try {
			journal.begin(
				0,
				{},
				request('a', ['unzip_password', new Sensitive('hunter2')], ['cmd_line', 'very private']),
			);
			const kept = JSON.stringify(set.mock.calls);
			expect(kept).toContain('fingerprint');
			expect(kept).not.toMatch(/hunter2|very private/);
		} finally {
			set.mockRestore();
		}
	});
});

describe('The journal of a run', () => {
	/** What n8n hands to a try: a run number, an object that outlives it, and whose tool it is. */
	const tryOf = (node: object, runIndex: number, isToolExecution?: () => boolean) =>
		({
			getContext: () => node,
			getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
			...(isToolExecution && { isToolExecution }),
		}) as unknown as IExecuteFunctions;
	const itemsWith = (json: unknown) => [{ json }] as INodeExecutionData[];

	it.each<[string, (() => boolean) | undefined]>([
		['an n8n that knows of no tools', undefined],
		['a node that is no tool', () => false],
	])('is one for all tries, and begins anew with the next run, in %s', (_name, isTool) => {
		const node = {};
		const item = {};
		const of = (run: number) => Journal.forRun(tryOf(node, run, isTool), itemsWith({}));
		of(0).begin(0, item, request('a'));
		expect(of(0).recall(0, item)).toBeDefined();
		expect(of(1).recall(0, item)).toBeUndefined();
		expect(of(1)).toBe(of(0));
	});

	it('is one for all tries of a tool, which have a run number each and share the arguments', () => {
		const call = {};
		const of = (run: number, json: unknown = call) =>
			Journal.forRun(
				tryOf({}, run, () => true),
				itemsWith(json),
			);
		const item = {};
		of(0).begin(0, item, request('a'));
		expect(of(1).recall(0, item)).toBeDefined();
		expect(of(1, {}).recall(0, item)).toBeUndefined();
	});

	it('is that of the node for a tool without arguments', () => {
		const node = {};
		const of = () =>
			Journal.forRun(
				tryOf(node, 0, () => true),
				itemsWith('text'),
			);
		expect(of()).toBe(of());
	});
});

describe('What another try may send', () => {
	const safe: TipRequest = { ...request('a'), method: 'DELETE', safe: true };
	it.each<[string, ItemResult, rescan: boolean, deletion: boolean]>([
		['taken', accepted('a'), false, false],
		['taken, with an answer that is none', failed('accepted'), false, true],
		['perhaps taken', unknown, false, true],
		['refused', failed('rejected'), true, true],
		['never sent', failed('notSent'), true, true],
	])('goes by what became of it: %s', (_name, result, rescan, deletion) => {
		expect(mayBeSentAgain(result, request('a'))).toBe(rescan);
		expect(mayBeSentAgain(result, safe)).toBe(deletion);
	});
});
