import * as fc from 'fast-check';

import { readAuthorities } from '../../tip/identity/authorities';
import { TipError } from '../../tip/values/error';
import { loadIdentity, type IdentityInput, type TlsIdentity } from '../../tip/identity/certificate';
import { bodiesOf, leaksOf, Pki, startPortalFor, type Issued } from '../fixtures/openssl';

const PASSPHRASE = 'a passphrase, ünïcödé ';

let pki: Pki;
let portal: Awaited<ReturnType<typeof startPortalFor>>;
let client: Issued;
/** Every form of the key that a file may hold. */
let keys: string[];
let pfx: string;
let secrets: string[];

// Jest maps every frame of every stack that is looked at; thousands are, here.
const { stackTraceLimit } = Error;

beforeAll(async () => {
	Error.stackTraceLimit = 2;
	pki = await Pki.make();
	client = await pki.issue('client', 'ec', { issuer: pki.intermediate });
	const out = ['-passout', `pass:${PASSPHRASE}`];
	portal = await startPortalFor(pki, [pki.root]);
	keys = await Promise.all([
		client.key,
		pki.text('ec', '-in', client.keyFile),
		pki.text('ec', '-in', client.keyFile, '-aes128', ...out),
		pki.text('ec', '-in', client.keyFile, '-des3', ...out),
		pki.text('pkcs8', '-topk8', '-iter', '1', '-in', client.keyFile, ...out),
	]);
	pfx = (await pki.pfx(client, PASSPHRASE, '-iter', '1')).toString('base64');
	secrets = [PASSPHRASE, pfx, ...keys.flatMap(bodiesOf)];
});

afterAll(async () => {
	Error.stackTraceLimit = stackTraceLimit;
	await portal.stop();
	await pki.remove();
});

const BLANKS = [
	' ',
	'\n',
	'\r\n',
	'\r',
	'\t',
	'  ',
	'\u00a0',
	'\u200b',
	'\ufeff',
	'\\n',
	'\\r\\n',
	'\0',
];
const blank = fc.array(fc.constantFrom(...BLANKS), { maxLength: 3 }).map((all) => all.join(''));
/** What stands between blocks: anything that is no marker. */
const between = fc.oneof(
	blank,
	fc.constantFrom('Bag Attributes\n    localKeyID: 01\n', 'subject=CN = x\n', '\n\n'),
	fc.string({ unit: 'binary' }).map((text) => text.replace(/[-\u2010-\u2015\u2212]/g, '')),
);

/** One block with its base64 intact and every blank in it replaced, and some added. */
const mangled = (pem: string): fc.Arbitrary<string> => {
	const words = pem.trim().split(/(?<=-----)|(?=-----)|\s+/);
	const pieces = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 });
	return fc.tuple(pieces, fc.array(blank, { minLength: 1, maxLength: 20 })).map(([sizes, gaps]) => {
		let text = '';
		let turn = 0;
		const gap = () => gaps[turn % gaps.length] ?? '';
		for (const word of words) {
			for (let at = 0; at < word.length; turn += 1) {
				const size = /^[A-Za-z0-9+/=]{20,}$/.test(word) ? (sizes[turn % sizes.length] ?? 1) : 80;
				text += word.slice(at, at + size) + gap();
				at += size;
			}
		}
		return text;
	});
};

/** Certificate, intermediate, root perhaps, and the key in one of its forms, in any order. */
const goodPem = (): fc.Arbitrary<string> =>
	fc
		.tuple(fc.constantFrom(...keys), fc.boolean())
		.chain(([key, withRoot]) => {
			const blocks = [
				client.cert,
				pki.intermediate.cert,
				key,
				...(withRoot ? [pki.root.cert] : []),
			];
			return fc.tuple(
				fc
					.shuffledSubarray(blocks, { minLength: blocks.length })
					.chain((order) => fc.tuple(...order.map((block) => mangled(block)))),
				fc.array(between, { minLength: 5, maxLength: 5 }),
			);
		})
		.map(
			([blocks, gaps]) => (gaps[4] ?? '') + blocks.map((block, at) => block + gaps[at]).join(''),
		);

