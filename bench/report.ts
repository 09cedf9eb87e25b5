import { spread } from './measure';

/** What one part has found. */
export interface Table {
	title: string;
	head: string[];
	rows: string[][];
	/** For each goal in it. */
	met: boolean[];
	/** What it comes to, in Markdown, for who reads no tables. */
	summary?: string;
}

/** A number against its bound, or one that is only reported. */
export interface Row {
	what: string;
	goal: string;
	measured: string;
	/** Undefined for what is only reported. */
	met?: boolean;
}

/** `atLeast` and `atMost` are inclusive. */
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

export function tableOf(title: string, rows: readonly Row[]): Table {
	return {
		title,
		head: ['What', 'Goal', 'Measured', ''],
		rows: rows.map(({ what, goal, measured, met }) => [what, goal, measured, verdict(met)]),
		met: rows.flatMap(({ met }) => (met === undefined ? [] : [met])),
	};
}

export const verdict = (met?: boolean) => (met === undefined ? '' : met ? 'met' : 'not met');
export const times = (value: number) => `${value.toFixed(1)}×`;
export const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const perSecond = (value: number) => `${Math.round(value)}/s`;
export const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
export const whole = (value: number) => Math.round(value).toLocaleString('en');

/** `0.9–1.1` */
export function range(values: readonly number[], digits = 1): string {
	return spread(values)
		.map((value) => value.toFixed(digits))
		.join('–');
}

/** For the terminal: columns as wide as their contents. */
export function plainTable({ title, head, rows }: Table): string {
	const lines = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
	const padded = lines.map((line) =>
		line
			.map((cell, column) => cell.padEnd(widths[column]!))
			.join('  ')
			.trimEnd(),
	);
	return [title, ...padded].join('\n');
}

export function markdownTable({ title, head, rows }: Table): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [
		`### ${title}`,
		'',
		line(head),
		line(head.map(() => '---')),
		...rows.map((cells) => line(cells)),
	].join('\n');
}
