import type { IDataObject } from 'n8n-workflow';
import { explain } from '../../shared/messages';
import { byOutcome, type Results } from './result';

/** Most entries named one by one in a description. */
const MOST_NAMED = 20;
/** Longest answer quoted for an item in a description or a line, in characters. */
const ANSWER_LENGTH = 80;
/** Largest answer kept whole in the context of an error, in characters. */
const KEPT_LENGTH = 1_000;
/** What the lists in the context of an error may take up in all, each, in characters. */
const LIST_BUDGET = 24_000;
/** Most positions in a list of the context. */
const MOST_POSITIONS = 1_000;

/**
 * What a run that stopped early did, item by item, in words: what the portal accepted and answered,
 * what is unknown, what was refused, what was not sent. An answer holds the only handle on a rescan.
 */
export function describeBatch(results: Results): string {
	if (results.length < 2) return '';
	const { accepted, unknown, rejected, notSent } = byOutcome(results);
	const nameTask = (index: number) => {
		const name = nameOf(results[index]?.about);
		return name === '' ? `item ${index}` : `item ${index} (${name})`;
	};
	const nameAnswer = (index: number) => {
		const result = results[index];
		return result?.outcome === 'accepted' && result.handle
			? `${nameTask(index)} → ${handleOf(result.handle)}`
			: `item ${index} ${excerptOf(results, index)}`.trimEnd();
	};
	const lines = [
		accepted.length > 0 && `Accepted (${accepted.length}): ${list(accepted, nameAnswer)}`,
		unknown.length > 0 &&
			`Unknown, may have started (${unknown.length}): ${list(unknown, nameTask)}`,
		rejected.length > 0 &&
			`Refused by the portal (${rejected.length}): ${list(rejected, nameTask)}`,
		notSent.length > 0 && `Not sent (${notSent.length}): items ${ranges(notSent)}`,
	];
	return lines.filter(Boolean).join('. ');
}

/** How many items each outcome has, in words: `56 accepted, 1 refused, 3 not sent`. */
export function countBatch(results: Results): string {
	const { accepted, unknown, rejected, notSent } = byOutcome(results);
	return [
		accepted.length > 0 && `${accepted.length} accepted`,
		unknown.length > 0 && `${unknown.length} unknown`,
		rejected.length > 0 && `${rejected.length} refused`,
		notSent.length > 0 && `${notSent.length} not sent`,
	]
		.filter(Boolean)
		.join(', ');
}

/**
 * The same for code to read and for a person to copy, kept in the context of the error and bounded:
 * n8n stores it with the execution. `data` is what n8n shows as "Error data".
 */
export function batchFacts(results: Results): IDataObject {
	const { accepted, unknown, rejected, notSent } = byOutcome(results);
	const handles = linesOf(results);
	const data = within(LIST_BUDGET, handles);
	return {
		counts: {
			accepted: accepted.length,
			unknown: unknown.length,
			rejected: rejected.length,
			notSent: notSent.length,
		},
		accepted: acceptedAnswers(results, accepted),
		unknown: unknown.slice(0, MOST_POSITIONS),
		rejected: rejected.slice(0, MOST_POSITIONS),
		notSent: notSent.slice(0, MOST_POSITIONS),
		...(results.length > 1 && data.length > 0 && { data }),
	};
}

/** Whether the context of an error has room for every rescan that was accepted or is unknown. */
export function fitsContext(results: Results): boolean {
	const handles = linesOf(results);
	return within(LIST_BUDGET, handles).length === handles.length;
}

/** A line for each rescan that was accepted or is unknown: item, task, and the answer's ID. */
export function linesOf(results: Results): string[] {
	const lines: string[] = [];
	results.forEach((result, index) => {
		const name = nameOf(result?.about);
		const task = name === '' ? '' : ` ${name}`;
		if (result?.outcome === 'accepted') {
			if (result.handle) lines.push(`item ${index}:${task} → ${handleOf(result.handle)}`);
		} else if (result?.error.outcome === 'unknown') {
			lines.push(`item ${index}:${task} unknown, may have started`);
		} else if (result?.error.outcome === 'accepted') {
			lines.push(`item ${index}:${task} accepted, ${explain(result.error).message}`);
		}
	});
	return lines;
}

