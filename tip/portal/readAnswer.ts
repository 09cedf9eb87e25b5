import type { ExchangeAnswer } from '../connection/exchange';
import type { TipAnswer } from '../values/answer';
import type { TipError } from '../values/error';
import type { TipRequest } from '../values/request';
import { openEnvelope } from './envelope';
import { portalFault } from './faults';
import { answerLimit } from './limits';
import { parseJson, TooMuchJson } from './parseJson';
import { authorOf, readRefusal, shownPortalText } from './portalText';
import type { Circumstances } from './refusals';

/** Longest piece of an unreadable answer shown in a message, in characters. */
const EXCERPT_LENGTH = 120;
/** Longest plain text taken for the answer to an order, in characters. */
const SHORT_TEXT_LENGTH = 1000;
/** Where a page has its title, in characters. */
const PAGE_HEAD_LENGTH = 16 * 1024;
/** Of an answer that is no JSON, as much is decoded, in bytes. */
const HEAD_LENGTH = 128 * 1024;

/** What can't be read as an answer; the catalogue has a word for each. */
export type Unreadable =
	| 'binary'
	| 'brokenJson'
	| 'empty'
	| 'list'
	| 'object'
	| 'page'
	| 'refusal'
	| 'text'
	| 'tooDeep'
	| 'tooManyValues'
	| 'value'
	| 'xml';

/**
 * Reads the body of a 2xx answer.
 *
 * A question has an answer only when what came is JSON of the form that the request says
 * ({@link TipRequest.isAnswer}), or is in the envelope it has to come in. The answer to an order (a
 * rescan, a deletion) is in no source (tip-api.md 3.6), so it is passed through: an object as it is, a
 * list or a short text under `data`, an empty body as `{ success, task_id }`.
 *
 * @throws TipError `portal`, outcome `accepted`, for everything else, a page of a gateway for one;
 * `rejected` when the envelope holds a refusal
 */
export async function readAnswer(
	answer: ExchangeAnswer,
	request: TipRequest,
	around: Circumstances,
): Promise<TipAnswer> {
	const json = withoutMark(answer.body);
	const head = json.toString('utf8', 0, HEAD_LENGTH);
	const refuse = (found: Unreadable) => unreadableAnswer(found, head, answer, request, around);
	const isOrder = request.about === 'rescan' || request.about === 'delete';
	if (head.trim() === '' && json.length <= HEAD_LENGTH) {
		if (!isOrder) throw refuse('empty');
		return {
			success: true,
			...(request.taskId !== undefined && { task_id: request.taskId }),
		};
	}
	const parsed = await parse(json, request, around);
	if (parsed instanceof TooMuchJson) throw refuse(parsed.what);
	if (parsed === undefined) {
		const found = kindOfText(head, String(answer.headers['content-type'] ?? ''));
		if (isOrder && found === 'text' && head.length <= SHORT_TEXT_LENGTH) {
			return { data: around.answerMask.value(head) };
		}
		throw refuse(found);
	}
	const { value } = parsed;
	const found = kindOfValue(value, answer.body);
	if (isOrder ? !isOrdersAnswer(value, found) : !isQuestionsAnswer(value, found, request)) {
		throw refuse(found);
	}
	if (request.enveloped === true) {
		const facts = { about: request.about, host: around.host, basePath: around.pathPrefix };
		const opened = openEnvelope(value, answer.status, facts, around.mask);
		if (request.isAnswer?.(opened) === false) throw refuse('object');
		return opened;
	}
	return found === 'object' || found === 'refusal' ? (value as TipAnswer) : { data: value };
}

/** An object or a list; a text or a number, which may be an ID. */
function isOrdersAnswer(value: unknown, found: Unreadable): boolean {
	if (found === 'value') return typeof value === 'string' || typeof value === 'number';
	return found !== 'refusal';
}

function isQuestionsAnswer(value: unknown, found: Unreadable, request: TipRequest): boolean {
	// An envelope has a refusal of its own, and is opened by its own rules.
	if (request.enveloped === true) return found === 'object';
	return request.isAnswer?.(value) ?? found !== 'refusal';
}

/** Parses and masks; undefined when it is no JSON. */
async function parse(
	json: Buffer,
	{ about }: TipRequest,
	{ answerMask: mask }: Circumstances,
): Promise<{ value: unknown } | TooMuchJson | undefined> {
	try {
		return { value: await parseJson(json, { maxValues: answerLimit(about).values, mask }) };
	} catch (thrown) {
		if (thrown instanceof TooMuchJson) return thrown;
		if (thrown instanceof SyntaxError) return undefined;
		throw thrown;
	}
}

/** Without the mark of UTF-8 that some put in front. */
function withoutMark(body: Buffer): Buffer {
	return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

function kindOfText(text: string, contentType: string): Unreadable {
	const head = text.slice(0, PAGE_HEAD_LENGTH);
	if (/\bx?html\b/i.test(contentType) || /^\s*<(?:!doctype|html|head|body)\b/i.test(head)) {
		return 'page';
	}
	if (/^\s*</.test(head)) return /<html\b/i.test(head) ? 'page' : 'xml';
	if (/\bjson\b/i.test(contentType) || /^\s*[[{]/.test(head)) return 'brokenJson';
	return /[\uFFFD\0-\x08\x0E-\x1F]/.test(head) ? 'binary' : 'text';
}

function kindOfValue(value: unknown, body: Buffer): Unreadable {
	if (Array.isArray(value)) return 'list';
	if (value === null || typeof value !== 'object') return 'value';
	return isRefusal(value) && authorOf(body) === 'portal' ? 'refusal' : 'object';
}

/** Words of a refusal, and nothing beside them that names what was started. */
function isRefusal(value: object): boolean {
	const { error, description } = value as Record<string, unknown>;
	const words = [error, description].filter((word) => typeof word === 'string' && word !== '');
	return words.length > 0 && !Object.keys(value).some((key) => /id$/i.test(key));
}

function unreadableAnswer(
	found: Unreadable,
	text: string,
	{ status, body }: ExchangeAnswer,
	{ about, safe }: TipRequest,
	{ host, pathPrefix = '', mask }: Circumstances,
): TipError {
	const said = found === 'refusal' ? readRefusal(body, mask) : {};
	return portalFault('portal.unreadable', {
		status,
		...(said.errorId !== undefined && { errorId: said.errorId }),
		...(said.description !== undefined && { portalDescription: said.description }),
		facts: {
			about,
			safe,
			host,
			basePath: pathPrefix,
			found,
			...(['brokenJson', 'list', 'object', 'text', 'xml'].includes(found) && {
				begins: shownPortalText(text, mask, { length: EXCERPT_LENGTH }),
			}),
			...(found === 'page' && { title: titleOf(text, mask) }),
		},
	});
}

/** What a page calls itself: often the name of the device that answered. */
function titleOf(page: string, mask: Circumstances['mask']): string | undefined {
	const title = /<title[^>]{0,100}>([^<]{1,200})/i.exec(page.slice(0, PAGE_HEAD_LENGTH))?.[1];
	return title === undefined ? undefined : shownPortalText(title, mask) || undefined;
}

/** Once an answer has come, nothing that goes wrong may look like a request that was not sent. */
export function answerDefect(status: number, { about, safe }: TipRequest): TipError {
	const accepted = status >= 200 && status < 300;
	return portalFault('portal.unreadable', {
		status,
		outcome: accepted ? 'accepted' : 'unknown',
		facts: { about, safe },
	});
}
