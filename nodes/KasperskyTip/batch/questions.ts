import { keyedDigest } from '../../../tip/values/digest';
import type { TipError } from '../../../tip/values/error';
import { requestTarget, type TipRequest } from '../../../tip/values/request';
import type { LocalPlan, Plan } from '../resources/operation';
import { turnGiver } from './turns';

/**
 * The same for all who ask the portal the same and take the same for an answer. Nothing of what is
 * asked can be read from it.
 */
export function questionKey(request: TipRequest): string {
	return keyedDigest(request.method, requestTarget(request), ...(request.asked ?? []));
}

/**
 * Positions of the items, those together that one request is sent for, in the order of the first of
 * each, which asks.
 *
 * @param isShared whether those who ask the same are together; otherwise each is alone
 */
export async function groupSame(
	plans: ReadonlyArray<Plan | LocalPlan | TipError | undefined>,
	isShared: boolean,
): Promise<number[][]> {
	if (!isShared) return plans.map((_, index) => [index]);
	const giveTurns = turnGiver();
	const groups: number[][] = [];
	const byKey = new Map<string, number[]>();
	for (const [index, plan] of plans.entries()) {
		const key = keyOf(plan);
		const same = key === undefined ? undefined : byKey.get(key);
		if (same !== undefined) same.push(index);
		else {
			const group = [index];
			groups.push(group);
			if (key !== undefined) byKey.set(key, group);
		}
		await giveTurns();
	}
	return groups;
}

/** None for an item with nothing to ask, or with what can't be written: why is said in its turn. */
function keyOf(plan: Plan | LocalPlan | TipError | undefined): string | undefined {
	try {
		return plan !== undefined && 'request' in plan ? questionKey(plan.request) : undefined;
	} catch {
		return undefined;
	}
}
