import { Ajv } from 'ajv';
import type { Finding } from '../../tip/handOff/finding';
import { toMisp } from '../../tip/handOff/misp';
import { toStix } from '../../tip/handOff/stix';
import { toTheHive } from '../../tip/handOff/theHive';

const AT = new Date('2026-11-25T10:00:00.000Z');
const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA1 = '3395856ce81f2b7382dee72602f798b642f14140';
const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

const FINDINGS: Finding[] = [
	{ kind: 'ip', value: '203.0.113.7', verdict: 'suspicious', categories: ['CATEGORY_BOTNET'] },
	{ kind: 'ip', value: '2001:db8::7', verdict: 'clean' },
	{ kind: 'domain', value: 'evil.example', verdict: 'malicious', firstSeen: '2024-05-01T08:00Z' },
	{ kind: 'url', value: "evil.example/it's\\x", verdict: 'adware', link: 'https://tip.example/x' },
	{ kind: 'hash', value: SHA256, verdict: 'malicious', hashes: { md5: MD5.toUpperCase() } },
	{ kind: 'hash', value: MD5, verdict: 'unknown', text: 'Nothing is known of it.' },
];

/** The rules of STIX 2.1 (sections 3.1, 3.6, 4.7, 6, 8) for what is made here, strict on names. */
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const timestamp = {
	type: 'string',
	pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$',
};
const idOf = (type: string) => ({ type: 'string', pattern: `^${type}--${uuid}$` });
const observable = (type: string, properties: object) => ({
	type: 'object',
	additionalProperties: false,
	required: ['type', 'id', ...Object.keys(properties)],
	properties: {
		type: { const: type },
		spec_version: { const: '2.1' },
		id: idOf(type),
		...properties,
	},
});
const STIX = {
	type: 'object',
	additionalProperties: false,
	required: ['type', 'id', 'objects'],
	properties: {
		type: { const: 'bundle' },
		id: idOf('bundle'),
		objects: {
			type: 'array',
			minItems: 1,
			items: {
				oneOf: [
					{
						type: 'object',
						additionalProperties: false,
						required: [
							'type',
							'spec_version',
							'id',
							'created',
							'modified',
							'pattern',
							'pattern_type',
							'valid_from',
						],
						properties: {
							type: { const: 'indicator' },
							spec_version: { const: '2.1' },
							id: idOf('indicator'),
							created: timestamp,
							modified: timestamp,
							valid_from: timestamp,
							name: { type: 'string' },
							description: { type: 'string' },
							indicator_types: {
								type: 'array',
								minItems: 1,
								items: {
									enum: [
										'anomalous-activity',
										'anonymization',
										'benign',
										'compromised',
										'malicious-activity',
										'attribution',
										'unknown',
									],
								},
							},
							pattern: { type: 'string', pattern: "^\\[.+ = '.+'\\]$" },
							pattern_type: { enum: ['stix', 'pcre', 'sigma', 'snort', 'suricata', 'yara'] },
							labels: { type: 'array', minItems: 1, items: { type: 'string' } },
							external_references: {
								type: 'array',
								minItems: 1,
								items: { type: 'object', required: ['source_name'] },
							},
						},
					},
					observable('ipv4-addr', { value: { type: 'string', pattern: '^[\\d.]+(/\\d+)?$' } }),
					observable('ipv6-addr', { value: { type: 'string', pattern: '^[0-9a-f:]+(/\\d+)?$' } }),
					observable('domain-name', { value: { type: 'string' } }),
					observable('url', { value: { type: 'string', pattern: '^[a-z]+://.' } }),
					observable('file', {
						hashes: {
							type: 'object',
							minProperties: 1,
							additionalProperties: false,
							properties: {
								MD5: { type: 'string', pattern: '^[0-9a-f]{32}$' },
								'SHA-1': { type: 'string', pattern: '^[0-9a-f]{40}$' },
								'SHA-256': { type: 'string', pattern: '^[0-9a-f]{64}$' },
							},
						},
					}),
				],
			},
		},
	},
};

