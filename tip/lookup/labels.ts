import { isIPv6 } from 'node:net';
import { isHashName, namesOtherDigits } from './hash';

/** Names under which tools and people write an indicator down, without blanks, hyphens and `_`. */
const KNOWN = new Set(
	(
		'addr address c2 c2domain c2ip c2server c&c c&cserver client clientip cnc destination destinationip ' +
		'dest destip dns domain domainname dst dstip filehash fqdn hash host hostip hostname href indicator ' +
		'ioc ip ipaddr ipaddress ipv4 ipv4address ipv6 ipv6address link name observable remote remoteaddress ' +
		'remoteip server serverip site source sourceip src srcip target uri url value web webaddress webpage ' +
		'website'
	).split(' '),
);

const WORDS = `[\\p{L}][\\p{L}\\p{M}\\p{Nd}&()/ _-]{0,39}`;
/** `Source IP: …`, `"ip": "…"`, `dst=…`. */
const WITH_COLON = new RegExp(`^(${WORDS})["'\`”»]?\\s{0,3}[:=：＝](?!/)(\\s{0,8})["'\`“«]?`, 'u');
/** `IP 203.0.113.7`, `Domain - evil.example`, `[IP] …`, `(C2) …`. */
const WITH_BLANK = new RegExp(
	`^(?:[[(【〔［](${WORDS})[\\])】〕］]|(${WORDS}?))\\s{0,3}(?:[-–—→>]{1,3}|\\s)\\s{0,8}(?=\\S)`,
	'u',
);

/** `file:hashes.'SHA-256' = '…`, as patterns of STIX name a hash. */
const STIX_HASH = /^file:hashes\.['"]?([a-z0-9-]{2,12})['"]?\s{0,3}=\s{0,3}['"]?(?=[0-9a-f]{32})/i;

/**
 * The text without a label in front of it. A word that is not known for a label has to be followed by a
 * colon and a blank; the names of hashes stay, since they say what follows.
 */
export function withoutLabel(text: string): string {
	// `c2::1` is an address.
	if (isIPv6(text)) return text;
	const ofStix = STIX_HASH.exec(text);
	if (ofStix !== null) return `${ofStix[1]!}: ${text.slice(ofStix[0].length)}`;
	const marked = WITH_COLON.exec(text);
	if (marked !== null) {
		const [whole, words = '', blanks = ''] = marked;
		// Scripts of full width do without the blank.
		const isApart = blanks !== '' || /[：＝]/.test(whole);
		const isLabel = isKnown(words) || (isApart && words.length > 1);
		const rest = text.slice(whole.length);
		const saysWhatFollows =
			isHashName(words) || (/^[0-9a-f]{32}/i.test(rest) && namesOtherDigits(words));
		if (isLabel && !saysWhatFollows && rest !== '') return rest;
	}
	const loose = WITH_BLANK.exec(text);
	if (loose === null) return text;
	const [whole, inBrackets, words = ''] = loose;
	const isLabel = inBrackets === undefined ? isKnown(words) : !isHashName(inBrackets);
	return isLabel ? text.slice(whole.length) : text;
}

function isKnown(words: string): boolean {
	return KNOWN.has(words.toLowerCase().replace(/[ _-]/g, ''));
}
