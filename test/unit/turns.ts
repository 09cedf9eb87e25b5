/** Counts the turns of the event loop until a promise is settled. */
export async function turnsOf<Value>(
	promise: Promise<Value>,
): Promise<{ value: Value; turns: number }> {
	let turns = 0;
	let isOver = false;
	const count = () => {
		turns++;
		if (!isOver) setImmediate(count);
	};
	setImmediate(count);
	const value = await promise.finally(() => (isOver = true));
	return { value, turns };
}