/** What was started is known by: the task that was run again, or the hash of a file. */
function nameOf({ task_id: task, sha256 }: IDataObject = {}): string {
	if (task !== undefined) return `task ${String(task)}`;
	return sha256 === undefined ? '' : `file ${String(sha256)}`;
}

/** The ID in an answer to a rescan, whose form is not known (tip-api.md 3.6); else what there is. */
function handleOf(answer: IDataObject): string {
	const id = answer.task_id ?? answer.id;
	return typeof id === 'string' || typeof id === 'number' ? String(id) : excerpt(answer);
}

function acceptedAnswers(results: Results, accepted: readonly number[]): IDataObject[] {
	let room = LIST_BUDGET;
	return accepted.slice(0, MOST_POSITIONS).map((item) => {
		const answer = answerOf(results, item);
		const length = answer === undefined ? 0 : lengthOf(answer);
		if (answer === undefined || length > Math.min(room, KEPT_LENGTH)) return { item };
		room -= length;
		return { item, answer };
	});
}

/** What a rescan answered, or why its answer can't be read. */
function answerOf(results: Results, index: number): IDataObject | undefined {
	const result = results[index];
	if (result?.outcome === 'accepted') return result.handle;
	if (result === undefined) return undefined;
	const { message, advice } = explain(result.error);
	return { error: message, advice };
}

function excerptOf(results: Results, index: number): string {
	const answer = answerOf(results, index);
	return answer === undefined ? '' : excerpt(answer);
}

/** The beginning of an answer as JSON; of a large one no more is written out than is shown. */
function excerpt(answer: IDataObject): string {
	let room = ANSWER_LENGTH;
	const cut = JSON.stringify(answer, (_key, value: unknown) => {
		if (room < 0) return undefined;
		const shown = typeof value === 'string' ? value.slice(0, ANSWER_LENGTH) : value;
		room -= typeof shown === 'string' ? shown.length : 2;
		return Array.isArray(shown) ? shown.slice(0, ANSWER_LENGTH) : shown;
	});
	return cut.length > ANSWER_LENGTH ? `${cut.slice(0, ANSWER_LENGTH).toWellFormed()}…` : cut;
}

/** The length of an answer as JSON; that of a large one is not found out. */
function lengthOf(answer: IDataObject): number {
	let length = 0;
	JSON.stringify(answer, (key, value: unknown) => {
		length += key.length + (typeof value === 'string' ? value.length + 6 : 8);
		return length > KEPT_LENGTH ? undefined : value;
	});
	return length;
}

function within(budget: number, lines: readonly string[]): string[] {
	let room = budget;
	const end = lines.findIndex((line) => (room -= line.length + 4) < 0);
	return end < 0 ? [...lines] : lines.slice(0, end);
}

function list(indexes: readonly number[], name: (index: number) => string): string {
	const named = indexes.slice(0, MOST_NAMED).map(name).join('; ');
	const rest = indexes.length - MOST_NAMED;
	return rest > 0 ? `${named}; and ${rest} more` : named;
}

/** 0, 1, 2, 5 → "0–2, 5" */
function ranges(numbers: readonly number[]): string {
	const parts: string[] = [];
	for (let start = 0; start < numbers.length;) {
		let end = start;
		while (numbers[end + 1] === numbers[end]! + 1) end++;
		parts.push(end > start ? `${numbers[start]}–${numbers[end]}` : `${numbers[start]}`);
		start = end + 1;
	}
	return parts.length > MOST_NAMED
		? `${parts.slice(0, MOST_NAMED).join(', ')} and others`
		: parts.join(', ');
}
