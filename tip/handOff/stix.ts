import { isIPv6 } from 'node:net';
import { v5 as uuidOf } from 'uuid';
import { hashesOf, isoOf, withScheme, type Finding } from './finding';

/** Namespace of the identifiers of observables (STIX 2.1, section 2.9). */
const OBSERVABLE_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** Namespace of this package's own identifiers: the same finding has the same one. */
const OWN_NAMESPACE = 'f2c6a5a3-54bd-5fa4-9f3e-3b0a3f0f9a52';

/** `indicator-type-ov` (STIX 2.1, section 10.6). */
const INDICATOR_TYPES: Record<Finding['verdict'], string> = {
	malicious: 'malicious-activity',
	suspicious: 'anomalous-activity',
	adware: 'anomalous-activity',
	unknown: 'unknown',
	clean: 'benign',
};

type StixObject = Record<string, unknown> & { type: string; id: string };

/** A bundle (STIX 2.1, section 8). */
export interface StixBundle {
	type: 'bundle';
	id: string;
	objects: StixObject[];
}

/**
 * A finding as a STIX 2.1 bundle: the indicator with its pattern, and the observable. There is no
 * sighting: that the portal knows something does not mean that it was seen here. The identifiers
 * follow from the finding, so handing it on twice makes no second object.
 *
 * @param at when the finding was made
 */
export function toStix(finding: Finding, at: Date): StixBundle {
	const observable = observableOf(finding);
	const indicator = indicatorOf(finding, at);
	return {
		type: 'bundle',
		id: `bundle--${uuidOf(`${indicator.id} ${observable.id}`, OWN_NAMESPACE)}`,
		objects: [indicator, observable],
	};
}

function indicatorOf(finding: Finding, at: Date): StixObject {
	const { kind, value, verdict, categories = [], text, link } = finding;
	const moment = at.toISOString();
	return {
		type: 'indicator',
		spec_version: '2.1',
		id: `indicator--${uuidOf(`${kind} ${value}`, OWN_NAMESPACE)}`,
		created: moment,
		modified: moment,
		name: value,
		...(text !== undefined && { description: text }),
		indicator_types: [INDICATOR_TYPES[verdict]],
		pattern: patternOf(finding),
		pattern_type: 'stix',
		valid_from: isoOf(finding.firstSeen) ?? moment,
		...(categories.length > 0 && { labels: [...categories] }),
		...(link !== undefined && {
			external_references: [{ source_name: 'Kaspersky Threat Intelligence Portal', url: link }],
		}),
	};
}

function patternOf(finding: Finding): string {
	const { kind, value } = finding;
	switch (kind) {
		case 'ip':
			return comparison(`${isIPv6(value) ? 'ipv6' : 'ipv4'}-addr:value`, value);
		case 'domain':
			return comparison('domain-name:value', value);
		case 'url':
			return comparison('url:value', withScheme(value));
		case 'hash': {
			const hashes = Object.entries(stixHashes(finding));
			const tests = hashes.map(([name, hash]) => `file:hashes.'${name}' = ${quoted(hash)}`);
			return `[${tests.join(' OR ')}]`;
		}
	}
}

function comparison(path: string, value: string): string {
	return `[${path} = ${quoted(value)}]`;
}

/** A string of the pattern language (STIX 2.1, section 9.1). */
function quoted(text: string): string {
	return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function observableOf(finding: Finding): StixObject {
	const { kind, value } = finding;
	if (kind === 'hash') {
		const hashes = stixHashes(finding);
		// Of several hashes the first one makes the identifier (STIX 2.1, section 6.7).
		const [name, hash] = Object.entries(hashes)[0]!;
		return observable('file', { hashes }, { hashes: { [name]: hash } });
	}
	if (kind === 'ip') return observable(isIPv6(value) ? 'ipv6-addr' : 'ipv4-addr', { value });
	if (kind === 'domain') return observable('domain-name', { value });
	return observable('url', { value: withScheme(value) });
}

function observable(
	type: string,
	properties: Record<string, unknown>,
	identifying = properties,
): StixObject {
	// One property with one value each: plain JSON is the canonical form that is asked for.
	const id = `${type}--${uuidOf(JSON.stringify(identifying), OBSERVABLE_NAMESPACE)}`;
	return { type, spec_version: '2.1', id, ...properties };
}

/** By their names in STIX, in the order in which they are preferred as identifying. */
function stixHashes(finding: Finding): Record<string, string> {
	const { md5, sha1, sha256 } = hashesOf(finding);
	return {
		...(md5 !== undefined && { MD5: md5 }),
		...(sha1 !== undefined && { 'SHA-1': sha1 }),
		...(sha256 !== undefined && { 'SHA-256': sha256 }),
	};
}
