import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { IBinaryData } from 'n8n-workflow';
import { connectionFault } from '../../../../tip/connection/faults';
import { MAX_FILE_BYTES, type UploadFile } from '../../../../tip/openTip/file';
import type { OpenTipReason } from '../../../../tip/openTip/reasons';
import { badInput } from '../../../../tip/values/input';
import { show } from '../../../../tip/values/text';
import { saidBy } from '../../../shared/faults';
import type { StepTools } from '../operation';

const FIELD = 'inputDataFieldName';

/** Of a file, as much is held at a time, in bytes: a multiple of 3, so that base64 has whole groups. */
const CHUNK_BYTES = 3 * 16 * 1024;

/**
 * The file in a binary field of an item, read through once for its size and hash. It is never held
 * whole, wherever n8n keeps it.
 *
 * @throws TipError `input.inputDataFieldName` when it can't be read, is empty, or larger than OpenTIP
 * takes; `cancelled`
 */
export async function readFile(
	fieldName: string,
	{ helpers, itemIndex, signal }: StepTools,
): Promise<UploadFile> {
	const found = show(fieldName);
	const unreadable = (thrown: unknown) =>
		badInput<OpenTipReason>(FIELD, 'noFile', { found, said: saidBy(thrown) });
	let binary: IBinaryData;
	try {
		binary = helpers.assertBinaryData(itemIndex, fieldName);
	} catch (thrown) {
		throw unreadable(thrown);
	}
	const open = async () => {
		try {
			return binary.id === undefined
				? Readable.from(decoded(binary.data), { objectMode: false })
				: await helpers.getBinaryStream(binary.id, CHUNK_BYTES);
		} catch (thrown) {
			throw unreadable(thrown);
		}
	};

	const hash = createHash('sha256');
	let size = 0;
	const stream = await open();
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			if (signal?.aborted) throw connectionFault('cancelled');
			size += chunk.length;
			if (size > MAX_FILE_BYTES) break;
			hash.update(chunk);
		}
	} catch (thrown) {
		throw signal?.aborted ? connectionFault('cancelled') : unreadable(thrown);
	} finally {
		stream.destroy();
	}
	if (size > MAX_FILE_BYTES) throw badInput<OpenTipReason>(FIELD, 'fileTooLarge', { found });
	if (size === 0) throw badInput<OpenTipReason>(FIELD, 'emptyFile', { found });
	return { sha256: hash.digest('hex'), body: { size, open } };
}

/** What n8n keeps in memory as base64, piece by piece. */
function* decoded(base64: string): Generator<Buffer> {
	const step = (CHUNK_BYTES / 3) * 4;
	for (let at = 0; at < base64.length; at += step) {
		yield Buffer.from(base64.slice(at, at + step), 'base64');
	}
}
