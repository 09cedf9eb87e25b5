import { Slots } from '../../tip/connection/slots';

describe('Places for connections', () => {
	it('are given as long as there are any, then in the order of asking', () => {
		const slots = new Slots(2);
		const given: string[] = [];
		const ask = (name: string) => slots.take(() => void given.push(name));
		expect([ask('a'), ask('b')]).toEqual([undefined, undefined]);
		expect(slots.isShort).toBe(false);
		const leave = ask('c');
		ask('d');
		expect(given).toEqual(['a', 'b']);
		expect(slots.isShort).toBe(true);
		leave!();
		slots.giveBack();
		expect(given).toEqual(['a', 'b', 'd']);
		expect(slots.isShort).toBe(false);
		slots.giveBack();
		slots.giveBack();
		ask('e');
		ask('f');
		expect(given).toEqual(['a', 'b', 'd', 'e', 'f']);
	});

	it('are made by closing what nobody uses before anybody has to wait', () => {
		let closed = 0;
		const slots = new Slots(1, () => {
			if (closed++ === 0) slots.giveBack();
		});
		slots.take(() => {});
		expect(slots.take(() => {})).toBeUndefined();
		expect(slots.take(() => {})).toBeDefined();
		expect(closed).toBe(2);
	});
});
