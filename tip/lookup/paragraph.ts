/** Longest piece of the portal's own words, and most of them in one list. */
const LONGEST_WORD = 100;
const MOST_WORDS = 5;

/** What a paragraph tells. */
export interface Found {
	indicator: string;
	kind: 'hash' | 'ip' | 'domain' | 'url';
	known: boolean;
	verdict: string;
	severity: string;
	zone: string | null;
	firstSeen: string | null;
	lastSeen: string | null;
	details: {
		categories: readonly string[];
		detections: readonly string[];
		apt: boolean | null;
		aptReports: ReadonlyArray<{ title: string }>;
	};
}

/**
 * A finding in one paragraph of plain text. The indicator is written so that nobody clicks on it by
 * accident, and nothing of the portal's words can become a link, a mention or markup where the text
 * is shown.
 */
export function paragraph(found: Found): string {
	const { indicator, kind, known, verdict, severity, zone, firstSeen, lastSeen, details } = found;
	const what = { hash: 'File', ip: 'IP address', domain: 'Domain', url: 'Web address' }[kind];
	if (!known) {
		return `${what} ${defanged(indicator, kind)}: Kaspersky TIP knows nothing of it.`;
	}
	const { categories, detections, apt, aptReports } = details;
	const sentences = [
		`${what} ${defanged(indicator, kind)} is ${plain(verdict)} according to Kaspersky TIP (zone ${plain(zone ?? 'unknown')}, severity ${severity}).`,
		listed('Categories', categories.map(asWords)),
		listed('Detections', detections),
		apt === true && 'It is part of an APT report.',
		listed(
			'Reports',
			aptReports.map(({ title }) => title),
		),
		firstSeen !== null && `First seen ${plain(firstSeen)}.`,
		lastSeen !== null && `Last seen ${plain(lastSeen)}.`,
	];
	return sentences.filter(Boolean).join(' ');
}

function listed(name: string, words: readonly string[]): string {
	const shown = words.slice(0, MOST_WORDS).map(plain).filter(Boolean);
	if (shown.length === 0) return '';
	const rest = words.length - MOST_WORDS;
	return `${name}: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

/** `CATEGORY_MALWARE` → `malware`. */
function asWords(category: string): string {
	return category
		.replace(/^CATEGORY_/, '')
		.replaceAll('_', ' ')
		.toLowerCase();
}

/** Without what HTML, Markdown, Slack or a chat would take for more than letters; on one line. */
function plain(text: string): string {
	return text
		.slice(0, LONGEST_WORD)
		.toWellFormed()
		.replace(/[<>&"'`*_~|[\]{}()#@!\\$^=]/g, '')
		.replace(/:\/\//g, ' ')
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim();
}

function defanged(indicator: string, kind: Found['kind']): string {
	if (kind === 'hash') return indicator;
	const host = indicator.length > LONGEST_WORD ? `${indicator.slice(0, LONGEST_WORD)}…` : indicator;
	return host
		.replace(/[<>&"'`*~|\s]/g, '')
		.replaceAll('.', '[.]')
		.replaceAll(':', '[:]');
}