const good = (): fc.Arbitrary<IdentityInput> =>
	fc
		.oneof({ arbitrary: goodPem(), weight: 4 }, { arbitrary: mangled(pfx), weight: 1 })
		.map((certificate) => ({
			certificate,
			passphrase: PASSPHRASE,
			caCertificate: pki.root.cert,
		}));

describe('any mangling that keeps the base64', () => {
	it('loads', () => {
		fc.assert(
			fc.property(good(), (input) => {
				const { cert, pfx: container } = loadIdentity(input).tlsOptions;
				if (container === undefined) expect(cert).toContain(client.cert);
				else expect(container.toString('base64')).toBe(pfx);
			}),
			{ numRuns: 250 },
		);
	});

	it('connects', async () => {
		await fc.assert(
			fc.asyncProperty(good(), async (input) => {
				const { secureContext } = loadIdentity(input);
				expect(await portal.ask({ secureContext })).toBe('client');
			}),
			{ numRuns: 30 },
		);
	});

	it('loads as CA Certificate too', () => {
		const text = fc.tuple(between, mangled(pki.root.cert), between, mangled(pki.intermediate.cert));
		fc.assert(
			fc.property(text, (parts) => {
				const certificate = client.cert + client.key;
				const { tlsOptions } = loadIdentity({ certificate, caCertificate: parts.join('') });
				expect(tlsOptions.ca).toEqual([pki.root.cert, pki.intermediate.cert]);
			}),
		);
	});
});

/** Loads whatever it is given. Anything but an identity or a TipError without secrets is red. */
function attempt(input: IdentityInput): TlsIdentity | TipError {
	try {
		return loadIdentity(input);
	} catch (thrown) {
		expect(thrown).toBeInstanceOf(TipError);
		const refused = thrown as TipError;
		expect(refused.code).toMatch(/^certificate\./);
		expect(refused).toMatchObject({ kind: 'credential', outcome: 'notSent' });
		expect(leaksOf(refused, secrets)).toEqual([]);
		return refused;
	}
}

