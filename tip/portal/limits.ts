import type { Topic } from '../values/request';

/** How much of an answer is taken, so that none can fill the memory. */
export interface AnswerLimit {
	bytes: number;
	/** JSON values, counted by the commas and brackets between them. */
	values: number;
}

const MiB = 1024 * 1024;

/** What names a task, or is a short list. */
const SMALL: AnswerLimit = { bytes: MiB, values: 50_000 };

/** What is known of an indicator: some twenty groups of records of a few fields each (tip-api.md 6). */
const LARGE: AnswerLimit = { bytes: 16 * MiB, values: 500_000 };

/**
 * By what a request is about. A list of reports has some twenty values for each, and may go back for years. Master
 * files and reports are few values, one of them base64 of gzip (tip-api.md 7).
 */
const LIMITS: Readonly<Record<Topic, AnswerLimit>> = {
	choices: SMALL,
	delete: SMALL,
	rescan: SMALL,
	lookup: LARGE,
	fileResult: LARGE,
	upload: LARGE,
	reports: { bytes: 64 * MiB, values: 4_000_000 },
	report: { bytes: 64 * MiB, values: 200_000 },
	masterFile: { bytes: 64 * MiB, values: 200_000 },
};

export function answerLimit(about: Topic): AnswerLimit {
	return LIMITS[about] ?? SMALL;
}