/** MISP's core format: category and type have to go together. */
const MISP = {
	type: 'object',
	additionalProperties: false,
	required: ['uuid', 'type', 'category', 'value', 'to_ids'],
	properties: {
		uuid: { type: 'string', pattern: `^${uuid}$` },
		type: {},
		category: {},
		value: { type: 'string', minLength: 1 },
		to_ids: { type: 'boolean' },
		comment: { type: 'string' },
		first_seen: timestamp,
		last_seen: timestamp,
		Tag: {
			type: 'array',
			items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
		},
	},
	oneOf: [
		{
			properties: {
				category: { const: 'Network activity' },
				type: { enum: ['ip-dst', 'domain', 'url'] },
			},
		},
		{
			properties: {
				category: { const: 'Payload delivery' },
				type: { enum: ['md5', 'sha1', 'sha256'] },
			},
		},
	],
};

/** TheHive 5's InputObservable. */
const THE_HIVE = {
	type: 'object',
	additionalProperties: false,
	required: ['dataType', 'data'],
	properties: {
		dataType: { enum: ['ip', 'domain', 'url', 'hash', 'fqdn', 'mail', 'filename', 'other'] },
		data: { type: 'string', minLength: 1 },
		message: { type: 'string' },
		ioc: { type: 'boolean' },
		sighted: { type: 'boolean' },
		tags: { type: 'array', items: { type: 'string' } },
		tlp: { type: 'integer', minimum: 0, maximum: 4 },
		pap: { type: 'integer', minimum: 0, maximum: 3 },
	},
};

const faultsOf = (schema: object, value: unknown) => {
	const ajv = new Ajv({ strict: false, allErrors: true });
	ajv.validate(schema, value);
	return ajv.errors ?? [];
};

describe.each(FINDINGS)('$verdict $kind $value handed on', (finding) => {
	it('is a valid STIX 2.1 bundle', () => {
		expect(faultsOf(STIX, toStix(finding, AT))).toEqual([]);
	});

	it('are valid MISP attributes', () => {
		for (const attribute of toMisp(finding)) expect(faultsOf(MISP, attribute)).toEqual([]);
	});

	it('is a valid observable of TheHive 5', () => {
		expect(faultsOf(THE_HIVE, toTheHive(finding))).toEqual([]);
	});

	it('has the same identifiers every time, whenever it was found', () => {
		const ids = (at: Date) => {
			const { id, objects } = toStix(finding, at);
			return [id, ...objects.map((object) => object.id)];
		};
		expect(ids(AT)).toEqual(ids(new Date(0)));
		expect(toMisp(finding)).toEqual(toMisp(finding));
	});

	it('is meant for detection only when it does harm', () => {
		const isHarm = ['malicious', 'suspicious'].includes(finding.verdict);
		expect(toMisp(finding).every(({ to_ids }) => to_ids === isHarm)).toBe(true);
		expect(toTheHive(finding).ioc).toBe(isHarm);
	});
});

describe('A STIX bundle', () => {
	const objectsOf = (finding: Finding) => toStix(finding, AT).objects;

	it('has the identifier the specification gives an observable', () => {
		// Examples of the specification, made with its namespace from {"value":"…"}.
		const [, address] = objectsOf({ kind: 'ip', value: '198.51.100.3', verdict: 'unknown' });
		expect(address!.id).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
		const [, domain] = objectsOf({ kind: 'domain', value: 'example.com', verdict: 'unknown' });
		expect(domain!.id).toBe('domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7');
	});

	it('names every hash in pattern and file', () => {
		const [indicator, file] = objectsOf({
			kind: 'hash',
			value: SHA256,
			verdict: 'malicious',
			hashes: { md5: MD5, sha1: SHA1 },
		});
		expect(indicator!.pattern).toBe(
			`[file:hashes.'MD5' = '${MD5}' OR file:hashes.'SHA-1' = '${SHA1}' OR file:hashes.'SHA-256' = '${SHA256}']`,
		);
		expect(file!.hashes).toEqual({ MD5, 'SHA-1': SHA1, 'SHA-256': SHA256 });
	});

	it('is not broken out of by a quotation mark in an address', () => {
		const [indicator] = objectsOf(FINDINGS[3]!);
		expect(indicator!.pattern).toBe("[url:value = 'http://evil.example/it\\'s\\\\x']");
	});

	it('is valid from when the portal first saw it', () => {
		expect(objectsOf(FINDINGS[2]!)[0]!.valid_from).toBe('2024-05-01T08:00:00.000Z');
		expect(objectsOf(FINDINGS[0]!)[0]!.valid_from).toBe(AT.toISOString());
	});
});
