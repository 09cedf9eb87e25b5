export type Verdict = 'malicious' | 'suspicious' | 'adware' | 'unknown' | 'clean';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface ZoneMeaning {
	zone: string;
	verdict: Verdict;
	/** From 0 to 100, as the enrichment connector of OpenCTI gives them (tip-api.md 13, G1). */
	score: number;
	severity: Severity;
}

/** The zones and what they mean (tip-api.md 8), worst first. */
export const ZONES: readonly ZoneMeaning[] = [
	{ zone: 'Red', verdict: 'malicious', score: 100, severity: 'critical' },
	{ zone: 'Orange', verdict: 'suspicious', score: 80, severity: 'high' },
	{ zone: 'Yellow', verdict: 'adware', score: 60, severity: 'medium' },
	{ zone: 'Grey', verdict: 'unknown', score: 20, severity: 'low' },
	{ zone: 'Green', verdict: 'clean', score: 0, severity: 'info' },
];

/** A zone by its name, in any case; Grey is also spelt Gray (tip-api.md 8). */
export function zoneOf(name: string | undefined): ZoneMeaning | undefined {
	const wanted = name?.trim().toLowerCase().replace('gray', 'grey');
	return ZONES.find(({ zone }) => zone.toLowerCase() === wanted);
}

/** The vendor's bands of an IP's threat score: 75 and more dangerous, 50 to 74 not trusted (tip-api.md 6). */
function severityOfScore(threatScore: number | undefined): Severity {
	if (threatScore === undefined || threatScore < 50) return 'info';
	return threatScore < 75 ? 'high' : 'critical';
}

/** How urgent a finding is: the zone's severity or that of the IP's threat score, whichever is higher. */
export function severityOf(meaning: ZoneMeaning | undefined, threatScore?: number): Severity {
	const byZone = meaning?.severity ?? 'low';
	const byScore = severityOfScore(threatScore);
	return SEVERITIES.indexOf(byScore) > SEVERITIES.indexOf(byZone) ? byScore : byZone;
}
