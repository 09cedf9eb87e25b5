import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TipError } from '../values/error';
import type { Publication } from './list';

/** Largest file taken after decompression, in bytes. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Characters of base64 decoded at once; a multiple of four. */
const PIECE_LENGTH = 4 * 64 * 1024;
/** How much of a file's beginning decides what it is, in bytes. */
const HEAD_LENGTH = 4096;
const SLUG_LENGTH = 80;

/** What a file is for; it decides its name, and its type where the content says too little. */
export type FileRole = 'execsum' | 'iocs' | 'pdf' | 'yara';

/**
 * Where a report holds its files (tip-api.md 7). `report_execsum` is inferred from the other three
 * and from `include_info`.
 */
export const REPORT_FILES: ReadonlyArray<{ field: string; role: FileRole }> = [
	{ field: 'report_execsum', role: 'execsum' },
	{ field: 'report_iocs', role: 'iocs' },
	{ field: 'report_pdf', role: 'pdf' },
	{ field: 'report_yara', role: 'yara' },
];

export interface DecodedFile {
	/** Its beginning. */
	head: Buffer;
	/** All of it. Fails with a TipError when it can't be decoded or is larger than is taken. */
	content: Readable;
}

/**
 * A master file: base64 of gzip (tip-api.md 7), decoded as it is read, so that it is never held whole.
 *
 * @param what the file's name in a message
 * @throws TipError `portal` when it is not base64 of gzip
 */
export async function openMasterFile(
	encoded: unknown,
	what: string,
	limit = MAX_FILE_BYTES,
): Promise<DecodedFile> {
	const text = typeof encoded === 'string' ? withoutLineBreaks(encoded) : '';
	if (text === '') throw broken(what, 'it is not in the answer');
	if (!isBase64(text)) throw broken(what, 'it is not base64');
	if (!isGzip(text)) throw broken(what, 'it is not gzip');
	return await peek(gunzip(text, what, limit));
}

/**
 * A file of a report: base64 of gzip, as a client in wide use reads it (tip-api.md 7.1). The vendor's
 * help does not say so, so what is only base64, or plain text, is taken as well.
 *
 * @param what the file's name in a message
 * @throws TipError `portal` when its gzip is broken
 */
export async function openReportFile(
	encoded: string,
	what: string,
	limit = MAX_FILE_BYTES,
): Promise<DecodedFile> {
	const text = withoutLineBreaks(encoded);
	if (isBase64(text)) {
		if (isGzip(text)) return await peek(gunzip(text, what, limit));
		// A list of hashes, one a line, could be taken for base64.
		const isBare = text === encoded && !/^[0-9a-f]*$/i.test(text.slice(0, 128));
		if (isBare || isPdf(text)) return await peek(piecesOf(text));
	}
	return await peek(once(Buffer.from(encoded, 'utf8')));
}

export interface FileName {
	fileName: string;
	mimeType: string;
}

/** Name and type of a file of a report, after its publication. */
export function nameReportFile(publication: Publication, role: FileRole, head: Buffer): FileName {
	const name = slug(publication.name) || `report-${slug(publication.id) || 'unnamed'}`;
	const suffix = { execsum: '-execsum', iocs: '-iocs', pdf: '', yara: '' }[role];
	return named(`${name}${suffix}`, role, head);
}

/** Name and type of a master file. */
export function nameMasterFile(role: 'iocs' | 'yara', group: string, head: Buffer): FileName {
	return named(`master-${role === 'iocs' ? 'ioc' : 'yara'}-${slug(group)}`, role, head);
}

/** Letters and digits of any script in lower case, parted by hyphens. */
function slug(value: unknown): string {
	const text = String(value ?? '')
		.toWellFormed()
		.normalize('NFKC')
		.toLowerCase();
	const joined = text.replace(/[^\p{L}\p{N}]+/gu, '-');
	return [...joined]
		.slice(0, SLUG_LENGTH)
		.join('')
		.replace(/^-+|-+$/g, '');
}

function named(name: string, role: FileRole, head: Buffer): FileName {
	const [extension, mimeType] = typeOf(role, head);
	return { fileName: `${name}.${extension}`, mimeType };
}

