import type { LookupFunction } from 'node:net';
import { egressError } from './networkErrors';

type Verdict = { ok: true } | { ok: false; error: Error };

/**
 * A host's policy on where connections may go; n8n's SSRF protection has this shape. An own client
 * has to ask it before it connects and has to resolve names through it, so that what was checked is
 * what is connected to.
 */
export interface EgressPolicy {
	validateUrl(url: string): Promise<Verdict>;
	validateConnectionHost(host: string): Verdict;
	createSecureLookup(): LookupFunction;
}

/**
 * Asks the policy about the portal and, when there is one, the proxy.
 *
 * @throws TipError `network` (`egress.blocked`)
 */
export async function checkEgress(
	policy: EgressPolicy,
	origin: string,
	proxyHost: string | undefined,
): Promise<void> {
	// A name that can't be resolved is left to the connection, which says so in its own words.
	const verdict = await policy.validateUrl(origin).catch(() => undefined);
	if (verdict?.ok === false && verdict.error.name.startsWith('Ssrf')) {
		throw egressError(new URL(origin).host);
	}
	if (proxyHost !== undefined && !policy.validateConnectionHost(proxyHost).ok) {
		throw egressError(`the proxy ${proxyHost}`);
	}
}
