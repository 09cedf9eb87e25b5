import { explain } from '../../nodes/shared/messages';
import { TipError } from '../../tip/values/error';
import { openEnvelope } from '../../tip/portal/envelope';
import { matches, newestFirst, readPublications } from '../../tip/reports/list';
import {
	masterFileRequest,
	publicationListRequest,
	publicationRequest,
} from '../../tip/reports/requests';
import { requestTarget } from '../../tip/values/request';

function thrownBy(action: () => unknown): TipError {
	try {
		action();
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		return thrown as TipError;
	}
	throw new Error('nothing was thrown');
}

describe('The envelope', () => {
	it.each([
		['an object', { status: 'ok', return_data: { count: 0 } }, { count: 0 }],
		['in capitals', { status: 'OK', status_msg: '', return_data: { a: 1 } }, { a: 1 }],
		['a list', { status: 'ok', return_data: [1] }, { data: [1] }],
	])('gives what is in it: %s', (_name, answer, expected) => {
		expect(openEnvelope(answer, 200)).toEqual(expected);
	});

	it('takes any other status for a refusal, with the portal’s words made plain', () => {
		const error = thrownBy(() =>
			openEnvelope(
				{ status: 'error', status_msg: `No\n\u0000such ${'x'.repeat(600)}`, return_data: {} },
				200,
			),
		);
		expect(error).toMatchObject({
			code: 'portal.refused',
			outcome: 'rejected',
			status: 200,
			errorId: 'error',
			retryable: false,
		});
		const { message, advice } = explain(error);
		expect(message).toBe("The portal refused the request (status 'error')");
		expect(advice).toMatch(/^The portal says: No such x+… Check the fields/);
		expect(advice.length).toBeLessThan(700);
		expect(error.portalDescription).toMatch(/^No such/);
	});

	it.each([[undefined], ['text'], [null], [{}], [{ status: 1 }], [{ status: 'ok' }]])(
		'says so when it is another form: %j',
		(answer) => {
			const error = thrownBy(() => openEnvelope(answer, 200));
			expect(error).toMatchObject({ code: 'portal.unreadable', outcome: 'accepted' });
			expect(explain(error).message).toMatch(/an object of another form.*there is no '/);
		},
	);
});

describe('Requests for reports', () => {
	it('are POSTs that may be repeated, with everything in the query', () => {
		const list = publicationListRequest({ date_start: 1, date_end: 2 });
		expect(list).toMatchObject({ method: 'POST', safe: true, enveloped: true });
		expect(requestTarget(list)).toBe('/api/publications/get_list?date_start=1&date_end=2');
		expect(requestTarget(publicationListRequest())).toBe('/api/publications/get_list');
		expect(requestTarget(publicationRequest(' a/b ', { parts: ['pdf', 'iocs'], lang: 'en' }))).toBe(
			'/api/publications/get_one?publication_id=a%2Fb&include_info=pdf%2Ciocs&lang=en',
		);
		expect(requestTarget(publicationRequest(7))).toBe('/api/publications/get_one?publication_id=7');
		expect(requestTarget(masterFileRequest('ioc', 'apt'))).toBe(
			'/api/publications/get_master_ioc?report_group=apt',
		);
		expect(requestTarget(masterFileRequest('yara', 'all'))).toBe(
			'/api/publications/get_master_yara?report_group=all',
		);
	});

	it.each([
		["'Publication ID' is empty", () => publicationRequest('  ')],
		["'Publication ID' is empty", () => publicationRequest(undefined)],
		["'Publication ID' is an object, not text", () => publicationRequest({})],
		["'Publication ID' has 257 characters", () => publicationRequest('x'.repeat(257))],
		["'Publication ID' holds half of a character", () => publicationRequest('\uD800')],
		[
			"'Include' is 'exe', which is not one of its values",
			() => publicationRequest('a', { parts: ['pdf', 'exe'] }),
		],
		[
			"'Report Group' is 'APT', which is not one of its values",
			() => masterFileRequest('ioc', 'APT'),
		],
	])('are refused: %s', (message, build) => {
		const error = thrownBy(build);
		expect(error).toMatchObject({ kind: 'input', outcome: 'notSent' });
		expect(explain(error).message).toContain(message);
	});
});

describe('The list', () => {
	it('is read as far as it is one', () => {
		expect(readPublications({ count: 3, publications: [{ id: 1 }, null, 'x', [1]] })).toEqual([
			{ id: 1 },
		]);
		expect(readPublications({ count: 0 })).toEqual([]);
		expect(explain(thrownBy(() => readPublications({ count: 1 }))).message).toMatch(/no list/);
		expect(explain(thrownBy(() => readPublications({}))).message).toMatch(/no list/);
	});

	const report = {
		report_group: 'APT',
		tags: ['Ransomware', null],
		tags_industry: 'Finance, Energy',
		tags_geo: ['Norway'],
		tags_actors: ['Lazarus'],
	};
	it.each([
		[{}, true],
		[{ reportGroup: 'apt' }, true],
		[{ reportGroup: 'fin' }, false],
		[{ tags: [] }, true],
		[{ tags: ['ransomware'] }, true],
		[{ tags: ['energy'] }, true],
		[{ tags: ['x', 'NORWAY'] }, true],
		[{ tags: ['lazarus'], reportGroup: 'fin' }, false],
		[{ tags: ['ransom'] }, false],
	])('%j lets the report through: %p', (filter, expected) => {
		expect(matches(report, filter)).toBe(expected);
	});

	it('is put into order, newest first', () => {
		const list = [
			{ id: 'a', updated: 1 },
			{ id: 'x' },
			{ id: 'c', published: 5, updated: '2024-05-01' },
			{ id: 'b', published: 9 },
		];
		expect(newestFirst(list).map(({ id }) => id)).toEqual(['c', 'b', 'a', 'x']);
		expect(list[0]!.id).toBe('a');
	});
});
