import { clean } from './clean';
import { readHost, type Host } from './host';
import { splitAddress } from './refang';

/**
 * The host of a web address that names nothing but a host, for a portal that keeps hosts and web
 * addresses apart. The normal form of a web address has lost a `www.`, which belongs to the name of a
 * host: it is read again from the text it was made of.
 *
 * @param address the normal form of a web address
 * @param input the text it was read from
 * @returns undefined when there is a path or a query
 */
export function bareHostOf(address: string, input: string): Host | undefined {
	if (/[/?]/.test(address)) return undefined;
	const { authority } = splitAddress(clean(input));
	const written = readHost(authority.slice(authority.lastIndexOf('@') + 1));
	const isSame = written?.kind === 'name' && written.value.endsWith(`.${address}`);
	return isSame ? written : readHost(address);
}