/** What a file is by its first bytes; text is taken for what the file is for. */
function typeOf(role: FileRole, head: Buffer): [extension: string, mimeType: string] {
	if (startsWith(head, '%PDF-')) return ['pdf', 'application/pdf'];
	if (startsWith(head, 'PK\u0003\u0004')) return ['zip', 'application/zip'];
	if (head.includes(0)) return ['bin', 'application/octet-stream'];
	const text = head
		.toString('utf8')
		.replace(/^\uFEFF/, '')
		.trimStart();
	if (/^<(!doctype\s+)?html/i.test(text)) return ['html', 'text/html'];
	if (text.startsWith('<')) return ['xml', 'application/xml'];
	if (role === 'yara') return ['yar', 'text/plain'];
	if (/^[[{]/.test(text)) return ['json', 'application/json'];
	const [firstLine = ''] = text.split('\n', 1);
	return role === 'iocs' && /[,;\t]/.test(firstLine) ? ['csv', 'text/csv'] : ['txt', 'text/plain'];
}

/** Mail-style base64 is broken into lines; blanks, on the other hand, mean that it is a text. */
function withoutLineBreaks(text: string): string {
	return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, '') : text;
}

function isBase64(text: string): boolean {
	if (text === '' || text.length % 4 !== 0) return false;
	const foreign = text.search(/[^A-Za-z0-9+/]/);
	return foreign < 0 || (foreign >= text.length - 2 && /^={1,2}$/.test(text.slice(foreign)));
}

function isGzip(base64: string): boolean {
	return startsWith(Buffer.from(base64.slice(0, 8), 'base64'), '\u001f\u008b');
}

function isPdf(base64: string): boolean {
	return startsWith(Buffer.from(base64.slice(0, 8), 'base64'), '%PDF-');
}

function startsWith(bytes: Buffer, magic: string): boolean {
	return bytes.subarray(0, magic.length).toString('latin1') === magic;
}

function* piecesOf(base64: string): Generator<Buffer> {
	for (let start = 0; start < base64.length; start += PIECE_LENGTH) {
		yield Buffer.from(base64.slice(start, start + PIECE_LENGTH), 'base64');
	}
}

function* once(content: Buffer): Generator<Buffer> {
	yield content;
}

async function* gunzip(base64: string, what: string, limit: number): AsyncGenerator<Buffer> {
	const packed = Readable.from(piecesOf(base64));
	const unpacked = createGunzip();
	packed.pipe(unpacked);
	let size = 0;
	try {
		for await (const chunk of unpacked as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > limit) throw tooLarge(what, limit);
			yield chunk;
		}
	} catch (thrown) {
		throw thrown instanceof TipError ? thrown : broken(what, 'its gzip is damaged or cut off');
	} finally {
		packed.destroy();
		unpacked.destroy();
	}
}

/** Reads as far as it takes to know what the file is, and gives back all of it. */
async function peek(chunks: Generator<Buffer> | AsyncGenerator<Buffer>): Promise<DecodedFile> {
	const begun: Buffer[] = [];
	let length = 0;
	while (length < HEAD_LENGTH) {
		const next = await chunks.next();
		if (next.done === true) break;
		begun.push(next.value);
		length += next.value.length;
	}
	async function* all(): AsyncGenerator<Buffer> {
		yield* begun;
		yield* chunks;
	}
	return {
		head: Buffer.concat(begun).subarray(0, HEAD_LENGTH),
		content: Readable.from(all(), { objectMode: false }),
	};
}

function broken(what: string, reason: string): TipError {
	return new TipError({
		code: 'portal.brokenFile',
		kind: 'portal',
		outcome: 'accepted',
		message: `${what} from the portal can't be unpacked: ${reason}`,
		advice: 'Run it again. If it stays so, ask your Kaspersky Technical Account Manager.',
	});
}

function tooLarge(what: string, limit: number): TipError {
	return new TipError({
		code: 'portal.fileTooLarge',
		kind: 'portal',
		outcome: 'accepted',
		message: `${what} from the portal is larger than ${Math.round(limit / 1024 / 1024)} MiB when unpacked, and is not taken`,
		advice: 'For a master file, choose one report group. Otherwise download it in the portal.',
	});
}
