import { Journal } from '../../nodes/KasperskyTip/batch/journal';
import type { ItemResult } from '../../nodes/KasperskyTip/batch/result';
import { TipError } from '../../tip/values/error';
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
const unknown: ItemResult = {
	outcome: 'failed',
	about: {},
	error: new TipError({
		code: 'network.timeout',
		kind: 'network',
		outcome: 'unknown',
	}),
};

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
