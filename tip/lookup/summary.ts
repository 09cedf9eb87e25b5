import type { TipAnswer } from '../values/answer';
import type { Indicator } from './indicator';
import { GENERAL_SECTION } from './sections';

export type Verdict = 'malicious' | 'suspicious' | 'adware' | 'unknown' | 'clean';

/** What the portal knows of an indicator, in a form that is the same for every kind. */
export interface Summary {
	[field: string]: unknown;
	indicator: string;
	kind: Indicator['kind'];
	/** Whether the portal knows anything of it. */
	known: boolean;
	verdict: Verdict;
	/** From 0 (clean) to 100 (malicious), as other tools read the zones; null without a zone. */
	score: number | null;
	zone: string | null;
	categories: string[];
	detections: string[];
	/** Null when the portal does not say. */
	hits: number | null;
	apt: boolean | null;
	aptReports: Array<{ id: string; title: string }>;
	/** Requests of the day, this one included or not as the portal counts; null when it does not say. */
	quotaUsed: number | null;
	quotaLeft: number | null;
}

/**
 * The zones and what they mean (tip-api.md 8), with the score the enrichment connector of OpenCTI
 * gives them (G1). Zones are compared without case, Grey is also spelt Gray.
 */
const ZONES: Record<string, { zone: string; verdict: Verdict; score: number }> = {
	red: { zone: 'Red', verdict: 'malicious', score: 100 },
	orange: { zone: 'Orange', verdict: 'suspicious', score: 80 },
	yellow: { zone: 'Yellow', verdict: 'adware', score: 60 },
	grey: { zone: 'Grey', verdict: 'unknown', score: 20 },
	gray: { zone: 'Grey', verdict: 'unknown', score: 20 },
	green: { zone: 'Green', verdict: 'clean', score: 0 },
};

/** Of `…GeneralInfo`, what is passed on under a name of its own when it is there. */
const OPTIONAL_FIELDS = {
	firstSeen: 'FirstSeen',
	lastSeen: 'LastSeen',
	md5: 'Md5',
	sha1: 'Sha1',
	sha256: 'Sha256',
	country: 'CountryCode',
	threatScore: 'ThreatScore',
} as const;

/** Stands for the portal's "nothing found", which is an answer too. Known by its identity. */
export const NOTHING_KNOWN: TipAnswer = Object.freeze({ known: false });

/**
 * The answer of a lookup in brief. What the portal does not say is null, an empty list or left out;
 * nothing is made up.
 *
 * @param further sections the user asked for, passed on as they are under `sections`
 */
export function summarise(
	{ kind, value }: Indicator,
	answer: TipAnswer,
	further: readonly string[] = [],
): Summary {
	const general = objectOf(answer[GENERAL_SECTION[kind]]);
	const spelt = textOf(answer.Zone)?.trim();
	const zone = spelt === undefined ? undefined : ZONES[spelt.toLowerCase()];
	const { used, left } = quotaOf(answer);
	const extra = Object.fromEntries(
		further.filter((name) => name in answer).map((name) => [name, answer[name]]),
	);
	return {
		indicator: value,
		kind,
		known: spelt !== undefined || general !== undefined,
		verdict: zone?.verdict ?? 'unknown',
		score: zone?.score ?? null,
		zone: zone?.zone ?? spelt ?? null,
		categories: textsIn(general?.Categories),
		detections: [
			...new Set(
				listOf(answer.DetectionsInfo).flatMap(
					(detection) => textOf(objectOf(detection)?.DetectionName) ?? [],
				),
			),
		],
		hits: numberOf(general?.HitsCount) ?? null,
		apt: typeof general?.HasApt === 'boolean' ? general.HasApt : null,
		aptReports: listOf(general?.RelatedAptReports).flatMap((report) => {
			const { Id, Title } = objectOf(report) ?? {};
			return Id === undefined && Title === undefined
				? []
				: [{ id: plainOf(Id) ?? '', title: plainOf(Title) ?? '' }];
		}),
		...Object.fromEntries(
			Object.entries(OPTIONAL_FIELDS).flatMap(([name, field]) => {
				const found = general?.[field];
				return typeof found === 'string' || typeof found === 'number' ? [[name, found]] : [];
			}),
		),
		quotaUsed: used ?? null,
		quotaLeft: left ?? null,
		...(Object.keys(extra).length > 0 && { sections: extra }),
	};
}

/** `LicenseInfo` (tip-api.md 6): requests made today, and how many are left. */
export function quotaOf(answer: TipAnswer): { used?: number; left?: number } {
	const license = objectOf(answer.LicenseInfo);
	const used = numberOf(license?.DayRequests);
	const quota = numberOf(license?.DayQuota);
	const left = used === undefined || quota === undefined ? undefined : Math.max(0, quota - used);
	return { used, left };
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
	return value !== null && typeof value === 'object' && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined;
}

function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function textsIn(value: unknown): string[] {
	return listOf(value).filter((entry): entry is string => typeof entry === 'string');
}

/** A text, or a number as one: the form of a report's ID is not confirmed. */
function plainOf(value: unknown): string | undefined {
	return typeof value === 'number' ? String(value) : textOf(value);
}

function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
