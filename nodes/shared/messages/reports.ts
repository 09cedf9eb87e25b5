import type { MomentReason } from '../../../tip/reports/moment';
import type { FileFlaw, REPORT_CODES } from '../../../tip/reports/faults';
import type { Facts } from '../../../tip/values/error';
import type { GeneralReason } from '../../../tip/values/input';
import type { FieldWording, Wordings } from './sentence';

const AS_DATE = 'Give it as in 2026-05-31 or 2026-05-31T08:00:00Z';

/** What can be wrong with a date. */
export const REPORT_REASONS: Readonly<Record<Exclude<MomentReason, GeneralReason>, FieldWording>> =
	{
		before1970: (label, { found }) => [
			`'${label}' is ${found}, a date before 1970`,
			'Programs write such a date where they have none. Leave the field out for reports of any date.',
		],
		datesSwapped: (_label, { found, end }) => [
			`'After' (${found}) is later than 'Before' (${end})`,
			'Swap the two dates.',
		],
		noDate: (label, { found }) => [
			`'${label}' is ${found}, which is not a date`,
			`${AS_DATE}, or as the number of seconds since 1970.`,
		],
		noMoment: (label, { found, asSeconds, ...readings }) => [
			`'${label}' is ${found}: a number is seconds since 1970, and this one is ${asSeconds}`,
			[...readingsOf(readings), `${AS_DATE}.`].join(' '),
		],
	};

const UNITS = {
	asSerialDate: 'the serial date of a spreadsheet',
	asMilliseconds: 'milliseconds',
	asMicroseconds: 'microseconds',
	asDigits: 'a date without separators',
};

function readingsOf(facts: Facts): string[] {
	return Object.entries(UNITS).flatMap(([name, unit]) =>
		facts[name] === undefined ? [] : [`As ${unit} it would be ${facts[name]}.`],
	);
}

const FLAWS: Readonly<Record<FileFlaw, string>> = {
	damaged: 'its gzip is damaged or cut off',
	missing: 'it is not in the answer',
	noDates: "it is OpenIOC, which says no date of detection, and 'Detected Since' asks for one",
	notBase64: 'it is not base64',
	notGzip: 'it is not gzip',
	notMasterIoc:
		'it is neither OpenIOC nor CSV of five columns (ID, publication, indicator, date, type), or not all of it is there',
	notOpenIoc: 'it is not OpenIOC, or not all of it is there',
};

/** The words for what the room of reports throws. */
export const REPORT_WORDINGS: Wordings<typeof REPORT_CODES> = {
	'portal.brokenFile': ({ file, why }) => [
		`${fileCalled(file)} from the portal can't be read: ${FLAWS[why as FileFlaw] ?? why}`,
		why === 'noDates'
			? "Leave 'Detected Since' out."
			: `Run it again.${file === 'master_ioc' ? " With 'Output' File you get it as it is." : ''} If it stays so, ask your Kaspersky Technical Account Manager.`,
	],
	'portal.tooManyIndicators': ({ most }) => [
		`The Master IOC file has more than ${Number(most).toLocaleString('en')} indicators that match`,
		"Choose fewer under 'Filter Results', set a 'Limit', or get them as a file with 'Output' File.",
	],
	'portal.fileTooLarge': ({ file, mebibytes }) => [
		`${fileCalled(file)} from the portal is larger than ${mebibytes} MiB when unpacked, and is not taken`,
		'For a master file, choose one report group. Otherwise download it in the portal.',
	],
};

/** By the name of its field in the portal's answer. */
function fileCalled(file: unknown): string {
	if (file === 'master_ioc') return 'The Master IOC file';
	return file === 'master_yara' ? 'The Master YARA file' : `The file '${String(file)}'`;
}
