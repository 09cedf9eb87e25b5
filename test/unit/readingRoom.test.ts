import { ReadingPlace, ReadingRoom, readInTurn } from '../../tip/portal/readingRoom';
import { until } from '../engine/until';

const MiB = 1024 * 1024;

describe('The room where answers are read', () => {
	it('lets in what there is room for, and the others in their turn', async () => {
		const room = new ReadingRoom(10);
		const entered: string[] = [];
		const enter = (name: string, bytes: number) =>
			room.enter(bytes).then(() => void entered.push(name));
		await Promise.all([enter('a', 6), enter('b', 4)]);
		void enter('c', 5);
		void enter('d', 1);
		room.leave(4);
		// There would be room for the last one, but it is not its turn.
		await Promise.resolve();
		expect(entered).toEqual(['a', 'b']);
		room.leave(6);
		await until(() => entered.length === 4);
		expect(entered).toEqual(['a', 'b', 'c', 'd']);
	});

	it('always has it for one answer, however large that is', async () => {
		const room = new ReadingRoom(10);
		await room.enter(1000);
		let isIn = false;
		void room.enter(1).then(() => (isIn = true));
		await Promise.resolve();
		expect(isIn).toBe(false);
		room.leave(1000);
		await until(() => isIn);
	});

	it('is left by an answer that fails, by one without a place at once, else with its place', async () => {
		const read = async () => 'answer';
		const place = new ReadingPlace();
		const failing = new ReadingPlace();
		await readInTurn(64 * MiB, undefined, read);
		await expect(
			readInTurn(64 * MiB, failing, () => Promise.reject(new Error('no'))),
		).rejects.toThrow('no');
		await readInTurn(64 * MiB, place, read);
		let isRead = false;
		void readInTurn(64 * MiB, undefined, read).then(() => (isRead = true));
		await readInTurn(1000, undefined, read);
		expect(isRead).toBe(false);
		place.leave();
		place.leave();
		await until(() => isRead);
	});
});
