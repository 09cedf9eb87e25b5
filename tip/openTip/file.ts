import type { RequestBody, TipRequest } from '../values/request';

/** Largest file taken, in bytes: "256 MB", read as clients read it (opentip-api.md 1.1). */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** A file that can be read as often as it takes, and what it is known by. */
export interface UploadFile {
	/** In lower case. */
	readonly sha256: string;
	readonly body: RequestBody;
}

/** What handing in a file is, whichever file it is: not to be done twice. */
export const UPLOAD: TipRequest = {
	about: 'upload',
	method: 'POST',
	path: '/api/v1/scan/file',
	query: [],
	safe: false,
	isAnswer: looksLikeFile,
};

/**
 * Hands a file in: `POST /api/v1/scan/file?filename=…` with its bytes (opentip-api.md 1, row 5). Its
 * hash goes for its name, as the vendor's own scanner does it (1.1): a name can tell more than the file.
 */
export function uploadRequest({ sha256, body }: UploadFile): TipRequest {
	return { ...UPLOAD, query: [['filename', sha256]], body };
}

/**
 * Asks what came of a file: `POST /api/v1/getresult/file?request=…` without a body. It only reads, so
 * asking twice is safe (opentip-api.md 1, row 6).
 *
 * @param hash MD5, SHA-1 or SHA-256
 */
export function resultRequest(hash: string): TipRequest {
	return {
		about: 'fileResult',
		method: 'POST',
		path: '/api/v1/getresult/file',
		query: [['request', hash]],
		safe: true,
		isAnswer: looksLikeFile,
	};
}

/** Whether a JSON value tells of a file: any of its parts can be missing (opentip-api.md 4.1, 4.2). */
function looksLikeFile(value: unknown): boolean {
	if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
	const { Zone, Status, FileGeneralInfo } = value as Record<string, unknown>;
	const isWord = (part: unknown) => typeof part === 'string' && part.trim() !== '';
	return (
		isWord(Zone) ||
		isWord(Status) ||
		(FileGeneralInfo !== null && typeof FileGeneralInfo === 'object')
	);
}
