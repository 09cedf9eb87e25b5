import { readChoices } from '../../tip/tasks/choices';

/** The shape of the portal's lists is unknown; every likely one has to give the same choices. */
describe('readChoices', () => {
	const both = [
		{ value: 'RU', name: 'Russia' },
		{ value: 'de', name: 'Germany' },
	];

	it.each<[string, unknown, unknown]>([
		['texts', ['RU', 'de'], both.map(({ value }) => ({ value, name: value }))],
		[
			'objects with value and name',
			[
				{ value: 'RU', name: 'Russia' },
				{ value: 'de', name: 'Germany' },
			],
			both,
		],
		[
			'objects with id and title',
			[
				{ id: 'RU', title: 'Russia' },
				{ id: 'de', title: 'Germany' },
			],
			both,
		],
		[
			'an object with a list',
			{
				count: 2,
				channels: [
					{ code: 'RU', name: 'Russia' },
					{ code: 'de', name: 'Germany' },
				],
			},
			both,
		],
		[
			'what the client makes of a list',
			{
				data: [
					{ value: 'RU', name: 'Russia' },
					{ value: 'de', name: 'Germany' },
				],
			},
			both,
		],
		['names by value', { RU: 'Russia', de: 'Germany' }, both],
		['objects by value', { RU: { name: 'Russia' }, de: { name: 'Germany' } }, both],
		[
			'lists by region',
			{ Europe: ['RU'], Other: ['de'] },
			both.map(({ value }) => ({ value, name: value })),
		],
		['the same one twice', ['RU', 'RU', ''], [{ value: 'RU', name: 'RU' }]],
		[
			'objects with name and description',
			[
				{ name: 'RU', description: 'Russia' },
				{ name: 'de', description: 'Germany' },
			],
			both,
		],
		['nothing', {}, []],
		['null', null, []],
		['a text', 'RU', []],
	])('%s', (_name, answer, expected) => {
		expect(readChoices(answer)).toEqual(expected);
	});

	it('does not follow an endless nesting', () => {
		let nested: unknown = ['RU'];
		for (let depth = 0; depth < 1000; depth++) nested = { list: nested };
		expect(readChoices(nested)).toEqual([]);
	});
});
