/** What the values of an {@link Lru} weigh, and how much all of them may. */
export interface Weights<Value> {
	readonly most: number;
	of(value: Value): number;
}

/** Keeps what was used last, up to a number; what was unused for the longest time goes first. */
export class Lru<Value> {
	/** In the order of their last use: a map keeps the order in which keys were put in. */
	readonly #values = new Map<string, Value>();
	#weight = 0;

	/**
	 * @param most how many are kept
	 * @param weights a second limit, for values of different sizes
	 */
	constructor(
		readonly most: number,
		private readonly weights?: Weights<Value>,
	) {}

	/** The value kept under a key, which counts as a use of it. */
	get(key: string): Value | undefined {
		const value = this.#values.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: string, value: Value): void {
		this.#delete(key);
		this.#values.set(key, value);
		this.#weight += this.weights?.of(value) ?? 0;
		for (const longestUnused of this.#values.keys()) {
			const isTooHeavy = this.#weight > (this.weights?.most ?? Infinity);
			if (this.#values.size <= this.most && !isTooHeavy) return;
			this.#delete(longestUnused);
		}
	}

	/** Drops what is over, and says how many are left. */
	dropWhere(isOver: (value: Value) => boolean): number {
		for (const [key, value] of this.#values) if (isOver(value)) this.#delete(key);
		return this.#values.size;
	}

	#delete(key: string): void {
		const value = this.#values.get(key);
		if (this.#values.delete(key)) this.#weight -= this.weights?.of(value as Value) ?? 0;
	}
}
