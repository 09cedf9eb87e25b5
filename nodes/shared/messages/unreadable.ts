import type { Facts, TipError } from '../../../tip/values/error';
import { itSays, pathOf } from './said';
import type { Sentence } from './sentence';
import { whenUnknown } from './whenUnknown';

/** What came, by what the reader found it to be. */
const FOUND: Readonly<Record<string, string>> = {
	binary: 'data that are not text',
	brokenJson: 'JSON that is damaged or cut off',
	empty: 'nothing',
	list: 'a list',
	object: 'an object of another form',
	page: 'a web page',
	refusal: 'a refusal',
	text: 'plain text',
	tooDeep: 'JSON that is nested too deeply',
	tooManyValues: 'more values than are taken',
	value: 'a single value',
	xml: 'XML',
};

/** What a question is asked for. */
const WANTED: Readonly<Record<string, string>> = {
	choices: 'a list of choices',
	fileResult: 'what is known of a file',
	lookup: 'what a lookup gives',
	masterFile: 'a master file',
	report: 'a report',
	reports: 'a list of reports',
	upload: 'what is known of a file',
};

/** A 2xx whose content can't be read: a question has no answer then, and an order may have been taken. */
export function unreadable(facts: Facts, error: TipError): Sentence {
	const { about, host, found, lack, begins, title } = facts;
	const named = FOUND[String(found)] ?? 'something that can not be read';
	const what = title === undefined ? named : `${named} ('${title}')`;
	const beginning = begins === undefined ? '' : `The answer begins: ${begins}`;
	if (about === 'rescan' || about === 'delete') {
		return [
			`The portal answered ${error.status}, but with ${what}, so its answer can't be read`,
			[
				itSays(error),
				`The request may have been accepted; do not send it again before you have looked the task up in the portal.${found === 'page' ? ` If it is not there, a gateway on the way, or another server under 'Base URL', answered in the place of ${host}.` : ''}`,
				beginning,
			]
				.filter(Boolean)
				.join(' '),
		];
	}
	if (about === 'upload') {
		return [
			`OpenTIP answered ${error.status} to the file, but with ${what}, so its answer can't be read`,
			[itSays(error), whenUnknown(facts), beginning].filter(Boolean).join(' '),
		];
	}
	const wanted = WANTED[String(about)] ?? 'an answer';
	return [
		`${host ?? 'The portal'} answered ${error.status ?? '2xx'} with ${what}, not with ${wanted}${lack === undefined ? '' : ` (there is ${lack} in it)`}`,
		[
			itSays(error),
			`Check 'Base URL' in the credential, and any gateway on the way that may answer in the portal's place.${pathOf(facts)} If both are right, the portal has changed: look for a newer version of this node.`,
			beginning,
		]
			.filter(Boolean)
			.join(' '),
	];
}
