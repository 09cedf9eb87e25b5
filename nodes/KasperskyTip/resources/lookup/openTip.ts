import { isNothingFound, NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import { bareHostOf } from '../../../../tip/lookup/bareHost';
import {
	readIndicator,
	type Indicator,
	type IndicatorKind,
} from '../../../../tip/lookup/indicator';
import { openTipLink } from '../../../../tip/openTip/links';
import type { OpenTipReason } from '../../../../tip/openTip/reasons';
import { searchRequest } from '../../../../tip/openTip/search';
import { badInput } from '../../../../tip/values/input';
import { isUnset } from '../../../../tip/values/number';
import { show } from '../../../../tip/values/text';
import { readCollection } from '../collection';
import type { FieldValues, Plan } from '../operation';
import { quotaUsedUp } from '../quotaUsedUp';
import { readOutput } from './output';

/** What OpenTIP has no parameter for, or says nothing of (opentip-api.md 1 and 7). */
const NOT_THERE = ['count', 'sections', 'stopBelowQuota'] as const;

/**
 * Looks an indicator up in OpenTIP (opentip-api.md 1 and 3). The answers have the names of the paid
 * side's, and are read as those.
 *
 * @throws TipError `input` with an {@link OpenTipReason}, or for an indicator that is none
 */
export function planOpenTip(values: FieldValues, kind?: IndicatorKind): Plan {
	const indicator = asAsked(readIndicator(values.indicator, kind), values.indicator, kind);
	const fields = readCollection(values.additionalFields);
	for (const name of NOT_THERE) {
		const value = fields[name];
		if (!isUnset(value) && !(Array.isArray(value) && value.length === 0)) {
			throw badInput<OpenTipReason>(name, 'notInOpenTip');
		}
	}
	const output = readOutput(values, fields, [], openTipLink);
	return {
		request: searchRequest(indicator.kind, indicator.value),
		about: { indicator: indicator.value, kind: indicator.kind },
		answerTo: (refusal) => (isNothingFound(refusal) ? NOTHING_KNOWN : undefined),
		stopAfterRefusal: quotaUsedUp,
		toItems: (answer, _helpers, { origin }) =>
			output.itemsOf(indicator, answer, origin).map((json) => ({ json })),
	};
}

/**
 * As OpenTIP takes it: it knows no IPv6 address, and a web address that is a host and no more is asked
 * for as that host (opentip-api.md 1.1).
 */
function asAsked(indicator: Indicator, input: unknown, kind: IndicatorKind | undefined): Indicator {
	const host = indicator.kind === 'url' ? bareHostOf(indicator.value, String(input)) : undefined;
	const asked: Indicator =
		host === undefined
			? indicator
			: { kind: host.kind === 'name' ? 'domain' : 'ip', value: host.value };
	if (asked.kind === 'ip' && asked.value.includes(':')) {
		throw badInput<OpenTipReason>('indicator', 'ipv6NotInOpenTip', {
			found: show(asked.value),
			kind,
		});
	}
	return asked;
}
