import type { TipAnswer } from '../values/answer';
import { NOTHING_KNOWN } from './answer';
import type { Indicator } from './indicator';
import { quotaOf } from './quota';
import { listOf, numberOf, objectOf, plainOf, textOf, textsIn } from './read';
import { GENERAL_SECTION } from './sections';
import { paragraph } from './paragraph';
import { severityOf, zoneOf, type Severity, type Verdict } from './zones';

/** What the portal knows of an indicator, in a form that is the same for every kind. */
export interface Summary {
	[field: string]: unknown;
	indicator: string;
	kind: Indicator['kind'];
	/** `MD5`, `SHA-1` or `SHA-256`; null for other kinds. */
	hashType: string | null;
	/** Whether the portal knows anything of it. */
	known: boolean;
	/** One of {@link Verdict}, or the user's own word for the zone. */
	verdict: string;
	severity: Severity;
	zone: string | null;
	/** As the portal gives it, in UTC. */
	firstSeen: string | null;
	lastSeen: string | null;
	/** The portal's page about the indicator. */
	link: string;
	/** One paragraph of plain text, for a ticket or a chat. */
	text: string;
	details: Details;
}

export interface Details {
	[field: string]: unknown;
	/** From 0 (clean) to 100 (malicious); null without a zone. */
	score: number | null;
	categories: string[];
	detections: string[];
	/** Null when the portal does not say. */
	hits: number | null;
	apt: boolean | null;
	aptReports: Array<{ id: string; title: string }>;
	/** Requests of the day, this one included or not as the portal counts; null when it does not say. */
	quotaUsed: number | null;
	quotaLeft: number | null;
	/** Further sections that were asked for, as they are. */
	sections?: Record<string, unknown>;
}

/** What the user wants a zone to be called. */
export type ZoneWords = Readonly<Record<string, { verdict?: string; severity?: Severity }>>;

export interface SummaryOptions {
	/** Scheme, host and port of the portal, for the link. */
	origin: string;
	/** The page about the indicator, where it is not the one of the portal's paid side. */
	linkOf?: (origin: string, indicator: Indicator) => string;
	/** Sections the user asked for, passed on under `details.sections`. */
	further?: readonly string[];
	/** By the name of the zone. */
	words?: ZoneWords;
}

/** Of the general section, what is passed on when it is there, under a name of its own. */
const OPTIONAL_FIELDS = {
	md5: 'Md5',
	sha1: 'Sha1',
	sha256: 'Sha256',
	fileType: 'Type',
	fileSize: 'Size',
	fileStatus: 'FileStatus',
	signer: 'Signer',
	packer: 'Packer',
	country: 'CountryCode',
	threatScore: 'ThreatScore',
	status: 'Status',
	ipv4Count: 'Ipv4Count',
	filesCount: 'FilesCount',
	urlsCount: 'UrlsCount',
} as const;

const HASH_TYPES: Record<number, string> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256' };

/**
 * The answer of a lookup in brief. What the portal does not say is null, an empty list or left out;
 * nothing is made up.
 */
export function summarise(
	indicator: Indicator,
	answer: TipAnswer,
	{ origin, linkOf, further = [], words = {} }: SummaryOptions,
): Summary {
	const { kind, value } = indicator;
	const general = objectOf(answer[GENERAL_SECTION[kind]]);
	const spelt = textOf(answer.Zone)?.trim();
	const meaning = zoneOf(spelt);
	const own = words[meaning?.zone ?? 'Grey'];
	const details = detailsOf(answer, general, meaning?.score, further);
	const known = answer !== NOTHING_KNOWN;
	const found = {
		indicator: value,
		kind,
		hashType: kind === 'hash' ? (HASH_TYPES[value.length] ?? null) : null,
		known,
		verdict: own?.verdict ?? meaning?.verdict ?? 'unknown',
		severity: own?.severity ?? severityOf(meaning, numberOf(general?.ThreatScore)),
		zone: meaning?.zone ?? spelt ?? null,
		firstSeen: textOf(general?.FirstSeen) ?? null,
		lastSeen: textOf(general?.LastSeen) ?? null,
		link: linkOf?.(origin, indicator) ?? linkTo(origin, value),
	};
	return { ...found, text: paragraph({ ...found, details }), details };
}

/** What the zone means by itself, whatever the user calls it. */
export function verdictOf(answer: TipAnswer): Verdict {
	return zoneOf(textOf(answer.Zone))?.verdict ?? 'unknown';
}

/** The portal's page about an indicator (tip-api.md 6). */
export function linkTo(origin: string, value: string): string {
	return `${origin}/search?searchString=${encodeURIComponent(value)}`;
}

function detailsOf(
	answer: TipAnswer,
	general: Record<string, unknown> | undefined,
	score: number | undefined,
	further: readonly string[],
): Details {
	const { used, left } = quotaOf(answer);
	const sections = Object.fromEntries(
		further.filter((name) => name in answer).map((name) => [name, answer[name]]),
	);
	return {
		score: score ?? null,
		categories: categoriesOf(general),
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
		...optionalFields(general),
		quotaUsed: used ?? null,
		quotaLeft: left ?? null,
		...(Object.keys(sections).length > 0 && { sections }),
	};
}

/** By name; where only the list with zones is there, by the names in it (opentip-api.md 3.5). */
function categoriesOf(general: Record<string, unknown> | undefined): string[] {
	const plain = textsIn(general?.Categories);
	if (plain.length > 0) return plain;
	return listOf(general?.CategoriesWithZone).flatMap(
		(entry) => textOf(objectOf(entry)?.Name) ?? [],
	);
}

function optionalFields(general: Record<string, unknown> | undefined): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(OPTIONAL_FIELDS).flatMap(([name, field]) => {
			const found = general?.[field];
			if (typeof found !== 'string' && typeof found !== 'number') return [];
			const isHash = ['md5', 'sha1', 'sha256'].includes(name);
			return [[name, isHash ? String(found).toLowerCase() : found]];
		}),
	);
}
