import type { IDataObject } from 'n8n-workflow';
import type { TipAnswer } from '../../../tip/values/answer';
import { explain } from '../../shared/messages';
import type { TipError } from '../../../tip/values/error';

/** What became of one input item; `undefined` in a list of these means it was never sent. */
export type ItemResult =
	| { outcome: 'accepted'; taskId?: string; answer: TipAnswer }
	| { outcome: 'failed'; taskId?: string; error: TipError };

/** Most entries named one by one in a description; the full list is in the error's context. */
const MOST_NAMED = 20;
const ANSWER_LENGTH = 80;

/**
 * What a run that stopped early did, item by item, in words: what the portal accepted and answered,
 * what is unknown, what was refused, what was not sent. An answer holds the only handle on a rescan.
 */
export function describeBatch(results: ReadonlyArray<ItemResult | undefined>): string {
	if (results.length < 2) return '';
	const groups = group(results);
	const lines = [
		groups.accepted.length > 0 &&
			`Accepted (${groups.accepted.length}): ${list(groups.accepted, ([index, answer]) => `item ${index} ${excerpt(answer)}`)}`,
		groups.unknown.length > 0 &&
			`Unknown, may have started (${groups.unknown.length}): ${list(groups.unknown, nameTask(results))}`,
		groups.rejected.length > 0 &&
			`Refused by the portal (${groups.rejected.length}): ${list(groups.rejected, nameTask(results))}`,
		groups.notSent.length > 0 &&
			`Not sent (${groups.notSent.length}): items ${ranges(groups.notSent)}`,
	];
	return lines.filter(Boolean).join('. ');
}

/** An accepted rescan whose answer can't be read says so in its place. */
function describeAnswer(error: TipError): TipAnswer {
	const { message, advice } = explain(error);
	return { error: message, advice };
}

export interface BatchFacts {
	accepted: Array<{ item: number; answer: IDataObject }>;
	unknown: number[];
	rejected: number[];
	notSent: number[];
}

/** The same, complete and for code to read: kept in the context of the error. */
export function batchFacts(results: ReadonlyArray<ItemResult | undefined>): BatchFacts {
	const groups = group(results);
	return {
		accepted: groups.accepted.map(([item, answer]) => ({ item, answer: answer as IDataObject })),
		unknown: groups.unknown,
		rejected: groups.rejected,
		notSent: groups.notSent,
	};
}

function group(results: ReadonlyArray<ItemResult | undefined>) {
	const accepted: Array<[number, TipAnswer]> = [];
	const unknown: number[] = [];
	const rejected: number[] = [];
	const notSent: number[] = [];
	results.forEach((result, index) => {
		if (result === undefined) return notSent.push(index);
		if (result.outcome === 'accepted') return accepted.push([index, result.answer]);
		switch (result.error.outcome) {
			case 'accepted':
				return accepted.push([index, describeAnswer(result.error)]);
			case 'unknown':
				return unknown.push(index);
			case 'rejected':
				return rejected.push(index);
			case 'notSent':
				return notSent.push(index);
		}
	});
	return { accepted, unknown, rejected, notSent };
}

function list<T>(entries: readonly T[], name: (entry: T) => string): string {
	const named = entries.slice(0, MOST_NAMED).map(name).join('; ');
	const rest = entries.length - MOST_NAMED;
	return rest > 0 ? `${named}; and ${rest} more` : named;
}

function nameTask(results: ReadonlyArray<ItemResult | undefined>) {
	return (index: number) => {
		const taskId = results[index]?.taskId;
		return taskId === undefined ? `item ${index}` : `item ${index} (task ${taskId})`;
	};
}

function excerpt(answer: TipAnswer): string {
	const text = JSON.stringify(answer) ?? '';
	return text.length > ANSWER_LENGTH ? `${text.slice(0, ANSWER_LENGTH)}…` : text;
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
