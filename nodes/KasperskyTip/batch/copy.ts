import type { GiveTurns } from './turns';

/** As many values are copied before others get a turn. */
const VALUES_AT_ONCE = 1_000;

/**
 * A copy of plain JSON: who shares an answer gets items of their own, since a later node may alter one
 * of them.
 */
export async function copyOf<Json extends object>(json: Json, giveTurns: GiveTurns): Promise<Json> {
	const copy = shellOf(json);
	const open: Array<readonly [from: object, to: object]> = [[json, copy]];
	let copied = 0;
	for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
		const [from, to] = pair;
		for (const [key, value] of Object.entries(from) as Array<[string, unknown]>) {
			const isObject = value !== null && typeof value === 'object';
			const own = isObject ? shellOf(value) : value;
			if (isObject) open.push([value, own as object]);
			put(to as Record<string, unknown>, key, own);
			if (++copied % VALUES_AT_ONCE === 0) await giveTurns();
		}
	}
	return copy as Json;
}

function shellOf(value: object): object {
	return Array.isArray(value) ? [] : {};
}

/** As `JSON.parse` does it, `__proto__` included. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
	if (key !== '__proto__') object[key] = value;
	else
		Object.defineProperty(object, key, {
			value,
			writable: true,
			enumerable: true,
			configurable: true,
		});
}
