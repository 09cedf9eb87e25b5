/** What is worth knowing although all is well. */

/** A certificate that ends soon: when, and what to do before. */
export function expiryNotice(validTo: Date): string {
	return `The certificate in 'Client Certificate' expires on ${validTo.toISOString().slice(0, 10)}: ask your Kaspersky Technical Account Manager for a new one, and replace 'Client Certificate' and 'Passphrase' in the credential before that day.`;
}

/** An operator has switched verification off for other connections of n8n. */
export const SWITCH_IGNORED =
	'NODE_TLS_REJECT_UNAUTHORIZED=0, which is set for this n8n, does not count here: the portal has to prove who it is.';

/** The credential works for everything it is made for. */
export const SIGNED_IN = 'Connection tested successfully';

/**
 * An account that may look up indicators, and not use the Sandbox.
 *
 * @param status of the answer to the list of channels
 */
export function signedInWithoutSandbox(status: number | undefined): string {
	return status === 403
		? 'Signed in; Threat Lookup answers, and Sandbox is not in the licence of this account (403)'
		: `Signed in; Threat Lookup answers, and the Sandbox does not (${status}): it is probably not in the licence of this account`;
}
