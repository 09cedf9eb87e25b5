import { v5 as uuidOf } from 'uuid';
import { hashesOf, isHarmful, isoOf, withScheme, type Finding } from './finding';

/** Namespace of this package's attributes: the same value has the same identifier. */
const OWN_NAMESPACE = '8a0d3c1e-6f43-5c0b-9d7b-6f2f3a4de7c1';

/** An attribute in MISP's core format (draft-dulaunoy-misp-core-format, section 2.4). */
export interface MispAttribute {
	uuid: string;
	type: 'md5' | 'sha1' | 'sha256' | 'ip-dst' | 'domain' | 'url';
	category: 'Network activity' | 'Payload delivery';
	value: string;
	/** Whether it is meant for detection. */
	to_ids: boolean;
	comment: string;
	first_seen?: string;
	last_seen?: string;
	Tag: Array<{ name: string }>;
}

/**
 * A finding as MISP attributes: one for each hash of a file, one for anything else. Meant for
 * detection only when the verdict is malicious or suspicious.
 */
export function toMisp(finding: Finding): MispAttribute[] {
	const { kind, value, verdict, categories = [], text, link } = finding;
	const first = isoOf(finding.firstSeen);
	const last = isoOf(finding.lastSeen);
	const shared = {
		to_ids: isHarmful(finding),
		comment: [text, link].filter(Boolean).join(' '),
		...(first !== undefined && { first_seen: first }),
		...(last !== undefined && { last_seen: last }),
		Tag: [`verdict="${verdict}"`, ...categories.map((category) => `category="${category}"`)].map(
			(name) => ({ name: `kaspersky-tip:${name}` }),
		),
	};
	const attribute = (
		type: MispAttribute['type'],
		category: MispAttribute['category'],
		content: string,
	): MispAttribute => ({
		uuid: uuidOf(`${type} ${content}`, OWN_NAMESPACE),
		type,
		category,
		value: content,
		...shared,
	});
	switch (kind) {
		case 'ip':
			return [attribute('ip-dst', 'Network activity', value)];
		case 'domain':
			return [attribute('domain', 'Network activity', value)];
		case 'url':
			return [attribute('url', 'Network activity', withScheme(value))];
		case 'hash':
			return (Object.entries(hashesOf(finding)) as Array<['md5' | 'sha1' | 'sha256', string]>).map(
				([type, hash]) => attribute(type, 'Payload delivery', hash),
			);
	}
}
