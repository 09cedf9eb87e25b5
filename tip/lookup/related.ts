import type { TipAnswer } from '../values/answer';
import { badInput } from '../values/input';
import { readName, show } from '../values/text';
import type { IndicatorKind } from './indicator';
import { listOf, objectOf, textOf } from './read';

/** Sections that are lists of things related to an indicator (tip-api.md 6 and 6.1). */
export const RELATED_SECTIONS: Record<IndicatorKind, readonly string[]> = {
	hash: [
		'DetectionsInfo',
		'FileAccessedUrls',
		'FileCertificates',
		'FileDownloadedBy',
		'FileDownloadedFromUrls',
		'FileDownloadedObjects',
		'FileNames',
		'FilePaths',
		'FileStartedBy',
		'FileStartedObjects',
	],
	ip: ['FilesDownloadedFromIp', 'HostedUrls', 'IpDnsResolutions'],
	domain: ['DomainDnsResolutions', 'FilesAccessed', 'FilesDownloaded'],
	url: ['FilesAccessed', 'FilesDownloaded'],
};

/** All of them, once each. */
export const ALL_RELATED_SECTIONS = [...new Set(Object.values(RELATED_SECTIONS).flat())].sort();

/** What a row is about: the first of these fields that it has, and what kind of thing it holds. */
const SUBJECTS: ReadonlyArray<readonly [field: string, kind: string]> = [
	['Md5', 'hash'],
	['Url', 'url'],
	['Ip', 'ip'],
	['Domain', 'domain'],
	['FileName', 'fileName'],
	['Path', 'path'],
	['DetectionName', 'detection'],
	['SerialNumber', 'certificate'],
];
const LAST_DATES = ['LastSeen', 'LastDownloadDate', 'LastStartDate', 'LastDetectDate'];

const LONGEST_NAME = 100;

/** One thing related to an indicator. */
export interface Related {
	[field: string]: unknown;
	/** The hash, address or name; null where a row has none that is known. */
	value: string | null;
	valueKind: string | null;
	zone: string | null;
	firstSeen: string | null;
	lastSeen: string | null;
	/** The row as the portal gave it. */
	details: Record<string, unknown>;
}

export type RelatedReason = 'sectionOfAnotherKind';

/**
 * The name of a section of related things. One that is not known is taken as it is: the portal's own
 * documentation lists more.
 *
 * @throws TipError `input` when it belongs to another kind of indicator, or is no name
 */
export function readRelatedSection(value: unknown, kind: IndicatorKind): string {
	const section = readName(value, 'section', LONGEST_NAME);
	const own = RELATED_SECTIONS[kind];
	if (!/^[A-Za-z][A-Za-z0-9]*$/.test(section)) {
		throw badInput('section', 'notOneOf', { found: show(section), allowed: own });
	}
	if (ALL_RELATED_SECTIONS.includes(section) && !own.includes(section)) {
		const facts = { found: show(section), kind, allowed: own };
		throw badInput<RelatedReason>('section', 'sectionOfAnotherKind', facts);
	}
	return section;
}

/** The rows of a section; none when the portal has none. */
export function relatedIn(answer: TipAnswer, section: string): Related[] {
	return listOf(answer[section]).flatMap((entry) => {
		const row = objectOf(entry);
		return row === undefined ? [] : [relatedOf(row)];
	});
}

function relatedOf(row: Record<string, unknown>): Related {
	const [field, kind] = SUBJECTS.find(([name]) => textOf(row[name]) !== undefined) ?? [];
	const value = field === undefined ? undefined : textOf(row[field]);
	const last = LAST_DATES.map((name) => textOf(row[name])).find((date) => date !== undefined);
	return {
		value: (kind === 'hash' ? value?.toLowerCase() : value) ?? null,
		valueKind: kind ?? null,
		zone: textOf(row.Zone) ?? null,
		firstSeen: textOf(row.FirstSeen) ?? null,
		lastSeen: last ?? null,
		details: row,
	};
}
