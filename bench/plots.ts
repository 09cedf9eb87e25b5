/** What the pace does, drawn from the product's own controller against a simulated portal. */
import { LARGEST_WINDOW } from '../tip/portal/pace/window';
import { fixedWindow, simulate, type Sent, type Simulation } from '../test/pace/simulated';
import { percent } from './report';

const [PANEL, GAP, HEIGHT] = [300, 20, 290];
const PLOT = { left: 38, right: 14, top: 62, bottom: 44 };
const [INK, FAINT, TAKEN, REFUSED] = ['#24292f', '#57606a', '#006d5c', '#c4320a'];
const COLOURS = [TAKEN, '#2563a8', '#b4530a', '#7a3e9d'];

interface Panel {
	title: string;
	/** Under the title. */
	words: string;
	seconds: number;
	top: number;
	/** Marks inside the plot. */
	draw(x: (seconds: number) => number, y: (value: number) => number): string[];
}

/** Files for docs/, by name. */
export function drawPlots(): Record<string, string> {
	const limits = [1, 10, 100].map((limit) =>
		startsPanel(`${limit} a second allowed`, [[0, limit]], {
			items: limit * 40,
			latencyMs: 20,
			seconds: 30,
		}),
	);
	const changes: Array<[string, Array<[number, number]>]> = [
		['From 50 a second to 10', steps(50, 10)],
		['From 10 a second to 50', steps(10, 50)],
		['From 10 a second to 1', steps(10, 1)],
	];
	return {
		'pace-limits.svg': figure('Requests a second under a limit of the portal', limits),
		'pace-changes.svg': figure(
			'Requests a second under a limit that changes after 15 s',
			changes.map(([title, limit]) =>
				startsPanel(title, limit, { items: 2000, latencyMs: 20, seconds: 60 }),
			),
		),
		'pace-latencies.svg': figure('Requests under way, without a limit of the portal', [
			windowPanel('5 to 500 ms', [5, 20, 80, 500], 3),
			slowPanel(),
			workersPanel(),
		]),
	};
}

const steps = (before: number, after: number): Array<[number, number]> => [
	[0, before],
	[15, after],
];

/** Starts in each second: what the portal took, and above it what it refused. */
function startsPanel(
	title: string,
	limit: Array<[from: number, perSecond: number]>,
	{ seconds, ...simulation }: Simulation & { seconds: number },
): Panel {
	const limitAt = (second: number) => limit.findLast(([from]) => from <= second)![1];
	const limiter = fixedWindow((now) => limitAt(now / 1000));
	const { sent } = simulate({ ...simulation, limiter, untilMs: seconds * 1000 });
	const refused = sent.filter(({ end }) => end === 'refused').length;
	const top = Math.max(...limit.map(([, perSecond]) => perSecond)) * 1.5 + 1;
	const count = (second: number, end: Sent['end']) =>
		sent.filter((one) => one.end === end && Math.floor(one.startedAt / 1000) === second).length;
	return {
		title,
		words: `${refused} of ${sent.length} refused (${percent(refused / sent.length)})`,
		seconds,
		top,
		draw: (x, y) => [
			...Array.from({ length: seconds }, (_, second) => {
				const taken = count(second, 'taken');
				const all = Math.min(top, taken + count(second, 'refused'));
				const bar = (from: number, to: number, colour: string) =>
					to > from
						? `<rect x="${at(x(second))}" y="${at(y(to))}" width="${at(x(1) - x(0) - 0.8)}" height="${at(y(from) - y(to))}" fill="${colour}"/>`
						: '';
				return bar(0, taken, TAKEN) + bar(taken, all, REFUSED);
			}),
			...limit.map(([from, perSecond], index) => {
				const to = limit[index + 1]?.[0] ?? seconds;
				return `<line x1="${at(x(from))}" x2="${at(x(to))}" y1="${at(y(perSecond))}" y2="${at(y(perSecond))}" stroke="${INK}" stroke-dasharray="5 3"/>`;
			}),
		],
	};
}

