import { badInput } from '../values/input';
import { show } from '../values/text';
import type { IndicatorKind } from './indicator';

/** The part of an answer that describes the indicator itself. */
export const GENERAL_SECTION: Record<IndicatorKind, string> = {
	hash: 'FileGeneralInfo',
	ip: 'IpGeneralInfo',
	domain: 'DomainGeneralInfo',
	url: 'UrlGeneralInfo',
};

/** Sections that every kind has. */
export const COMMON_SECTIONS = ['Industries', 'LicenseInfo', 'Zone'] as const;

/**
 * The confirmed section names of each kind (tip-api.md 6 and 6.1). The portal's own documentation lists
 * more, which this project has not seen: a name from an expression is passed through.
 */
export const SECTIONS: Record<IndicatorKind, readonly string[]> = {
	hash: [
		...COMMON_SECTIONS,
		'DetectionsInfo',
		'FileAccessedUrls',
		'FileCertificates',
		'FileDownloadedBy',
		'FileDownloadedFromUrls',
		'FileDownloadedObjects',
		'FileGeneralInfo',
		'FileNames',
		'FilePaths',
		'FileStartedBy',
		'FileStartedObjects',
	],
	ip: [
		...COMMON_SECTIONS,
		'FilesDownloadedFromIp',
		'HostedUrls',
		'IpDnsResolutions',
		'IpGeneralInfo',
		'IpWhoIs',
	],
	domain: [
		...COMMON_SECTIONS,
		'DomainDnsResolutions',
		'DomainGeneralInfo',
		'DomainWhoIsInfo',
		'FilesAccessed',
		'FilesDownloaded',
	],
	url: [...COMMON_SECTIONS, 'FilesAccessed', 'FilesDownloaded', 'UrlDomainWhoIs', 'UrlGeneralInfo'],
};

/** What a summary is made of. */
export function summarySections(kind: IndicatorKind): string[] {
	const sections = ['Zone', 'LicenseInfo', GENERAL_SECTION[kind]];
	return kind === 'hash' ? [...sections, 'DetectionsInfo'] : sections;
}

export type SectionReason = 'noSectionName';

/**
 * Section names as a user chose them: a list, or a text with commas from an expression.
 *
 * @throws TipError `input` with a {@link SectionReason}
 */
export function readSections(value: unknown): string[] {
	if (value === undefined || value === null || value === '') return [];
	const names = (Array.isArray(value) ? (value as unknown[]) : String(value).split(',')).map(
		(name) => (typeof name === 'string' ? name.trim() : name),
	);
	for (const name of names) {
		if (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9]*$/.test(name)) continue;
		throw badInput<SectionReason>('sections', 'noSectionName', { found: show(name) });
	}
	return [...new Set(names as string[])];
}
