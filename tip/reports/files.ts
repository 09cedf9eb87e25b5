import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TipError } from '../values/error';
import { decodeBase64, encodeText, isBase64, withTurns } from './base64';
import { reportFault, type FileFlaw } from './faults';
import { beginsWith, type FileRole } from './fileNames';

/** Largest file taken after decompression, in bytes. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** How much of a file's beginning decides what it is, in bytes. */
const HEAD_LENGTH = 4096;
/** A text in one piece that long is no word. */
const LONG_LENGTH = 256;

const GZIP = '\u001f\u008b';
/** PDF, zip and its relatives, text in UTF-16. */
const MAGIC = ['%PDF-', 'PK\u0003\u0004', 'Rar!', '7z', '\u00ff\u00fe', '\u00fe\u00ff'];

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
 * A master file: base64 of gzip (tip-api.md 7), decoded and unpacked as it is read. What is unpacked is
 * never held whole; what is packed is, as a part of the portal's answer.
 *
 * @param file the name of its field in the answer
 * @throws TipError `portal` when it is not base64 of gzip
 */
export async function openMasterFile(
	encoded: unknown,
	file: string,
	limit = MAX_FILE_BYTES,
): Promise<DecodedFile> {
	if (typeof encoded !== 'string' || encoded.trim() === '') throw broken(file, 'missing');
	const begun = firstOf(encoded);
	if (begun === undefined || !beginsWith(begun, GZIP)) {
		throw broken(file, (await isBase64(encoded)) ? 'notGzip' : 'notBase64');
	}
	return await peek(gunzip(encoded, file, limit));
}

/**
 * A file of a report: base64 of gzip, as a client in wide use reads it (tip-api.md 7.1). The vendor's
 * help does not say so, so what is only base64, or plain text, is taken as well.
 *
 * @param file the name of its field in the answer
 * @throws TipError `portal` when its gzip is broken
 */
export async function openReportFile(
	encoded: string,
	file: string,
	limit = MAX_FILE_BYTES,
): Promise<DecodedFile> {
	const begun = firstOf(encoded);
	if (begun !== undefined && beginsWith(begun, GZIP)) {
		return await peek(gunzip(encoded, file, limit));
	}
	const isEncoded =
		begun !== undefined && isMeantAsBase64(encoded, begun) && (await isBase64(encoded));
	return await peek(
		withTurns(
			isEncoded ? decodeBase64(encoded, () => broken(file, 'notBase64')) : encodeText(encoded),
		),
	);
}

/** What the beginning of a text is decoded; undefined when it is no base64. */
function firstOf(encoded: string): Buffer | undefined {
	const head = encoded.slice(0, HEAD_LENGTH * 2).replace(/[\r\n]+/g, '');
	const whole = head.slice(0, head.length - (head.length % 4));
	return whole !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(whole)
		? Buffer.from(whole, 'base64')
		: undefined;
}

/**
 * Words and lists can be base64 by chance. Hexadecimal digits are hashes; lines of base64 are of one
 * length; and what comes out is a text, a file of a known kind, or as long as no word is.
 */
function isMeantAsBase64(encoded: string, begun: Buffer): boolean {
	const lines = encoded
		.slice(0, HEAD_LENGTH)
		.trimEnd()
		.split(/\r\n|\r|\n/);
	if (lines.every((line) => /^[0-9a-f]*$/i.test(line))) return false;
	const [{ length }] = lines as [string];
	const isEven = lines.every((line, index) =>
		index === lines.length - 1 ? line.length <= length : line.length === length,
	);
	if (!isEven) return false;
	const isFile = MAGIC.some((magic) => beginsWith(begun, magic));
	return isFile || isText(begun) || length >= LONG_LENGTH;
}

/** UTF-8 without control characters. Of a long text this is the beginning, and its end may be cut. */
function isText(bytes: Buffer): boolean {
	if (!bytes.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13))) return false;
	const cuts = bytes.length < LONG_LENGTH ? [0] : [0, 1, 2, 3];
	return cuts.some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}

async function* gunzip(base64: string, file: string, limit: number): AsyncGenerator<Buffer> {
	const packed = Readable.from(
		decodeBase64(base64, () => broken(file, 'notBase64')),
		{
			highWaterMark: 1,
		},
	);
	const unpacked = createGunzip();
	// What goes wrong in one of them ends the other; it is caught where the last one is read.
	pipeline(packed, unpacked, () => undefined);
	let size = 0;
	try {
		for await (const chunk of unpacked as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > limit) throw tooLarge(file, limit);
			yield chunk;
		}
	} catch (thrown) {
		throw thrown instanceof TipError ? thrown : broken(file, 'damaged');
	} finally {
		packed.destroy();
		unpacked.destroy();
	}
}

/** Reads as far as it takes to know what the file is, and gives back all of it. */
async function peek(chunks: AsyncGenerator<Buffer>): Promise<DecodedFile> {
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

function broken(file: string, why: FileFlaw): TipError {
	return reportFault('portal.brokenFile', { facts: { file, why } });
}

function tooLarge(file: string, limit: number): TipError {
	const mebibytes = Math.round(limit / 1024 / 1024);
	return reportFault('portal.fileTooLarge', { facts: { file, mebibytes } });
}
