import { explain } from '../../nodes/shared/messages';
import { readChoices } from '../../tip/tasks/choices';
import type { TipError } from '../../tip/values/error';

const valuesAndNames = (answer: unknown, list: 'channels' | 'environments' = 'channels') =>
	readChoices(answer, list).map(({ value, name }) => ({ value, name }));

const both = [
	{ value: 'RU', name: 'Russia' },
	{ value: 'de', name: 'Germany' },
];

describe('A list of choices', () => {
	it('is read as Research Sandbox gives its channels: by name, and only what is available', () => {
		const answer = [
			{ ID: 0, Name: 'Tarpit', Available: true },
			{ ID: 1, Name: 'DigitalNetwork', Available: false },
		];
		expect(readChoices(answer, 'channels')).toEqual([
			{ value: 'Tarpit', name: 'Tarpit', fields: answer[0] },
		]);
	});

	it('is read as Research Sandbox gives its environments: by id, with the name to show', () => {
		const answer = [
			{
				id: 'Win10_x64',
				name: 'Windows 10 x64',
				os_family: 'Windows',
				product_activations: [{ product: 'Office', activated: true }],
				default: true,
			},
		];
		expect(readChoices(answer, 'environments')).toEqual([
			{ value: 'Win10_x64', name: 'Windows 10 x64', fields: answer[0] },
		]);
	});

	it.each<[string, unknown, unknown]>([
		['texts', ['RU', 'de'], both.map(({ value }) => ({ value, name: value }))],
		['value and name', both, both],
		['VALUE and NAME', both.map(({ value, name }) => ({ VALUE: value, NAME: name })), both],
		['id and title', both.map(({ value, name }) => ({ id: value, title: name })), both],
		[
			'name and description',
			both.map(({ value, name }) => ({ name: value, description: name })),
			both,
		],
		['a blank value before a name', [{ value: ' ', name: 'RU' }], [{ value: 'RU', name: 'RU' }]],
		['a number before a name', [{ value: 7, name: 'RU' }], [{ value: 'RU', name: 'RU' }]],
		['an object with one list', { count: 2, channels: both }, both],
		['what the client makes of a list', { data: both }, both],
		['the same one twice', ['RU', 'RU'], [{ value: 'RU', name: 'RU' }]],
		[
			'what is available, in other words',
			['false', 'No', 0, 'true', null].map((available, index) => ({
				name: `n${index}`,
				available,
			})),
			['n3', 'n4'].map((name) => ({ value: name, name })),
		],
		['an empty list', [], []],
	])('is read as %s', (_name, answer, expected) => {
		expect(valuesAndNames(answer)).toEqual(expected);
	});

	it.each<[string, unknown]>([
		['names by value', { RU: 'Russia', de: 'Germany' }],
		['objects by value', { RU: { name: 'Russia' } }],
		['lists by region', { Europe: ['RU'], Other: ['de'] }],
		['a list under an unknown key', { errors: ['quota'] }],
		['a refusal', { error: 'invalid-params', description: 'x' }],
		['numbers', [1, 2]],
		['an empty name', ['']],
		['a blank name', [' ']],
		['nothing in a list', [null]],
		['a list of something else', { environments: ['RU'] }],
		['two known lists', { channels: ['RU'], items: ['RU'] }],
		['lists in a list', [['RU']]],
		['objects without a value', [{ foo: 'RU' }]],
		['nothing', {}],
		['null', null],
		['undefined', undefined],
		['a text', 'RU'],
	])('is not guessed from %s', (_name, answer) => {
		let refusal: TipError | undefined;
		try {
			readChoices(answer, 'channels');
		} catch (thrown) {
			refusal = thrown as TipError;
		}
		expect(refusal).toMatchObject({ code: 'portal.choicesForm', outcome: 'accepted' });
		expect(explain(refusal!).message).toMatch(/form this node can't read/);
	});
});
