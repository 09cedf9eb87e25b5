import { mix, type Version } from './versions';

/** Each key is in one cell of each part. */
const PARTS = 3;
const CELLS_PER_PART = 24;
const CELLS = PARTS * CELLS_PER_PART;
/** Of a cell: how many keys are in it, and three sums of them. */
const NUMBERS = 4;

/** A key as two numbers, and whether it is more in the one set or in the other. */
interface Difference {
	idHash: number;
	keyHash: number;
	sign: 1 | -1;
}

type Key = Pick<Version, 'idHash' | 'keyHash'>;

/**
 * A set of versions of any size in a kilobyte and a half (an invertible Bloom lookup table): it does not
 * say what is in it, but by how much it differs from another set, as long as that is little. So 100,000
 * reports of one day can be known, and the next one is told from them.
 */
export class Crowd {
	readonly #cells: Int32Array;

	constructor(cells = new Int32Array(CELLS * NUMBERS)) {
		this.#cells = cells;
	}

	static of(keys: Iterable<Key>): Crowd {
		const crowd = new Crowd();
		for (const key of keys) crowd.add(key);
		return crowd;
	}

	/** As {@link toString} wrote it; undefined when it is something else. */
	static from(text: unknown): Crowd | undefined {
		if (typeof text !== 'string') return undefined;
		const bytes = Buffer.from(text, 'base64');
		if (bytes.length !== CELLS * NUMBERS * 4) return undefined;
		return new Crowd(
			Int32Array.from({ length: CELLS * NUMBERS }, (_, at) => bytes.readInt32LE(at * 4)),
		);
	}

	toString(): string {
		const bytes = Buffer.alloc(this.#cells.length * 4);
		this.#cells.forEach((number, at) => bytes.writeInt32LE(number, at * 4));
		return bytes.toString('base64');
	}

	/** How many versions are in it. */
	get size(): number {
		let sum = 0;
		for (let cell = 0; cell < CELLS; cell++) sum += this.#cells[cell * NUMBERS]!;
		return sum / PARTS;
	}

	add({ idHash, keyHash }: Key, sign: 1 | -1 = 1): void {
		const check = checkOf(idHash, keyHash);
		for (let part = 0; part < PARTS; part++) {
			const cell = NUMBERS * cellOf(idHash, keyHash, part);
			this.#cells[cell]! += sign;
			this.#cells[cell + 1]! ^= idHash;
			this.#cells[cell + 2]! ^= keyHash;
			this.#cells[cell + 3]! ^= check;
		}
	}

	/**
	 * What is in these and not in the crowd (`1`), and what is in the crowd and not in these (`-1`);
	 * undefined when that is too much to tell.
	 */
	differencesTo(keys: Iterable<Key>): Difference[] | undefined {
		const rest = Crowd.of(keys);
		this.#cells.forEach((number, at) => {
			if (at % NUMBERS === 0) rest.#cells[at]! -= number;
			else rest.#cells[at]! ^= number;
		});
		const found: Difference[] = [];
		for (let difference = rest.#single(); difference !== undefined; difference = rest.#single()) {
			if (found.push(difference) > CELLS) return undefined;
			rest.add(difference, difference.sign === 1 ? -1 : 1);
		}
		return rest.#cells.every((number) => number === 0) ? found : undefined;
	}

	/** A key that is alone in a cell. */
	#single(): Difference | undefined {
		for (let cell = 0; cell < this.#cells.length; cell += NUMBERS) {
			const [count, idHash, keyHash, check] = this.#cells.subarray(cell, cell + NUMBERS);
			if (Math.abs(count!) !== 1 || checkOf(idHash!, keyHash!) !== check) continue;
			return { idHash: idHash! >>> 0, keyHash: keyHash! >>> 0, sign: count === 1 ? 1 : -1 };
		}
		return undefined;
	}
}

function cellOf(idHash: number, keyHash: number, part: number): number {
	return part * CELLS_PER_PART + (mix(idHash ^ mix(keyHash + part * 0x9e3779b9)) % CELLS_PER_PART);
}

function checkOf(idHash: number, keyHash: number): number {
	return mix(mix(idHash) ^ keyHash) | 0;
}
