/** Readers of an answer whose every part may be missing or of another type. */

export function objectOf(value: unknown): Record<string, unknown> | undefined {
	return value !== null && typeof value === 'object' && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined;
}

export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function textsIn(value: unknown): string[] {
	return listOf(value).filter((entry): entry is string => typeof entry === 'string');
}

/** A text, or a number as one: the form of a report's ID is not confirmed. */
export function plainOf(value: unknown): string | undefined {
	return typeof value === 'number' ? String(value) : textOf(value);
}

export function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