/** A line for each latency: how many may be under way. */
function windowPanel(title: string, latenciesMs: number[], seconds: number): Panel {
	const runs = latenciesMs.map((latencyMs) =>
		simulate({ items: 3000, latencyMs, untilMs: seconds * 1000 }),
	);
	return {
		title,
		words: latenciesMs.map((ms, index) => coloured(`${ms} ms`, index)).join(', '),
		seconds,
		top: LARGEST_WINDOW + 4,
		draw: (x, y) => runs.map(({ sent }, index) => lineOf(sent, x, y, COLOURS[index]!)),
	};
}

/** Longer answers alone are no reason to slow down. */
function slowPanel(): Panel {
	const seconds = 20;
	const { sent } = simulate({
		items: 6000,
		latencyMs: (now) => (now < 8000 ? 50 : 200),
		untilMs: seconds * 1000,
	});
	return {
		title: '50 ms, 200 ms after 8 s',
		words: 'fewer, until the longer time is the usual one',
		seconds,
		top: LARGEST_WINDOW + 4,
		draw: (x, y) => [lineOf(sent, x, y, TAKEN)],
	};
}

/** What waits in the portal brings no answers. */
function workersPanel(): Panel {
	const seconds = 20;
	const { sent } = simulate({ items: 6000, latencyMs: 50, workers: 4, untilMs: seconds * 1000 });
	return {
		title: '50 ms, four at work in the portal',
		words: 'fewer, until the longer time is the usual one',
		seconds,
		top: LARGEST_WINDOW + 4,
		draw: (x, y) => [lineOf(sent, x, y, TAKEN)],
	};
}

function lineOf(
	sent: readonly Sent[],
	x: (seconds: number) => number,
	y: (value: number) => number,
	colour: string,
): string {
	const points = [...sent]
		.sort((a, b) => a.startedAt - b.startedAt)
		.map(({ startedAt, window }) => `${at(x(startedAt / 1000))},${at(y(Math.floor(window)))}`);
	const few = points.filter((point, index) => point !== points[index - 1]);
	return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${few.join(' ')}"/>`;
}

const coloured = (text: string, index: number) =>
	`<tspan fill="${COLOURS[index]}" font-weight="600">${text}</tspan>`;
const at = (value: number) => value.toFixed(1);

function figure(title: string, panels: readonly Panel[]): string {
	const width = panels.length * PANEL + (panels.length + 1) * GAP;
	const body = panels.map((panel, index) => {
		const left = GAP + index * (PANEL + GAP) + PLOT.left;
		const right = GAP + index * (PANEL + GAP) + PANEL - PLOT.right;
		const [top, bottom] = [PLOT.top + 24, HEIGHT - PLOT.bottom];
		const x = (seconds: number) => left + (seconds / panel.seconds) * (right - left);
		const y = (value: number) => bottom - (value / panel.top) * (bottom - top);
		const text = (atX: number, atY: number, content: string, more = '') =>
			`<text x="${at(atX)}" y="${at(atY)}" ${more}>${content}</text>`;
		const step = [1, 2, 5, 10, 20, 50].find((size) => panel.top / size <= 5) ?? 100;
		const ticks = Array.from(
			{ length: Math.floor(panel.top / step) + 1 },
			(_, tick) => tick * step,
		);
		return [
			text(left, 62, panel.title, `font-size="13" font-weight="600" fill="${INK}"`),
			text(left, 79, panel.words),
			...ticks.flatMap((tick) => [
				`<line x1="${at(left)}" x2="${at(right)}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="#d8dee4"/>`,
				text(left - 6, y(tick) + 4, String(tick), 'text-anchor="end"'),
			]),
			...panel.draw(x, y),
			...[0, panel.seconds / 2, panel.seconds].map((seconds) =>
				text(x(seconds), bottom + 18, `${seconds} s`, 'text-anchor="middle"'),
			),
		].join('\n');
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" font-size="12" fill="${FAINT}" role="img" aria-label="${title}">
<rect width="${width}" height="${HEIGHT}" rx="8" fill="#ffffff"/>
<text x="${GAP}" y="32" font-size="16" font-weight="600" fill="${INK}">${title}</text>
${body.join('\n')}
</svg>
`;
}
