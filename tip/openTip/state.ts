import type { TipAnswer } from '../values/answer';

/** How far an analysis is (opentip-api.md 4.2), in the words of OpenTIP or in new ones of its. */
export function statusOf(answer: TipAnswer): string | null {
	const { Status: status } = answer;
	if (typeof status !== 'string' || status.trim() === '') return null;
	return status.trim().toLowerCase().replaceAll('_', ' ');
}

export const COMPLETE = 'complete';
export const IN_PROGRESS = 'in progress';
export const NOT_STARTED = 'not started';

/** How many things of each zone the analysis saw: counts are all there is (opentip-api.md 3.1). */
export interface DynamicResults {
	[field: string]: unknown;
	detections: ZoneCount[];
	suspiciousActivities: ZoneCount[];
	extractedFiles: ZoneCount[];
	networkActivities: ZoneCount[];
	/** A number of objects, or the name of a threat: sources do not agree. */
	threats: Array<{ zone: string | null; threat: string | number }>;
	networkRules: Array<{ zone: string | null; name: string }>;
}

export interface ZoneCount {
	zone: string | null;
	count: number;
}

/**
 * What running the file showed, from the block of that name in both spellings, or from the root
 * (opentip-api.md 3.1, 4.1, 4.2).
 *
 * @returns undefined when there is nothing of it
 */
export function dynamicResults(answer: TipAnswer): DynamicResults | undefined {
	const blocks = [answer.DynamicAnalisysResults, answer.DynamicAnalysisResults, answer].filter(
		(block): block is Record<string, unknown> => block !== null && typeof block === 'object',
	);
	const listOf = (name: string): Array<Record<string, unknown>> => {
		const found = blocks.map((block) => block[name]).find(Array.isArray) ?? [];
		return (found as unknown[]).filter(
			(entry): entry is Record<string, unknown> => entry !== null && typeof entry === 'object',
		);
	};
	const counts = (name: string) =>
		listOf(name).flatMap(({ Zone, Count }) =>
			typeof Count === 'number' ? [{ zone: textOf(Zone), count: Count }] : [],
		);
	const results: DynamicResults = {
		detections: counts('Detections'),
		suspiciousActivities: counts('SuspiciousActivities'),
		extractedFiles: counts('ExtractedFiles'),
		networkActivities: counts('NetworkActivities'),
		threats: listOf('DynamicDetections').flatMap(({ Zone, Threat }) =>
			typeof Threat === 'string' || typeof Threat === 'number'
				? [{ zone: textOf(Zone), threat: Threat }]
				: [],
		),
		networkRules: listOf('TriggeredNetworkRules').flatMap(({ Zone, RuleName }) =>
			typeof RuleName === 'string' ? [{ zone: textOf(Zone), name: RuleName }] : [],
		),
	};
	const isEmpty = Object.values(results).every((list) => (list as unknown[]).length === 0);
	return isEmpty ? undefined : results;
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' && value.trim() !== '' ? value : null;
}
