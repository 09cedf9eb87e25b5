import { spread } from './measure';

/** One line of the table. */
export interface Row {
	what: string;
	/** Empty for what is only reported. */
	goal: string;
	measured: string;
	/** Undefined for what is only reported. */
	met?: boolean;
}

/** A number against its bound; `atLeast` and `atMost` are inclusive. */
export function goalRow(
	what: string,
	value: number,
	bound: { atLeast: number } | { atMost: number },
	show: (value: number) => string,
	detail = '',
): Row {
	const [sign, limit, met] =
		'atLeast' in bound
			? ['≥', bound.atLeast, value >= bound.atLeast]
			: ['≤', bound.atMost, value <= bound.atMost];
	return {
		what,
		goal: `${sign} ${show(limit)}`,
		measured: `${show(value)}${detail === '' ? '' : ` (${detail})`}`,
		met,
	};
}

export const times = (value: number) => `${value.toFixed(2)}×`;
export const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const perSecond = (value: number) => `${Math.round(value)}/s`;
export const whole = (value: number) => String(Math.round(value));

/**
 * What no client can exceed: so many requests in flight, each of them waiting that long. Empty without
 * a latency.
 *
 * @param peer rescans per second of the one that is compared with
 */
export function atMostInFlight(inFlight: number, latencyMs: number, peer: number): string {
	if (latencyMs === 0) return '';
	const ceiling = (inFlight * 1000) / latencyMs;
	return `; ${inFlight} in flight at ${latencyMs} ms allow ${perSecond(ceiling)}, ${times(ceiling / peer)}`;
}

/** `0.95–1.08` */
export function range(values: readonly number[], digits = 2): string {
	return spread(values)
		.map((value) => value.toFixed(digits))
		.join('–');
}

export function verdict({ met }: Row): string {
	return met === undefined ? '' : met ? 'met' : 'not met';
}

/** For the terminal: columns as wide as their contents. */
export function plainTable(rows: readonly Row[]): string {
	const lines = [
		['what', 'goal', 'measured', ''],
		...rows.map((row) => [row.what, row.goal, row.measured, verdict(row)]),
	];
	const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
	return lines
		.map((line) =>
			line
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

export function markdownTable(rows: readonly Row[]): string {
	return [
		'| What | Goal | Measured | |',
		'| --- | --- | --- | --- |',
		...rows.map((row) => `| ${row.what} | ${row.goal} | ${row.measured} | ${verdict(row)} |`),
	].join('\n');
}
