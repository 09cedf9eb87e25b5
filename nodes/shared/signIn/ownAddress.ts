import { credentialFault } from '../../../tip/identity/faults';
import type { PortalBase } from '../../../tip/portal/baseUrl';
import { parseUrl } from '../../../tip/values/url';

/** Where a request of n8n's helpers may say that it goes: the older one calls the address `uri`. */
export interface Addressed {
	url?: unknown;
	uri?: unknown;
	baseURL?: unknown;
	headers?: Readonly<Record<string, unknown>>;
}

/**
 * A login is shown to its own portal only: scheme, host and port of a request have to be those of
 * 'Base URL'.
 *
 * Every address the helpers can make of the request is compared, in each of the ways they put a
 * relative one together, and so is a `Host` header: behind a shared front end it decides who gets it.
 *
 * @throws TipError `credential.baseUrl`
 */
export function checkOwnAddress(request: Addressed, portal: PortalBase): void {
	const base = textOf(request.baseURL);
	const targets = [textOf(request.url), textOf(request.uri)].filter((text) => text !== '');
	const addresses = (targets.length === 0 ? [''] : targets).flatMap((target) =>
		readings(target, base),
	);
	for (const [name, value] of Object.entries(request.headers ?? {})) {
		if (name.toLowerCase() === 'host') addresses.push(`https://${textOf(value)}`);
	}
	for (const address of addresses) checkAddress(address, portal);
}

/** An address begins with a scheme or with two slashes, for axios, which n8n's helpers send with. */
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:)?\/\//i;

/** What may become of an address and the one it is relative to: by axios, and by the URL standard. */
function readings(target: string, base: string): string[] {
	if (base === '') return [target];
	if (target === '') return [base];
	const byStandard = parseUrl(target, base)?.href ?? '';
	const byAxios = ABSOLUTE.test(target) ? target : `${base}/${target}`;
	return [byStandard, byAxios, base];
}

function checkAddress(address: string, portal: PortalBase): void {
	const url = parseUrl(address);
	if (url === undefined) {
		throw credentialFault('baseUrl', 'noAddress', { portal: portal.origin });
	}
	if (originOf(url) !== originOf(new URL(portal.origin))) {
		const asked = `${url.protocol}//${url.host}`;
		throw credentialFault('baseUrl', 'otherAddress', { asked, portal: portal.origin });
	}
	// It would be sent in the place of the credential's own.
	if (url.username !== '' || url.password !== '') {
		throw credentialFault('baseUrl', 'otherLogin', { portal: portal.origin });
	}
}

/** Scheme, host and port; a dot after the host says only that nothing is to be added to it. */
function originOf({ protocol, hostname, port }: URL): string {
	return `${protocol}//${hostname.replace(/\.$/, '')}:${port}`;
}

function textOf(value: unknown): string {
	return value === undefined || value === null ? '' : String(value).trim();
}
