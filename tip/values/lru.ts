/** Keeps what was used last, up to a number; what was unused for the longest time goes first. */
export class Lru<Value> {
	/** In the order of their last use: a map keeps the order in which keys were put in. */
	readonly #values = new Map<string, Value>();

	/** @param most how many are kept */
	constructor(readonly most: number) {}

	/** The value kept under a key, which counts as a use of it. */
	get(key: string): Value | undefined {
		const value = this.#values.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: string, value: Value): void {
		this.#values.delete(key);
		this.#values.set(key, value);
		if (this.#values.size <= this.most) return;
		const [longestUnused] = this.#values.keys();
		this.#values.delete(longestUnused!);
	}
}
