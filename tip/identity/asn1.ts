/**
 * As much of ASN.1's encoding as it takes to see what a file is, before OpenSSL is given it: BER
 * (X.690), of which DER is the strict form. Some older tools write PFX with lengths left open.
 */

export interface Element {
	/** The identifier octet, such as 0x30 for a sequence. */
	readonly tag: number;
	/** All of it. */
	readonly bytes: Buffer;
	/** What is between its header and its end. */
	readonly content: Buffer;
}

export const TAG = {
	integer: 0x02,
	bitString: 0x03,
	octetString: 0x04,
	objectId: 0x06,
	sequence: 0x30,
	/** `[0]`, constructed. */
	first: 0xa0,
} as const;

/** Bit 6 of the identifier octet: the content is made of elements. */
const CONSTRUCTED = 0x20;
const LONGEST_TAG = 5;
const LONGEST_LENGTH = 4;
const DEEPEST_STRING = 4;

interface Header {
	tag: number;
	/** Octets of identifier and length. */
	size: number;
	/** Undefined when it is left open, to end with two zero octets. */
	length: number | undefined;
}

/** The element that bytes begin with; undefined when it is cut short, or no BER. */
export function readElement(bytes: Buffer, from = 0): Element | undefined {
	const header = readHeader(bytes, from);
	if (header === undefined) return undefined;
	const start = from + header.size;
	if (header.length === undefined) {
		const end = endOfOpen(bytes, start);
		if (end === undefined) return undefined;
		const content = bytes.subarray(start, end - 2);
		return { tag: header.tag, bytes: bytes.subarray(from, end), content };
	}
	const end = start + header.length;
	if (end > bytes.length) return undefined;
	return { tag: header.tag, bytes: bytes.subarray(from, end), content: bytes.subarray(start, end) };
}

/** The elements inside another one, up to the first that can't be read. */
export function childrenOf({ tag, content }: Element): Element[] {
	if ((tag & CONSTRUCTED) === 0) return [];
	const children: Element[] = [];
	for (let at = 0; at < content.length;) {
		const child = readElement(content, at);
		if (child === undefined) break;
		children.push(child);
		at += child.bytes.length;
	}
	return children;
}

/** The bytes of a string, which may be written in pieces. */
export function octetsOf(element: Element, depth = 0): Buffer {
	if ((element.tag & CONSTRUCTED) === 0) return element.content;
	if (depth >= DEEPEST_STRING) return Buffer.alloc(0);
	return Buffer.concat(childrenOf(element).map((piece) => octetsOf(piece, depth + 1)));
}

/** `1.2.840.113549.1.7.2`; the form in which RFCs write object identifiers. */
export function objectIdOf({ content }: Element): string {
	const numbers: number[] = [];
	let number = 0;
	for (const octet of content.subarray(0, 32)) {
		number = number * 128 + (octet & 0x7f);
		if ((octet & 0x80) !== 0) continue;
		if (numbers.length === 0) {
			const first = Math.min(2, Math.floor(number / 40));
			numbers.push(first, number - first * 40);
		} else numbers.push(number);
		number = 0;
	}
	return numbers.join('.');
}

/** A whole number that is not negative; one too large to be exact is infinite. */
export function numberOf({ content }: Element): number {
	const digits = content.toString('hex').replace(/^0+/, '');
	return digits.length > 12 ? Infinity : Number.parseInt(digits || '0', 16);
}

/** How many bytes the element takes that bytes begin with; undefined when that is not written there. */
export function declaredLength(bytes: Buffer): number | undefined {
	const header = readHeader(bytes, 0);
	return header?.length === undefined ? undefined : header.size + header.length;
}

function readHeader(bytes: Buffer, from: number): Header | undefined {
	let at = from;
	const tag = bytes[at++];
	if (tag === undefined) return undefined;
	if ((tag & 0x1f) === 0x1f) {
		while (((bytes[at++] ?? 0) & 0x80) !== 0) if (at - from > LONGEST_TAG) return undefined;
	}
	const first = bytes[at++];
	if (first === undefined) return undefined;
	if (first < 0x80) return { tag, size: at - from, length: first };
	const size = first & 0x7f;
	if (size === 0) {
		return (tag & CONSTRUCTED) === 0 ? undefined : { tag, size: at - from, length: undefined };
	}
	if (size > LONGEST_LENGTH || at + size > bytes.length) return undefined;
	return { tag, size: at + size - from, length: bytes.readUIntBE(at, size) };
}

/** Where an element of open length ends, those inside it counted. One step for each of them. */
function endOfOpen(bytes: Buffer, from: number): number | undefined {
	let open = 1;
	for (let at = from; at < bytes.length;) {
		if (bytes[at] === 0 && bytes[at + 1] === 0) {
			at += 2;
			if (--open === 0) return at;
			continue;
		}
		const header = readHeader(bytes, at);
		if (header === undefined) return undefined;
		at += header.size + (header.length ?? 0);
		if (header.length === undefined) open++;
	}
	return undefined;
}
