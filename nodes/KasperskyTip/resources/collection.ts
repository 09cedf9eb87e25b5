import type { IDataObject } from 'n8n-workflow';

/** Takes resource locators for what they hold; plain values from expressions or agents stay. */
export function readCollection(collection: unknown): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries((collection ?? {}) as IDataObject).map(([name, value]) => [
			name,
			valueOfLocator(value),
		]),
	);
}

/** What a resource locator holds; any other value as it is. */
export function valueOfLocator(value: unknown): unknown {
	const isLocator = value !== null && typeof value === 'object' && '__rl' in value;
	return isLocator ? (value as { value?: unknown }).value : value;
}
