import type { INodeProperties } from 'n8n-workflow';

/** User name, password and client certificate: opens everything. */
export const CREDENTIAL_NAME = 'kasperskyTipApi';

/** An API token: opens Threat Lookup, and is refused by Sandbox and TAE (tip-api.md 2.1). */
export const TOKEN_CREDENTIAL_NAME = 'kasperskyTipTokenApi';

export type CredentialName = typeof CREDENTIAL_NAME | typeof TOKEN_CREDENTIAL_NAME;

/** The resource that takes either. */
export const RESOURCE_WITH_CHOICE = 'lookup';

export const authenticationField: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: [RESOURCE_WITH_CHOICE] } },
	options: [
		{
			name: 'API Token',
			value: 'token',
			description: 'For Threat Lookup only: Sandbox and TAE refuse tokens',
		},
		{
			name: 'Client Certificate',
			value: 'certificate',
			description: 'With user name and password. Works for every resource.',
		},
	],
	default: 'certificate',
	description:
		'How to sign in to the portal. Only Threat Lookup takes an API token; Sandbox and TAE need the client certificate.',
};

/** The credential a choice of resource and sign-in stands for. */
export function credentialFor(resource: unknown, authentication: unknown): CredentialName {
	return resource === RESOURCE_WITH_CHOICE && authentication === 'token'
		? TOKEN_CREDENTIAL_NAME
		: CREDENTIAL_NAME;
}
