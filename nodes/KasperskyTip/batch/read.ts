import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { badInput } from '../../../tip/values/input';
import { nodeFault, saidBy } from '../../shared/faults';
import type {
	FieldValues,
	LocalPlan,
	Operation,
	Plan,
	WorkflowFacts,
} from '../resources/operation';

/** What can be wrong with a field before its value is known. */
export type ReadReason = 'expression';

/**
 * Reads the fields of one item, each once, and plans what is done with it. Never throws: whatever
 * keeps the item from being planned is the reason it is given.
 */
export function planItem(
	context: IExecuteFunctions,
	operation: Operation,
	index: number,
	workflow: WorkflowFacts,
): Plan | LocalPlan | TipError {
	try {
		const values: FieldValues = {};
		for (const { name, default: fallback } of operation.fields) {
			values[name] = readField(context, name, index, fallback);
		}
		return operation.plan(values, workflow);
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown;
		return defect(thrown, 'notSent');
	}
}

/** @throws TipError `input.<name>` when n8n can't evaluate the expression in it */
export function readField(
	context: IExecuteFunctions,
	name: string,
	index: number,
	fallback: unknown,
): unknown {
	try {
		return context.getNodeParameter(name, index, fallback);
	} catch (thrown) {
		throw badInput<ReadReason>(name, 'expression', { said: saidBy(thrown) });
	}
}

/** What an item is about, as far as that is known. */
export function aboutOf(plan: Plan | LocalPlan | TipError | undefined): IDataObject {
	return plan === undefined || plan instanceof TipError ? {} : plan.about;
}

/** What the node itself did wrong; only the name of it is told. */
export function defect(thrown: unknown, outcome: 'notSent' | 'unknown'): TipError {
	return nodeFault('node.defect', { outcome, facts: { said: nameOf(thrown) } });
}

/** Only its kind: the text of a foreign error may hold anything. */
export function nameOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.name : typeof thrown;
}
