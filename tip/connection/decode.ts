import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';

/** Most encodings on top of each other that are taken off. */
const MOST_LAYERS = 3;

/** The answer was, or announced itself to be, larger than is taken. */
export class AnswerTooLarge extends Error {}

/** The answer is packed in a way that is not known, or its packing is damaged. */
export class PackedAnswer extends Error {
	readonly code = 'TIP_PACKED';
}

type Unpack = (packed: Buffer, options: ZlibOptions) => Promise<Buffer>;

const UNPACKERS: Readonly<Record<string, Unpack>> = {
	gzip: promisify(gunzip) as Unpack,
	'x-gzip': promisify(gunzip) as Unpack,
	br: promisify(brotliDecompress) as Unpack,
	// Some send it without the zlib frame that the RFC has around it (RFC 9110 8.4.1.2).
	deflate: async (packed, options) =>
		await promisify<Buffer, ZlibOptions, Buffer>(hasZlibFrame(packed) ? inflate : inflateRaw)(
			packed,
			options,
		),
};

/**
 * The body of an answer as it was before it was packed. `identity` is all that is asked for, but some
 * gateways pack whatever comes by.
 *
 * @param maxBytes largest body taken, unpacked
 * @throws AnswerTooLarge
 * @throws PackedAnswer
 */
export async function unpack(
	headers: IncomingHttpHeaders,
	body: Buffer,
	maxBytes: number,
): Promise<Buffer> {
	const layers = String(headers['content-encoding'] ?? '')
		.toLowerCase()
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '' && name !== 'identity');
	if (layers.length === 0 || body.length === 0) return body;
	if (layers.length > MOST_LAYERS) throw new PackedAnswer(`${layers.length} encodings`);

	let unpacked = body;
	for (const name of layers.reverse()) {
		const unpacker = UNPACKERS[name];
		if (unpacker === undefined) throw new PackedAnswer('unknown encoding');
		try {
			unpacked = await unpacker(unpacked, { maxOutputLength: maxBytes });
		} catch (thrown) {
			const { code } = thrown as NodeJS.ErrnoException;
			throw code === 'ERR_BUFFER_TOO_LARGE' ? new AnswerTooLarge() : new PackedAnswer(code);
		}
	}
	return unpacked;
}

function hasZlibFrame(packed: Buffer): boolean {
	return (packed[0]! & 0x0f) === 8 && packed.length > 1 && packed.readUInt16BE(0) % 31 === 0;
}