describe('any text at all', () => {
	const marker = fc
		.tuple(
			fc.constantFrom('-----BEGIN ', '-----END ', '-BEGIN', 'BEGIN '),
			fc.constantFrom(
				'CERTIFICATE',
				'PRIVATE KEY',
				'ENCRYPTED PRIVATE KEY',
				'RSA PRIVATE KEY',
				'PKCS12',
				'X',
			),
			fc.constantFrom('-----', '-', '', '\n'),
		)
		.map((parts) => parts.join(''));
	const noise = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String({ maxLength: 200 }), blank);
	const header = fc.constantFrom(
		'Proc-Type: 4,ENCRYPTED\n',
		'DEK-Info: AES-128-CBC,',
		'DEK-Info:X,',
		'ABCDEF0123456789',
	);

	it('is an identity or a TipError, never anything else', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 500 }),
			fc.base64String({ maxLength: 500 }),
			fc.uint8Array({ maxLength: 300 }).map((bytes) => {
				const pfxLike = Buffer.from([0x30, 0x82, 0, bytes.length + 3, 2, 1, 3, ...bytes]);
				return pfxLike.toString('base64');
			}),
			fc.array(fc.oneof(marker, noise, header), { maxLength: 15 }).map((parts) => parts.join('')),
		);
		const passphrase = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
		fc.assert(
			fc.property(
				text,
				passphrase,
				fc.option(text, { nil: undefined }),
				(certificate, pass, ca) => {
					attempt({ certificate, passphrase: pass, caCertificate: ca });
					attempt({ certificate: client.cert + client.key, passphrase: pass, caCertificate: ca });
				},
			),
			{ numRuns: 400 },
		);
	});

	it('ends in an identity, authorities or a TipError, 100,000 times', () => {
		const piece = fc.oneof(
			marker,
			header,
			blank,
			fc.base64String({ maxLength: 24 }),
			fc.string({ unit: 'binary', maxLength: 12 }),
			fc.constantFrom(...client.cert.split('\n'), ...keys.flatMap((key) => key.split('\n'))),
			fc.constantFrom(
				'&#61;',
				'%2B',
				'\\u002b',
				'=3D',
				'<br>',
				'“',
				'`',
				'","',
				'MIAw',
				'LS0t',
				'//4t',
			),
		);
		const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
		const seen = new Set<string>();
		fc.assert(
			fc.property(text, (pasted) => {
				for (const read of [
					() => loadIdentity({ certificate: pasted }),
					() => readAuthorities(pasted),
				]) {
					try {
						read();
					} catch (thrown) {
						if (!(thrown instanceof TipError)) throw thrown;
						seen.add(thrown.code);
					}
				}
			}),
			{ numRuns: 100_000, seed: 1307 },
		);
		expect(seen.size).toBeGreaterThan(5);
	});

	it('tells nothing of a good PEM or PFX that was damaged', () => {
		const seen = new Set<string>();
		const whole = fc.constantFrom(...keys.map((key) => client.cert + key), pfx);
		const damage = fc.tuple(
			whole,
			fc.nat({ max: 5000 }),
			fc.nat({ max: 40 }),
			fc.oneof(fc.constant(''), fc.string({ maxLength: 5 }), fc.base64String({ maxLength: 40 })),
		);
		fc.assert(
			fc.property(
				damage,
				fc.constantFrom(PASSPHRASE, 'x', undefined),
				([text, at, cut, put], pass) => {
					const from = at % text.length;
					const certificate = text.slice(0, from) + put + text.slice(from + cut);
					const result = attempt({ certificate, passphrase: pass });
					if (result instanceof TipError) seen.add(result.code);
				},
			),
			{ numRuns: 800 },
		);
		expect(seen.size).toBeGreaterThan(5);
	});

	const LONG: Record<string, string> = {
		blanks: ' ',
		'escaped blanks': '\\n',
		'half escapes': '\\u00',
		dashes: '-',
		'beginnings without an end': '-----BEGIN CERTIFICATE-----',
		'ends without a beginning': '-----END CERTIFICATE-----',
		'markers cut short': '-BEGIN',
		'labels without an end': '-BEGIN A',
		'empty blocks': '-----BEGIN CERTIFICATE----------END CERTIFICATE-----',
		'small blocks': '-----BEGIN PRIVATE KEY-----MAA=-----END PRIVATE KEY-----',
		'headers without a value': 'Proc-Type: 4,ENCRYPTED DEK-Info: A',
		'one base64 text': 'MIIB',
		padding: '=',
		'characters of two units': '\u{1f511}',
		'lone surrogates': '\ud83d',
	};
	const MIB = 1024 * 1024;
	const fill = (part: string, length = MIB) =>
		part.repeat(Math.ceil(length / part.length)).slice(0, length);

	it.each(Object.keys(LONG))('1 MiB of %s is refused in time', (name) => {
		const text = fill(LONG[name] ?? '');
		const inside = fill(`-----BEGIN PRIVATE KEY-----${LONG[name]}`, 100) + text.slice(200);
		for (const certificate of [text, inside]) {
			expect(attempt({ certificate, passphrase: text })).toBeInstanceOf(TipError);
			attempt({ certificate: client.cert + client.key, caCertificate: certificate });
		}
	});

	it('1 MiB of good certificates is refused as client, and loads as authorities', () => {
		const certificate = fill(client.cert, MIB - (MIB % client.cert.length));
		expect(attempt({ certificate })).toMatchObject({ code: 'certificate.tooMany' });
		const one = client.cert + client.key;
		const identity = attempt({ certificate: one, caCertificate: certificate }) as TlsIdentity;
		expect(identity.tlsOptions.ca).toHaveLength(certificate.length / client.cert.length);
	});

	it('a good PEM in nearly 1 MiB of blanks still loads', () => {
		const pem = client.cert + client.key;
		const certificate = fill(' ', MIB - pem.length) + pem;
		expect(attempt({ certificate })).toMatchObject({ validTo: expect.any(Date) });
	});
});
