/** What is handed on of an indicator: what it is, and what is known of it. */
export interface Finding {
	kind: 'hash' | 'ip' | 'domain' | 'url';
	/** In the normal form of a lookup: lower case, a web address without its scheme. */
	value: string;
	verdict: 'malicious' | 'suspicious' | 'adware' | 'unknown' | 'clean';
	/** Further hashes of the same file. */
	hashes?: { md5?: string; sha1?: string; sha256?: string };
	categories?: readonly string[];
	/** ISO 8601. */
	firstSeen?: string;
	lastSeen?: string;
	/** Page of the portal. */
	link?: string;
	/** A paragraph in plain text. */
	text?: string;
}

/** Whether something is to be looked for: a finding of harm, not of ignorance or of none. */
export function isHarmful({ verdict }: Finding): boolean {
	return verdict === 'malicious' || verdict === 'suspicious';
}

/** A moment as ISO 8601 in UTC with milliseconds, or undefined when it can't be read. */
export function isoOf(moment: string | undefined): string | undefined {
	const time = moment === undefined ? NaN : Date.parse(moment);
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/**
 * A web address with a scheme, which these formats ask for. The portal keeps addresses without one
 * (tip-api.md 6), so it says nothing of how the address was reached.
 */
export function withScheme(value: string): string {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
}

/** All hashes of a file by name, the one asked for included. */
export function hashesOf({ value, hashes = {} }: Finding): Required<Finding>['hashes'] {
	const asked = { 32: 'md5', 40: 'sha1', 64: 'sha256' }[value.length];
	const all = { ...hashes, ...(asked !== undefined && { [asked]: value }) };
	return Object.fromEntries(Object.entries(all).map(([name, hash]) => [name, hash?.toLowerCase()]));
}
