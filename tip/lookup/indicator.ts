import { TipError } from '../values/error';
import { badInput } from '../values/input';
import { readName } from '../values/text';
import { clean } from './clean';
import { readHost } from './host';
import { looksLikeHash, readHash } from './hash';
import { refuse, type IndicatorReason } from './reasons';
import { isPathless, recognise, refuseWhatIsNone } from './recognise';
import { splitAddress } from './refang';
import { readWebAddress } from './webAddress';

/** What Threat Lookup knows of; the value is the path segment under `/api/` (tip-api.md 1, rows 17-20). */
export type IndicatorKind = 'hash' | 'ip' | 'domain' | 'url';

export interface Indicator {
	readonly kind: IndicatorKind;
	/** In its normal form, which is what the portal is asked for; not yet percent-encoded. */
	readonly value: string;
}

/** Anything longer is a text, not an indicator: it is refused before anyone looks at it. In characters. */
const MAX_LENGTH = 4000;

/**
 * Reads one indicator as people write them down, paste them and defang them, and brings it into its
 * normal form. Reading a normal form again, as the same kind, gives the same.
 *
 * @param kind what it has to be; left out, it is recognised
 * @throws TipError `input` with an {@link IndicatorReason}
 */
export function readIndicator(input: unknown, kind?: IndicatorKind): Indicator {
	try {
		return read(input, kind);
	} catch (thrown) {
		if (kind === undefined || !(thrown instanceof TipError)) throw thrown;
		// Each kind has an operation of its own, and its field a label of its own.
		const { reason, ...facts } = thrown.facts;
		throw badInput<IndicatorReason>('indicator', reason as IndicatorReason, { ...facts, kind });
	}
}

function read(input: unknown, kind: IndicatorKind | undefined): Indicator {
	if (typeof input === 'number') throw refuse('notText', undefined, { found: String(input) });
	const given = readName(input, 'indicator', MAX_LENGTH);
	const text = clean(given);
	if (text === '') throw refuse('empty');
	if (kind === 'hash') return { kind, value: readHash(text) };
	const address = splitAddress(text);
	if (!looksLikeHash(text)) refuseWhatIsNone(text, address, kind === 'url');
	const wanted = kind ?? recognise(text, address);
	return { kind: wanted, value: READERS[wanted](text) };
}

const READERS: Record<IndicatorKind, (text: string) => string> = {
	hash: readHash,
	ip: readIp,
	domain: readDomain,
	url: readWebAddress,
};

function readIp(text: string): string {
	const address = splitAddress(text);
	const isBare = !address.isAbsolute && isPathless(address);
	const host = isBare ? readHost(address.authority) : undefined;
	if (host === undefined || host.kind === 'name') throw refuse('noIpAddress', text);
	return host.value;
}

function readDomain(text: string): string {
	const address = splitAddress(text);
	const isBare = !address.isAbsolute && isPathless(address);
	const host = isBare ? readHost(address.authority) : undefined;
	if (host?.kind === 'name') return host.value;
	throw refuse('noDomain', text, { isWebAddress: !isBare, isIpAddress: host !== undefined });
}
