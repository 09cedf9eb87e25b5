import { TipError } from '../values/error';

export interface PortalBase {
	origin: string;
	/** Host, with the port when it is not 443. */
	host: string;
	/** Begins with a slash and does not end with one; or empty. */
	pathPrefix: string;
}

/**
 * Checks and splits the credential's base URL.
 *
 * @throws TipError `credential`, naming the field 'Base URL'
 */
export function parseBaseUrl(baseUrl: string): PortalBase {
	const text = baseUrl.trim();
	const refuse = (message: string, advice: string) =>
		new TipError({
			code: 'input.baseUrl',
			kind: 'credential',
			outcome: 'notSent',
			message,
			advice,
		});
	const example =
		"Use the portal's address, https://tip.kaspersky.com, unless you were given another.";

	if (!URL.canParse(text)) throw refuse("'Base URL' is not a web address", example);
	const url = new URL(text);
	if (url.protocol !== 'https:') {
		throw refuse(
			`'Base URL' begins with '${url.protocol}//', but only 'https://' is allowed`,
			`The password would travel unencrypted. ${example}`,
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw refuse(
			"'Base URL' holds a user name or password",
			"Move them to 'Username' and 'Password', and leave only the address.",
		);
	}
	if (url.search !== '' || url.hash !== '') {
		throw refuse("'Base URL' has a part after '?' or '#'", `Leave only the address. ${example}`);
	}
	return { origin: url.origin, host: url.host, pathPrefix: url.pathname.replace(/\/+$/, '') };
}
