/**
 * Reads PEM out of whatever a form, a mail or a JSON file has made of it. Every blank is taken out
 * first, so what is left to read is markers and base64; all steps are one pass over the text.
 */
import { declaredLength, TAG } from './asn1';

export interface PemBlock {
	/** The type as RFC 7468 spells it, such as `RSA PRIVATE KEY`; unknown types without blanks. */
	label: string;
	/** `Proc-Type` and `DEK-Info` of an old encrypted key (RFC 1421); else empty. */
	headers: Readonly<Record<string, string>>;
	/** The block as OpenSSL wants it: 64 characters a line, headers on lines of their own. */
	pem: string;
	/** The content in bytes. */
	der: Buffer;
}

export interface PemText {
	blocks: PemBlock[];
	/** Labels of blocks that begin without an end, end without a beginning, or hold no base64. */
	broken: string[];
	/** What stands before, between and after the blocks, as it was. */
	outside: string[];
}

const LABELS = [
	'CERTIFICATE',
	'CERTIFICATE REQUEST',
	'PRIVATE KEY',
	'ENCRYPTED PRIVATE KEY',
	'RSA PRIVATE KEY',
	'EC PRIVATE KEY',
	'DSA PRIVATE KEY',
	'OPENSSH PRIVATE KEY',
	'PUBLIC KEY',
	'RSA PUBLIC KEY',
];
const LABEL_OF = new Map([
	...LABELS.map((label): [string, string] => [label.replaceAll(' ', ''), label]),
	// Other names that OpenSSL knows for the same thing (its include/openssl/pem.h).
	['X509CERTIFICATE', 'CERTIFICATE'],
	['TRUSTEDCERTIFICATE', 'CERTIFICATE'],
	['NEWCERTIFICATEREQUEST', 'CERTIFICATE REQUEST'],
	['CMS', 'PKCS7'],
	['PKCS#7SIGNEDDATA', 'PKCS7'],
]);

// Blanks, control characters and what no one sees; quotation marks of JSON, YAML, mail, chats and
// office programs; backslash escapes.
const NOISE =
	/[\s\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"'`\u00b4\u02b9-\u02bc\u2018-\u201f\u2032-\u2037\u2039\u203a\u00ab\u00bb\u300c-\u300f\u301d-\u301f\uff02\uff07>]|\\+(?:u[0-9A-Fa-f]{4}|[rnt])?/g;
// One dash is enough, and any dash will do: word processors replace them.
const MARKER = /[-\u2010-\u2015\u2212](BEGIN|END)([A-Z0-9.#]{1,40})[-\u2010-\u2015\u2212]/gi;
const DASH = /[-\u2010-\u2015\u2212]/;
const OLD_ENCRYPTION = /^Proc-Type:4,ENCRYPTEDDEK-Info:([A-Za-z0-9-]{1,40}),/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** The text without blanks, quotation marks and escaped line ends. */
export function withoutNoise(text: string): string {
	return text.replace(NOISE, '');
}

/**
 * Finds the PEM blocks in a text, in the order they stand there. Text around the blocks, such as
 * OpenSSL's "Bag Attributes", is handed on. Never throws.
 */
export function readPem(text: string): PemText {
	const { compact, placeOf } = compacted(text);
	const found: PemText = { blocks: [], broken: [], outside: [] };
	let open: { label: string; from: number } | undefined;
	let outsideFrom = 0;
	for (const marker of compact.matchAll(MARKER)) {
		const end = marker.index + marker[0].length;
		const name = (marker[2] ?? '').toUpperCase();
		const label = LABEL_OF.get(name) ?? name;
		if (marker[1]?.toUpperCase() === 'BEGIN') {
			if (open) found.broken.push(open.label);
			else found.outside.push(text.slice(placeOf(outsideFrom), placeOf(marker.index)));
			open = { label, from: end };
			continue;
		}
		const block = open && readBlock(open.label, compact.slice(open.from, marker.index));
		if (block) found.blocks.push(block);
		else found.broken.push(open?.label ?? label);
		open = undefined;
		outsideFrom = end;
	}
	if (open) found.broken.push(open.label);
	else found.outside.push(text.slice(placeOf(outsideFrom)));
	return found;
}

/**
 * Whether a DER sequence ends before the length it declares (X.690 8.1.3). Other content, such as
 * an OpenSSH key, is never called short.
 */
export function isCutShort(der: Buffer): boolean {
	if (der[0] !== TAG.sequence) return false;
	const first = der[1] ?? 0x7f;
	const size = first < 0x80 ? 0 : first & 0x7f;
	if (first === 0x80 || size > 4) return false;
	return der.length < 2 + size || der.length < (declaredLength(der) ?? Infinity);
}

/** The bytes of a base64 text that has no blanks left, or undefined when it is none. */
export function fromBase64(text: string): Buffer | undefined {
	return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function readBlock(label: string, inner: string): PemBlock | undefined {
	const content = withoutOuterDashes(inner);
	const old = OLD_ENCRYPTION.exec(content);
	const headers: Record<string, string> = {};
	let body = content;
	if (old?.[1]) {
		// Without blanks only the cipher tells where its start value ends: one cipher block, in hex.
		const end = old[0].length + (/^(AES|CAMELLIA|ARIA|SEED|SM4)/i.test(old[1]) ? 32 : 16);
		headers['Proc-Type'] = '4,ENCRYPTED';
		headers['DEK-Info'] = `${old[1]},${content.slice(old[0].length, end)}`;
		body = content.slice(end);
	}
	const der = fromBase64(body);
	if (!der || (!old && isCutShort(der))) return undefined;
	return { label, headers, pem: toPem(label, der, headers), der };
}

/** One step a character: a pattern that looks for dashes at the end begins anew at each of them. */
function withoutOuterDashes(text: string): string {
	let from = 0;
	let to = text.length;
	while (from < to && DASH.test(text[from]!)) from++;
	while (to > from && DASH.test(text[to - 1]!)) to--;
	return text.slice(from, to);
}

/** The text without noise, and where each character of it stood before. */
function compacted(text: string): { compact: string; placeOf(index: number): number } {
	const kept: string[] = [];
	/** Where each kept piece begins: without noise, and in the text. */
	const begins: Array<[number, number]> = [];
	let length = 0;
	let from = 0;
	const keep = (to: number) => {
		if (to === from) return;
		begins.push([length, from]);
		kept.push(text.slice(from, to));
		length += to - from;
	};
	for (const noise of text.matchAll(NOISE)) {
		keep(noise.index);
		from = noise.index + noise[0].length;
	}
	keep(text.length);
	const placeOf = (index: number) => {
		let low = 0;
		let high = begins.length;
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (begins[middle]![0] <= index) low = middle;
			else high = middle;
		}
		const [start, place] = begins[low] ?? [0, 0];
		return place + index - start;
	};
	return { compact: kept.join(''), placeOf };
}

/** Writes content as PEM: 64 characters a line, as RFC 7468 section 2 asks. */
export function toPem(
	label: string,
	der: Buffer,
	headers: Readonly<Record<string, string>> = {},
): string {
	const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	const lines = [
		`-----BEGIN ${label}-----`,
		...(head.length > 0 ? [...head, ''] : []),
		...(der.toString('base64').match(/.{1,64}/g) ?? []),
		`-----END ${label}-----`,
		'',
	];
	return lines.join('\n');
}
