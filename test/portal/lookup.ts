import { assumed } from './assumed';

type Kind = 'hash' | 'ip' | 'domain' | 'url';

/** What the portal knows of one indicator, by section. */
export type Sections = Record<string, unknown>;

/** Section names per kind (tip-api.md 6). */
const sectionNames: Record<Kind, readonly string[]> = {
	hash: ['FileGeneralInfo', 'DetectionsInfo', 'FileDownloadedFromUrls', 'FileNames'],
	ip: ['IpGeneralInfo', 'FilesDownloadedFromIp', 'HostedUrls', 'IpWhoIs', 'IpDnsResolutions'],
	domain: ['DomainGeneralInfo', 'DomainDnsResolutions', 'FilesDownloaded', 'FilesAccessed'],
	url: ['UrlGeneralInfo', 'FilesDownloaded', 'FilesAccessed', 'UrlDomainWhoIs'],
};
const commonNames = ['Zone', 'LicenseInfo', 'Industries'];

/** What the portal knows, and what is left of the day's quota. */
export class LookupBook {
	readonly known = new Map<string, Sections>(Object.entries(assumed.lookups.known));
	dayRequests = 0;
	dayQuota = assumed.lookups.dayQuota;

	/** An answer, or the status and description of a refusal. */
	answer(
		kind: Kind,
		indicator: string,
		pairs: ReadonlyArray<readonly [string, string]>,
	): { body: Sections } | { status: number; problem?: string } {
		// "Web address ≤ 2000 characters, else 414" (6).
		if (indicator.length > 2000) return { status: 414 };
		const query = new Map(pairs);
		for (const name of query.keys()) {
			if (!['count', 'sections', 'format'].includes(name)) {
				return { status: 400, problem: `Unknown parameter: ${name}` };
			}
		}
		const count = query.get('count');
		if (count !== undefined && !/^[1-9]\d*$/.test(count)) {
			return { status: 400, problem: 'Parameter count must be a positive number' };
		}
		const asked = query.get('sections')?.split(',') ?? [...commonNames, ...sectionNames[kind]];
		const unknown = asked.find((name) => ![...commonNames, ...sectionNames[kind]].includes(name));
		if (unknown !== undefined) return { status: 400, problem: `Unknown section: ${unknown}` };

		if (assumed.lookups.everyRequestCounts) this.dayRequests++;
		const found = this.known.get(`${kind} ${indicator}`);
		if (found === undefined) return { status: assumed.lookups.statusOfUnknown };
		const { dayRequests: DayRequests, dayQuota: DayQuota } = this;
		const all: Sections = { ...found, LicenseInfo: { DayRequests, DayQuota } };
		return {
			body: Object.fromEntries(
				asked
					.filter((name) => name in all)
					.map((name) => [name, shortened(all[name], Number(count ?? Infinity))]),
			),
		};
	}
}

/** `count`: most records of each group (6). */
function shortened(section: unknown, count: number): unknown {
	return Array.isArray(section) ? section.slice(0, count) : section;
}
