import type { IExecuteFunctions } from 'n8n-workflow';
import type { SlowedDown } from '../../../tip/portal/pace/pace';

/** Tells in the output pane that the portal slowed the batch down, and to what. */
export function showSlowdown(
	context: Pick<IExecuteFunctions, 'addExecutionHints'>,
	slowedDown: SlowedDown | undefined,
): void {
	if (slowedDown === undefined) return;
	const { refused, perSecond } = slowedDown;
	const times = refused === 1 ? 'once' : `${refused} times`;
	const found =
		perSecond === undefined
			? ''
			: ` It was found to take about ${rateOf(perSecond)}, and the node kept to that.`;
	const message = `The portal asked ${times} to slow down (429 or 503).${found} This credential starts with that the next time.`;
	context.addExecutionHints?.({ message, type: 'info', location: 'outputPane' });
}

function rateOf(perSecond: number): string {
	return perSecond < 2
		? `${Math.round(perSecond * 60)} requests a minute`
		: `${Math.round(perSecond)} requests a second`;
}
