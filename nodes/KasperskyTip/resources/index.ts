import type { INodeProperties } from 'n8n-workflow';
import {
	authenticationField,
	credentialFor,
	signInFor,
	type CredentialName,
	type SignIn,
} from '../../shared/signIn/authentication';
import { account } from './account';
import { file } from './file';
import { threatLookup } from './lookup';
import type { Operation, Resource } from './operation';
import { report } from './report';
import { sandbox } from './sandbox';
import { tae } from './tae';

/** Everything the node can do, in the order in which it is shown. */
export const catalogue: Readonly<Record<string, Resource>> = {
	sandbox,
	tae,
	lookup: threatLookup,
	file,
	report,
	account,
};

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: Object.entries(catalogue).map(([value, { option }]) => ({ ...option, value })),
	default: 'sandbox',
};

/** The ways to sign in that each resource takes. */
export const signIns = Object.fromEntries(
	Object.entries(catalogue).map(([resource, entry]) => [resource, entry.signIns]),
);

/** The operations that ask nobody, and so need no credential. */
export const localOperations = operationsWhere(({ isLocal }) => isLocal === true);

/** The operations whose answers are shared. */
export const sharingOperations = operationsWhere(({ sharing }) => sharing !== undefined);

/** The parameters of the node, before its general options. */
export const operationFields: INodeProperties[] = [
	resourceField,
	...Object.entries(catalogue).map(([resource, entry]) => operationField(resource, entry)),
	...Object.entries(catalogue)
		.filter(([, entry]) => entry.signIns.some((signIn) => signIn !== 'certificate'))
		.map(([resource, entry]) =>
			authenticationField([resource], entry.signIns, entry.isTokenInferred === true),
		),
	...Object.entries(catalogue).flatMap(([resource, { operations }]) =>
		Object.entries(operations).flatMap(([operation, { fields }]) =>
			fields.map((field) => shownFor(resource, operation, field)),
		),
	),
];

/** What the canvas shows below the name of a node, in words: `Rescan: Sandbox`. */
export const subtitle = (() => {
	const operations = Object.values(catalogue).flatMap((entry) => Object.entries(entry.operations));
	type Named = { option: { name: string } };
	const names = (entries: Array<[string, Named]>) =>
		JSON.stringify(Object.fromEntries(entries.map(([value, { option }]) => [value, option.name])));
	// Blanks between the braces: `}}` would end the expression.
	const inWords = (map: string, field: string) => `(${map} )[$parameter["${field}"]]`;
	const resources = Object.entries(catalogue).map(
		([value, { option, shortName }]): [string, Named] => [
			value,
			{ option: { name: shortName ?? option.name } },
		],
	);
	return `={{ ${inWords(names(operations), 'operation')} + ": " + ${inWords(names(resources), 'resource')} }}`;
})();

/** The credential for a choice of resource and of sign-in. */
export function credentialOf(resource: unknown, authentication: unknown): CredentialName {
	return credentialFor(signInsOf(resource), authentication);
}

/** What a choice of sign-in stands for with a resource. */
export function signInOf(resource: unknown, authentication: unknown): SignIn {
	return signInFor(signInsOf(resource), authentication);
}

function signInsOf(resource: unknown): readonly SignIn[] {
	return own(catalogue, resource)?.signIns ?? ['certificate'];
}

/** What a choice of resource and operation stands for. */
export function findOperation(resource: unknown, operation: unknown): Operation | undefined {
	const { operations } = own(catalogue, resource) ?? {};
	return operations && own(operations, operation);
}

function operationsWhere(holds: (operation: Operation) => boolean): string[] {
	return Object.values(catalogue).flatMap(({ operations }) =>
		Object.keys(operations).filter((name) => holds(operations[name]!)),
	);
}

function operationField(resource: string, entry: Resource): INodeProperties {
	// The rule takes a default for missing that is not written out.
	// eslint-disable-next-line n8n-nodes-base/node-param-default-missing
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: Object.entries(entry.operations).map(([value, { option }]) => ({ ...option, value })),
		default: entry.defaultOperation,
	};
}

function shownFor(resource: string, operation: string, field: INodeProperties): INodeProperties {
	const show = { resource: [resource], operation: [operation], ...field.displayOptions?.show };
	return { ...field, displayOptions: { show } };
}

/** Not what every object has by birth, such as `constructor`. */
function own<T>(entries: Readonly<Record<string, T>>, key: unknown): T | undefined {
	return typeof key === 'string' && Object.hasOwn(entries, key) ? entries[key] : undefined;
}
