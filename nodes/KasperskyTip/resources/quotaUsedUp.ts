import type { TipError } from '../../../tip/values/error';
import { nodeFault } from '../../shared/faults';

/** OpenTIP's 403 holds for all that would follow it (opentip-api.md 6 and 7). */
export function quotaUsedUp({ code, facts }: TipError): TipError | undefined {
	const isUsedUp = [code, facts.last].includes('portal.quotaUsedUp');
	return isUsedUp ? nodeFault('quota.usedUp') : undefined;
}
