import type { Pace } from './sensitivity';

const WIDTH = 760;
const HEIGHT = 400;
const PLOT = { left: 70, right: 620, top: 64, bottom: 336 };
const TICKS = [10, 30, 100, 300, 1000, 3000];
const COLOURS = ['#006d5c', '#2563a8', '#b4530a'];
const INK = '#24292f';
const FAINT = '#57606a';

/** A line for each latency, rescans per second (logarithmic) over concurrency. */
export function drawPaces(paces: readonly Pace[], caption: string): string {
	const concurrencies = [...new Set(paces.map(({ concurrency }) => concurrency))];
	const latencies = [...new Set(paces.map(({ latencyMs }) => latencyMs))];
	const top = Math.max(1500, ...paces.map(({ perSecond }) => perSecond * 1.15));
	const bottom = Math.min(8, ...paces.map(({ perSecond }) => perSecond * 0.85));

	const x = (concurrency: number) =>
		PLOT.left +
		40 +
		(concurrencies.indexOf(concurrency) * (PLOT.right - PLOT.left - 80)) /
			(concurrencies.length - 1);
	const y = (value: number) =>
		PLOT.bottom - (Math.log(value / bottom) / Math.log(top / bottom)) * (PLOT.bottom - PLOT.top);
	const text = (atX: number, atY: number, content: string, more = '') =>
		`<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" ${more}>${content}</text>`;

	const grid = TICKS.filter((tick) => tick > bottom && tick < top).flatMap((tick) => [
		`<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#d8dee4"/>`,
		text(PLOT.left - 10, y(tick) + 4, tick.toLocaleString('en'), 'text-anchor="end"'),
	]);
	const labels = concurrencies.map((concurrency) =>
		text(x(concurrency), PLOT.bottom + 24, String(concurrency), 'text-anchor="middle"'),
	);
	const lines = latencies.flatMap((latencyMs, line) => {
		const colour = COLOURS[line % COLOURS.length]!;
		const points = paces
			.filter((pace) => pace.latencyMs === latencyMs)
			.map(({ concurrency, perSecond }) => ({
				atX: x(concurrency),
				atY: y(perSecond),
				perSecond,
			}));
		const last = points.at(-1)!;
		return [
			`<polyline fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round" points="${points.map(({ atX, atY }) => `${atX.toFixed(1)},${atY.toFixed(1)}`).join(' ')}"/>`,
			...points.flatMap(({ atX, atY, perSecond }) => [
				`<circle cx="${atX.toFixed(1)}" cy="${atY.toFixed(1)}" r="4.5" fill="${colour}" stroke="#ffffff" stroke-width="1.5"/>`,
				text(
					atX,
					atY - 11,
					String(Math.round(perSecond)),
					`text-anchor="middle" font-weight="600" fill="${colour}"`,
				),
			]),
			text(
				last.atX + 20,
				last.atY + 4,
				latencyMs === 0 ? 'no latency' : `${latencyMs} ms latency`,
				`font-weight="600" fill="${colour}"`,
			),
		];
	});

	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" font-size="13" fill="${FAINT}" role="img" aria-label="Rescans per second by concurrency, a line for each latency of the portal">
<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff"/>
${text(24, 34, 'Rescans per second', `font-size="17" font-weight="600" fill="${INK}"`)}
${text(WIDTH - 24, 34, caption, 'text-anchor="end" font-size="12"')}
${grid.join('\n')}
${labels.join('\n')}
${text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 48, "the node's option Concurrency", 'text-anchor="middle"')}
${lines.join('\n')}
</svg>
`;
}
