import { AnswerCache } from '../../nodes/KasperskyTip/batch/answerCache';
import { copyOf } from '../../nodes/KasperskyTip/batch/copy';
import { sharedLookups } from '../../nodes/KasperskyTip/resources/lookup/sharing';
import { NOTHING_KNOWN } from '../../tip/lookup/answer';
import { lookupRequest } from '../../tip/lookup/request';
import { Lru } from '../../tip/values/lru';

const MINUTE = 60_000;

/** A clock that stands still until it is told to go on. */
class HeldClock {
	time = 0;
	readonly #alarms: Array<{ at: number; wake: () => void }> = [];

	now() {
		return this.time;
	}

	after(ms: number, wake: () => void) {
		this.#alarms.push({ at: this.time + ms, wake });
		return () => undefined;
	}

	get alarms() {
		return this.#alarms.length;
	}

	goOn(ms: number) {
		this.time += ms;
		const due = this.#alarms.filter(({ at }) => at <= this.time);
		for (const alarm of due) {
			this.#alarms.splice(this.#alarms.indexOf(alarm), 1);
			alarm.wake();
		}
	}
}

describe('Kept answers', () => {
	const ask = (name: string) => lookupRequest({ kind: 'domain', value: name });
	const answer = (text = '') => ({ Zone: 'Red', DomainGeneralInfo: { text } });
	const setUp = () => {
		const clock = new HeldClock();
		return { clock, kept: new AnswerCache(clock).for('portal', sharedLookups, 5 * MINUTE)! };
	};

	it('are objects of their own each time', () => {
		const { kept } = setUp();
		const given = answer('x');
		kept.keep(ask('a.example'), given);
		given.DomainGeneralInfo.text = 'changed';
		const first = kept.recall(ask('a.example')) as typeof given;
		expect(first).toEqual(answer('x'));
		first.DomainGeneralInfo.text = 'changed';
		expect(kept.recall(ask('a.example'))).toEqual(answer('x'));
	});

	it('may be "nothing known", which is told by its identity', () => {
		const { kept } = setUp();
		kept.keep(ask('a.example'), NOTHING_KNOWN);
		expect(kept.recall(ask('a.example'))).toBe(NOTHING_KNOWN);
	});

	it('are none for no time', () => {
		expect(new AnswerCache(new HeldClock()).for('portal', sharedLookups, 0)).toBeUndefined();
	});

	it('go within a minute after their time, whether asked for or not', () => {
		const { clock, kept } = setUp();
		const dropped = jest.spyOn(Lru.prototype, 'dropWhere');
		kept.keep(ask('a.example'), answer());
		clock.goOn(MINUTE);
		kept.keep(ask('b.example'), answer());
		for (let minute = 0; minute < 4; minute++) clock.goOn(MINUTE);
		expect(dropped).toHaveLastReturnedWith(1);
		expect(kept.recall(ask('a.example'))).toBeUndefined();
		expect(kept.recall(ask('b.example'))).toBeDefined();
		clock.goOn(MINUTE);
		expect(dropped).toHaveLastReturnedWith(0);
		// With nothing kept there is nothing to look after.
		expect(clock.alarms).toBe(0);
		dropped.mockRestore();
	});

	it('are no more than 16 million characters, none longer than half a million', () => {
		const { kept } = setUp();
		const long = 'x'.repeat(500_000);
		kept.keep(ask('long.example'), answer(long + 'x'.repeat(30_000)));
		expect(kept.recall(ask('long.example'))).toBeUndefined();
		for (let index = 0; index < 40; index++) kept.keep(ask(`h${index}.example`), answer(long));
		const found = Array.from({ length: 40 }, (_, index) => kept.recall(ask(`h${index}.example`)));
		expect(found.map((one) => one !== undefined)).toEqual([
			...Array<boolean>(7).fill(false),
			...Array<boolean>(33).fill(true),
		]);
	});

	it('are no more than 10,000', () => {
		const { kept } = setUp();
		for (let index = 0; index <= 10_000; index++)
			kept.keep(ask(`h${index}.example`), NOTHING_KNOWN);
		expect(kept.recall(ask('h0.example'))).toBeUndefined();
		expect(kept.recall(ask('h1.example'))).toBeDefined();
	});
});

describe('Values of different weights', () => {
	it('go, those longest unused first, until the rest is light enough', () => {
		const kept = new Lru<string>(10, { most: 10, of: (value) => value.length });
		kept.set('a', 'aaaa');
		kept.set('b', 'bbbb');
		kept.get('a');
		kept.set('c', 'cccc');
		expect(['a', 'b', 'c'].map((key) => kept.get(key))).toEqual(['aaaa', undefined, 'cccc']);
		kept.set('a', 'a');
		kept.set('d', 'ddddd');
		expect(['a', 'c', 'd'].map((key) => kept.get(key))).toEqual(['a', 'cccc', 'ddddd']);
		kept.set('e', 'too heavy by itself');
		expect(['a', 'c', 'd', 'e'].map((key) => kept.get(key))).toEqual(Array(4).fill(undefined));
	});
});

describe('A copy', () => {
	const never = () => Promise.resolve();

	it('is equal, and has nothing in common with what it is of', async () => {
		const json = JSON.parse(
			'{"a":[1,null,"x",{"b":[[],{}]}],"__proto__":{"c":[true]},"d":{"e":{"f":""}}}',
		) as object;
		const copy = await copyOf(json, never);
		expect(JSON.stringify(copy)).toBe(JSON.stringify(json));
		expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
		const objects = (value: unknown): object[] =>
			value !== null && typeof value === 'object'
				? [value, ...Object.values(value).flatMap(objects)]
				: [];
		const originals = new Set(objects(json));
		expect(objects(copy).some((one) => originals.has(one))).toBe(false);
	});

	it('of a large value gives others a turn', async () => {
		let turns = 0;
		await copyOf(
			Array.from({ length: 5_000 }, (_, index) => ({ index })),
			async () => void turns++,
		);
		expect(turns).toBe(10);
	});
});
