import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** User name, password and client certificate: opens everything. */
export const CREDENTIAL_NAME = 'kasperskyTipApi';

/** An API token: opens Threat Lookup, and Sandbox and TAE where the portal allows it (tip-api.md 2.1). */
export const TOKEN_CREDENTIAL_NAME = 'kasperskyTipTokenApi';

/** A token of OpenTIP, the portal's free side: another host and another API (opentip-api.md). */
export const OPENTIP_CREDENTIAL_NAME = 'kasperskyOpenTipApi';

/** The values of 'Authentication', and the type of credential each stands for. */
const CREDENTIAL_OF = {
	certificate: CREDENTIAL_NAME,
	token: TOKEN_CREDENTIAL_NAME,
	openTip: OPENTIP_CREDENTIAL_NAME,
} as const;

/** A way to sign in. */
export type SignIn = keyof typeof CREDENTIAL_OF;

export type CredentialName = (typeof CREDENTIAL_OF)[SignIn];

const OPTIONS: Record<SignIn, INodePropertyOptions> = {
	certificate: {
		name: 'Client Certificate',
		value: 'certificate',
		description: 'With user name and password. Works for every resource.',
	},
	token: { name: 'API Token', value: 'token', description: 'When your organisation allows tokens' },
	openTip: {
		name: 'OpenTIP Token (Free)',
		value: 'openTip',
		description: 'Free token of opentip.kaspersky.com, no contract needed',
	},
};

/** What to know before a token is chosen where no help page says that it works. */
const TOKEN_HINT =
	'Newer portals take a token for Sandbox and TAE, older ones refuse it (403): then use the certificate';

/**
 * The field that chooses among the ways to sign in.
 *
 * @param signIns the first one is the default
 * @param isTokenInferred that these resources take a token is inferred (tip-api.md 2.1)
 */
export function authenticationField(
	resources: string[],
	signIns: readonly SignIn[],
	isTokenInferred: boolean,
): INodeProperties {
	// The rule takes a default for missing that is not written out.
	// eslint-disable-next-line n8n-nodes-base/node-param-default-missing
	return {
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: resources } },
		options: signIns.map((signIn) => OPTIONS[signIn]).sort((a, b) => (a.name < b.name ? -1 : 1)),
		default: signIns[0]!,
		description: 'How to sign in to the portal',
		...(isTokenInferred && { hint: TOKEN_HINT }),
	};
}

/** The credential for a choice of sign-in, among those a resource takes. */
export function credentialFor(signIns: readonly SignIn[], authentication: unknown): CredentialName {
	return CREDENTIAL_OF[signInFor(signIns, authentication)];
}

/** The way to sign in that a choice stands for; the default where it is none a resource takes. */
export function signInFor(signIns: readonly SignIn[], authentication: unknown): SignIn {
	return signIns.find((signIn) => signIn === authentication) ?? signIns[0]!;
}

/**
 * When a credential is not asked for. Told apart with `hide` and not with `show`: n8n's editor takes a
 * field named in a `show` into its own sign-in dialog, and hides every field that one depends on,
 * 'Resource' for one.
 *
 * @param takers the ways to sign in that each resource takes
 * @param localOperations operations that ask nobody
 */
export function hiddenUnless(
	wanted: SignIn,
	takers: Readonly<Record<string, readonly SignIn[]>>,
	localOperations: string[],
): { hide: Record<string, string[]> } {
	const others = Object.keys(CREDENTIAL_OF).filter((signIn) => signIn !== wanted);
	const resources = Object.keys(takers).filter((name) => !takers[name]!.includes(wanted));
	return {
		hide: {
			authentication: others,
			...(resources.length > 0 && { resource: resources }),
			operation: localOperations,
		},
	};
}
