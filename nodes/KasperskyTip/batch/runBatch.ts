import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { TipError } from '../../../tip/values/error';
import { badInput } from '../../../tip/values/input';
import { show } from '../../../tip/values/text';
import { nodeFault, saidBy } from '../../shared/faults';
import type { SignIn } from '../../shared/signIn/authentication';
import { openConnection, type Connection } from '../../shared/signIn/connection';
import { credentialOf, findOperation, signInOf } from '../resources';
import type { Operation } from '../resources/operation';
import { Batch } from './batch';
import { errorItem } from './items';
import { readOptions, type RunOptions } from './options';
import { readField } from './read';

/**
 * Works through the input items with the operation that is chosen in the node, and gives one item out
 * for each item in, in order (an operation that lists things: one for each).
 *
 * A node that continues on faults gets an item with the reason for every item that was not done,
 * whatever the cause: if it threw, n8n would hand the input on as if all had gone well.
 *
 * @throws NodeApiError | NodeOperationError for the first item that did not succeed, unless the node
 * is set to continue; the error says what became of every other item
 */
export async function runBatch(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	if (!context.continueOnFail()) return await workThrough(context, items);
	return await workThrough(context, items).catch((thrown: unknown) => {
		// What is thrown here came before anything was sent: the batch itself never throws then.
		const error = asTipError(thrown);
		return items.map((_, index) => errorItem(context, index, { error, about: {} }));
	});
}

async function workThrough(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(context);
	const batch = new Batch(context, operation, items, chosenSignIn(context));
	if (operation instanceof TipError) return await batch.failAll(operation);

	let options: RunOptions;
	let connection: Connection | undefined;
	try {
		options = readOptions(readField(context, 'options', 0, {}) as IDataObject);
		await batch.prepare();
		if (!batch.isSettled) connection = await connect(context);
	} catch (thrown) {
		return await batch.failAll(asTipError(thrown));
	}
	if (connection === undefined) return await batch.finish();
	showNotices(context, connection);
	return await batch.run(connection.client, options);
}

/** The operation, or why there is none: an expression or an agent can give any word. */
function chosenOperation(context: IExecuteFunctions): Operation | TipError {
	try {
		const resource = readField(context, 'resource', 0, '');
		const operation = readField(context, 'operation', 0, '');
		return (
			findOperation(resource, operation) ??
			badInput<'noOperation'>('operation', 'noOperation', {
				found: show(operation),
				resource: show(resource),
			})
		);
	} catch (thrown) {
		return asTipError(thrown);
	}
}

/** What can't be read here is an error when the credential is looked for, before anything is sent. */
function chosenSignIn(context: IExecuteFunctions): SignIn {
	try {
		return signInOf(
			readField(context, 'resource', 0, ''),
			readField(context, 'authentication', 0, ''),
		);
	} catch {
		return 'certificate';
	}
}

function asTipError(thrown: unknown): TipError {
	if (thrown instanceof TipError) return thrown;
	return nodeFault('node.notStarted', { facts: { said: saidBy(thrown) } });
}

/** @throws TipError `credential` or `network`; nothing has been sent then */
async function connect(context: IExecuteFunctions): Promise<Connection> {
	const type = credentialOf(
		readField(context, 'resource', 0, ''),
		readField(context, 'authentication', 0, ''),
	);
	const credential = await context.getCredentials(type).catch((thrown: unknown) => {
		throw nodeFault('credential.unavailable', { facts: { said: saidBy(thrown) } });
	});
	return await openConnection(credential, context.helpers, type);
}

function showNotices(context: IExecuteFunctions, { notices }: Connection): void {
	for (const message of notices) {
		context.addExecutionHints?.({ message, type: 'warning', location: 'outputPane' });
	}
}
