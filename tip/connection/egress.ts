import type { LookupFunction } from 'node:net';
import { egressError, unresolvedForProxy } from './failures';

type Verdict = { ok: true } | { ok: false; error: Error };

/**
 * A host's policy on where connections may go; n8n's SSRF protection has this shape. An own client
 * has to ask it before it connects and has to resolve names through it, so that what was checked is
 * what is connected to.
 */
export interface EgressPolicy {
	validateUrl(url: string): Promise<Verdict>;
	createSecureLookup(): LookupFunction;
}

/**
 * Asks the policy about the portal. A proxy from the environment is not asked about: the operator
 * who sets the policy has set it, it is usually in a private network, and n8n's own nodes use it
 * without asking either.
 *
 * @throws TipError `network` (`egress.blocked`, or `egress.unresolved` for a name only the proxy knows)
 */
export async function checkEgress(
	policy: EgressPolicy,
	origin: string,
	throughProxy: boolean,
): Promise<void> {
	const { host } = new URL(origin);
	let verdict: Verdict;
	try {
		verdict = await policy.validateUrl(origin);
	} catch {
		// The name can't be resolved. Without a proxy the connection says so in its own words; with
		// one, nobody on this side would look at the address again.
		if (throughProxy) throw unresolvedForProxy(host);
		return;
	}
	if (!verdict.ok) throw egressError(host);
}
