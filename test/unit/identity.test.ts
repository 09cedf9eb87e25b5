import { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';

import { TipError } from '../../tip/values/error';
import { expiryNotice } from '../../nodes/shared/messages/notices';
import {
	endsSoon,
	loadIdentity,
	type IdentityInput,
	type TlsIdentity,
} from '../../tip/identity/certificate';
import { until } from '../engine/until';
import {
	bodiesOf,
	leaksOf,
	Pki,
	startPortalFor,
	type Issued,
	type KeyType,
} from '../fixtures/openssl';

const PASSPHRASE = ' blanks around, ünïcödé 日本 ';
const TYPES: KeyType[] = ['rsa', 'ec', 'ed25519'];

let pki: Pki;
/** Trusts root and intermediate: a leaf alone is enough. */
let portal: Awaited<ReturnType<typeof startPortalFor>>;
/** Trusts the root only: the client has to send the intermediate. */
let strict: Awaited<ReturnType<typeof startPortalFor>>;
const clients = {} as Record<KeyType, Issued>;
let other: Issued;

beforeAll(async () => {
	pki = await Pki.make();
	const issuer = pki.intermediate;
	[clients.rsa, clients.ec, clients.ed25519, other, portal, strict] = await Promise.all([
		pki.issue('client rsa', 'rsa', { issuer }),
		pki.issue('client ec', 'ec', { issuer }),
		pki.issue('client ed25519', 'ed25519', { issuer }),
		pki.issue('other', 'ec', { issuer }),
		startPortalFor(pki, [pki.root, pki.intermediate]),
		startPortalFor(pki, [pki.root]),
	]);
});

afterAll(async () => {
	await Promise.all([portal.stop(), strict.stop()]);
	await pki.remove();
});

/** Completes a request with the ready context. */
async function expectConnects(input: IdentityInput, name: string, to = portal): Promise<void> {
	const identity = loadIdentity({ caCertificate: pki.root.cert, ...input });
	expect(await to.ask({ secureContext: identity.secureContext })).toBe(name);
}

/** Who the first certificate of an identity was issued to. */
function nameOf({ tlsOptions }: TlsIdentity): string {
	return new X509Certificate(tlsOptions.cert ?? '').subject.replace('O=Test\nCN=', '');
}

type Form = { types: KeyType[]; make(client: Issued): Promise<string> };
const withPassphrase = ['-passout', `pass:${PASSPHRASE}`];
const FORMS: Record<string, Form> = {
	'PKCS #8': { types: TYPES, make: async ({ key }) => key },
	'PKCS #1': {
		types: ['rsa'],
		make: async ({ keyFile }) => await pki.text('rsa', '-traditional', '-in', keyFile),
	},
	SEC1: { types: ['ec'], make: async ({ keyFile }) => await pki.text('ec', '-in', keyFile) },
	'SEC1 with parameters in front': {
		types: ['ec'],
		make: async ({ keyFile }) =>
			(await pki.text('ecparam', '-name', 'prime256v1')) + (await pki.text('ec', '-in', keyFile)),
	},
	'encrypted PKCS #8': {
		types: TYPES,
		make: async ({ keyFile }) =>
			await pki.text('pkcs8', '-topk8', '-in', keyFile, ...withPassphrase),
	},
	'encrypted PKCS #8, scrypt': {
		types: ['ec'],
		make: async ({ keyFile }) =>
			await pki.text('pkcs8', '-topk8', '-scrypt', '-in', keyFile, ...withPassphrase),
	},
	'encrypted PKCS #8, 3DES of old': {
		types: TYPES,
		make: async ({ keyFile }) =>
			await pki.text(
				...['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES', '-in', keyFile],
				...withPassphrase,
			),
	},
	'Proc-Type, AES': {
		types: ['rsa', 'ec'],
		make: async (client) => await oldEncrypted(client, '-aes256'),
	},
	'Proc-Type, 3DES': {
		types: ['rsa', 'ec'],
		make: async (client) => await oldEncrypted(client, '-des3'),
	},
};

async function oldEncrypted(client: Issued, ...cipher: string[]): Promise<string> {
	const command = client === clients.rsa ? ['rsa', '-traditional'] : ['ec'];
	return await pki.text(...command, '-in', client.keyFile, ...cipher, ...withPassphrase);
}

const SHAPES: Record<string, (cert: string, key: string) => string> = {
	'certificate, key': (cert, key) => cert + key,
	'key, certificate': (cert, key) => key + cert,
	'no line break between or after': (cert, key) => cert.trim() + key.trim(),
	CRLF: (cert, key) => (cert + key).replaceAll('\n', '\r\n'),
	'CR only': (cert, key) => (cert + key).replaceAll('\n', '\r'),
	'byte order mark': (cert, key) => `\ufeff${cert}\ufeff${key}`,
	indented: (cert, key) => (cert + key).replace(/^/gm, '\t    '),
	'blank line after each': (cert, key) => (cert + key).replaceAll('\n', '  \n\n'),
	'flattened with spaces': (cert, key) => (cert + key).replaceAll('\n', ' '),
	'flattened without spaces': (cert, key) => (cert + key).replaceAll('\n', ''),
	'literal \\n': (cert, key) => (cert + key).replaceAll('\n', '\\n'),
	'literal \\r\\n': (cert, key) => (cert + key).replaceAll('\n', '\\r\\n'),
	'JSON string': (cert, key) => JSON.stringify(JSON.stringify(cert + key)),
	'quoted mail': (cert, key) => (cert + key).replace(/^/gm, '> '),
	'no-break and zero-width blanks': (cert, key) =>
		(cert + key).replace(/\S{20}/g, '$&\u00a0\u200b\u2060').replaceAll('\n', '\u2028'),
	'UTF-16 read as bytes': (cert, key) =>
		Buffer.from(`\ufeff${cert}${key}`, 'utf16le').toString('latin1').replace('\xff\xfe', ''),
	'dashes of a word processor': (cert, key) => (cert + key).replaceAll('-----', '\u2014\u2014-'),
	'wrapped at 76': (cert, key) =>
		(cert + key).replace(/^[A-Za-z0-9+/=\n]+$/gm, (body) =>
			body.replaceAll('\n', '').replace(/.{76}/g, '$&\n'),
		),
	'base64 of the file': (cert, key) => Buffer.from(cert + key).toString('base64'),
	'Bag Attributes': (cert, key) =>
		`Bag Attributes\n    localKeyID: 01 02\nsubject=O = Test\n${cert}Key Attributes: <No Attributes>\n${key}`,
	'with a public key and a request': (cert, key) =>
		'-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n' +
		`${cert}-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n${key}`,
	'TRUSTED CERTIFICATE': (cert, key) => cert.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE') + key,
	'another key and another certificate in front': (cert, key) =>
		other.key + pki.root.cert + key + cert,
};

describe('a pasted PEM', () => {
	describe.each(Object.keys(FORMS))('with the key as %s', (form) => {
		const { types, make } = FORMS[form] as Form;
		const keys: Partial<Record<KeyType, string>> = {};
		beforeAll(async () => {
			await Promise.all(types.map(async (type) => (keys[type] = await make(clients[type]))));
		});

		it.each(types.flatMap((type) => Object.keys(SHAPES).map((shape) => [type, shape] as const)))(
			'%s, %s: connects',
			async (type, shape) => {
				const certificate = SHAPES[shape]?.(clients[type].cert, keys[type] ?? '') ?? '';
				await expectConnects({ certificate, passphrase: PASSPHRASE }, `client ${type}`);
			},
		);
	});

	it('needs no passphrase when the key has none', async () => {
		const { cert, key } = clients.ec;
		for (const passphrase of [undefined, '', 'not needed']) {
			await expectConnects({ certificate: cert + key, passphrase }, 'client ec');
		}
	});

	it('may hold a foreign key that does not open', async () => {
		const file = await pki.save(other.key);
		const foreign = await pki.text('pkcs8', '-topk8', '-in', file, '-passout', 'pass:unknown');
		const { cert, key } = clients.ec;
		for (const certificate of [foreign + cert + key, cert + key + foreign]) {
			await expectConnects({ certificate, passphrase: PASSPHRASE }, 'client ec');
		}
	});

	it('as OpenSSL prints it, with all it says around the blocks', async () => {
		const file = await pki.save(await pki.pfx(clients.rsa, 'secret'));
		const printed = await pki.text('pkcs12', '-in', file, '-nodes', '-passin', 'pass:secret');
		expect(printed).toContain('Bag Attributes');
		await expectConnects({ certificate: printed }, 'client rsa', strict);
		const explained = await pki.openssl('x509', '-text', '-in', clients.ec.certFile);
		await expectConnects({ certificate: explained + clients.ec.key }, 'client ec');
		const trusted = await pki.openssl('x509', '-trustout', '-in', clients.ec.certFile);
		await expectConnects({ certificate: trusted + clients.ec.key }, 'client ec');
	});
});

describe('the chain', () => {
	const orders = [
		[0, 1, 2],
		[2, 1, 0],
		[1, 0, 2],
		[1, 2, 0],
	];
	it.each(orders)('is sent in order, leaf first, pasted in order %p %p %p', async (...order) => {
		const { cert, key } = clients.ec;
		const certificates = [cert, pki.intermediate.cert, pki.root.cert];
		const certificate = order.map((at) => certificates[at]).join('') + key;
		await expectConnects({ certificate }, 'client ec', strict);
		const sent = loadIdentity({ certificate }).tlsOptions.cert ?? '';
		const subjects = sent
			.split(/(?<=-----END CERTIFICATE-----\n)/)
			.map((pem) => new X509Certificate(pem).subject.replace('O=Test\nCN=', ''));
		expect(subjects).toEqual(['client ec', 'Test Intermediate']);
	});

	it('of another issuer with the same name is not sent', async () => {
		const extensions = ['basicConstraints=critical,CA:TRUE'];
		const issuer = await pki.issue('Other Root', 'ec', { extensions });
		const impostor = await pki.issue('Test Intermediate', 'ec', { issuer, extensions });
		const leaf = await pki.issue('bare', 'ec', {
			issuer: pki.intermediate,
			extensions: ['authorityKeyIdentifier=none'],
		});
		const certificate = impostor.cert + pki.intermediate.cert + leaf.cert + leaf.key;
		await expectConnects({ certificate }, 'bare', strict);
	});

	it('starts at the certificate that is valid, when a renewed one has the same key', async () => {
		const issuer = pki.intermediate;
		const old = await pki.issue('old', 'ec', { issuer });
		const begin = Date.parse(new X509Certificate(old.cert).validFrom);
		// Certificates begin on the second.
		await until(() => Date.now() >= begin + 1000);
		const renewed = await pki.issue('renewed', 'ec', { issuer, of: old, days: 900 });
		for (const certificate of [old.cert + renewed.cert, renewed.cert + old.cert]) {
			const at = (time: number, blanks = '') =>
				nameOf(loadIdentity({ certificate: certificate + old.key + blanks }, new Date(time)));
			expect(at(begin)).toBe('old');
			expect(at(begin + 10_000, ' ')).toBe('renewed');
			// Loaded before, with the old one, which has ended since.
			expect(at(begin + 400 * 86_400_000)).toBe('renewed');
		}
	});
});

describe('a PFX as base64', () => {
	const PASSWORD = 'pässwörd 日本 ';
	const CIPHERS: Record<string, string[]> = {
		'AES-256': [],
		'3DES with a SHA-1 MAC': [
			'-keypbe',
			'PBE-SHA1-3DES',
			'-certpbe',
			'PBE-SHA1-3DES',
			'-macalg',
			'sha1',
		],
	};
	const TEXTS: Record<string, (pfx: Buffer) => string> = {
		'one line': (pfx) => pfx.toString('base64'),
		'64 a line': (pfx) => pfx.toString('base64').replace(/.{64}/g, '$&\n'),
		'76 a line, CRLF': (pfx) => pfx.toString('base64').replace(/.{76}/g, '$&\r\n'),
		'flattened with spaces': (pfx) => pfx.toString('base64').replace(/.{64}/g, '$& '),
		'literal \\n': (pfx) => pfx.toString('base64').replace(/.{64}/g, '$&\\n'),
		'indented, byte order mark': (pfx) => `\ufeff  ${pfx.toString('base64')}  \n`,
		'data URL': (pfx) => `data:application/x-pkcs12;base64,${pfx.toString('base64')}`,
		'certutil -encode': (pfx) =>
			`-----BEGIN CERTIFICATE-----\r\n${pfx.toString('base64')}\r\n-----END CERTIFICATE-----\r\n`,
		'PKCS12 markers': (pfx) =>
			`-----BEGIN PKCS12-----\n${pfx.toString('base64')}\n-----END PKCS12-----\n`,
	};

	describe.each(Object.keys(CIPHERS))('%s', (cipher) => {
		it.each(TYPES.flatMap((type) => Object.keys(TEXTS).map((text) => [type, text] as const)))(
			'%s, %s: connects, chain included',
			async (type, text) => {
				const pfx = await pki.pfx(clients[type], PASSWORD, ...(CIPHERS[cipher] ?? []));
				const certificate = TEXTS[text]?.(pfx) ?? '';
				await expectConnects({ certificate, passphrase: PASSWORD }, `client ${type}`, strict);
			},
		);
	});

	it('needs no password when it has none', async () => {
		const certificate = (await pki.pfx(clients.ec, '')).toString('base64');
		await expectConnects({ certificate }, 'client ec', strict);
		expect(Object.keys(loadIdentity({ certificate }).tlsOptions)).toEqual(['pfx']);
	});

	it('is trusted with the authorities in it, as Node.js does, when CA Certificate is empty', async () => {
		const root = ['-certfile', pki.root.certFile];
		const certificate = (await pki.pfx(clients.ec, PASSWORD, ...root)).toString('base64');
		const { secureContext } = loadIdentity({ certificate, passphrase: PASSWORD });
		expect(await portal.ask({ secureContext })).toBe('client ec');
		const without = (await pki.pfx(clients.ec, PASSWORD)).toString('base64');
		const other = loadIdentity({ certificate: without, passphrase: PASSWORD });
		await expect(portal.ask({ secureContext: other.secureContext })).rejects.toThrow('certificate');
	});

	it('gives the dates of its certificate', async () => {
		const certificate = (await pki.pfx(clients.ec, PASSWORD)).toString('base64');
		const identity = loadIdentity({ certificate, passphrase: PASSWORD });
		const leaf = new X509Certificate(clients.ec.cert);
		expect(identity.validTo).toEqual(new Date(leaf.validTo));
		expect(identity.validFrom).toEqual(new Date(leaf.validFrom));
	});
});

describe('CA Certificate', () => {
	it.each(['no', 'blank'])('%s text: the default roots are trusted', async (text) => {
		const certificate = clients.ec.cert + clients.ec.key;
		const { tlsOptions } = loadIdentity({
			certificate,
			...(text === 'blank' && { caCertificate: ' \n' }),
		});
		expect(tlsOptions).not.toHaveProperty('ca');
		await expect(portal.ask(tlsOptions)).rejects.toMatchObject({
			code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
		});
	});

	it('takes several, in the same shapes', async () => {
		const certificate = clients.ec.cert + clients.ec.key;
		const both = pki.intermediate.cert + pki.root.cert;
		const shapes = Object.values(SHAPES).map((shape) => shape(both, ''));
		const der = bare(pki.root.cert);
		for (const caCertificate of [...shapes, der]) {
			await expectConnects({ certificate, caCertificate }, 'client ec');
		}
		expect(loadIdentity({ certificate, caCertificate: both }).tlsOptions.ca).toHaveLength(2);
	});
});

/** The base64 of a PEM without its markers. */
function bare(pem: string): string {
	return pem.replace(/-----[^-]+-----|\s/g, '');
}

describe('an identity', () => {
	const input = (): IdentityInput => ({ certificate: clients.ec.cert + clients.ec.key });

	it('is loaded once, and told apart by every field', () => {
		const first = loadIdentity(input());
		expect(loadIdentity(input())).toBe(first);
		const others = [
			{ ...input(), certificate: `${input().certificate} ` },
			{ ...input(), passphrase: 'x' },
			{ ...input(), caCertificate: pki.root.cert },
		].map((changed) => loadIdentity(changed));
		const digests = new Set([first, ...others].map(({ digest }) => digest));
		expect(digests.size).toBe(4);
		for (const digest of digests) expect(digest).toMatch(/^[A-Za-z0-9+/]{43}=$/);
	});

	it('tells no two splits of the same characters alike', () => {
		const { certificate } = input();
		const a = loadIdentity({ certificate, passphrase: 'ab' });
		const b = loadIdentity({ certificate: `${certificate}a`, passphrase: 'b' });
		expect(a.digest).not.toBe(b.digest);
	});

	it('is forgotten after 20 others', () => {
		const first = loadIdentity(input());
		const load = (count: number, mark: string) => {
			for (let i = 0; i < count; i += 1) loadIdentity({ ...input(), passphrase: `${mark}${i}` });
		};
		load(19, 'a');
		expect(loadIdentity(input())).toBe(first);
		load(20, 'b');
		expect(loadIdentity(input())).not.toBe(first);
	});

	it('has its dates checked again when it comes from memory', () => {
		loadIdentity(input());
		expect(() => loadIdentity(input(), new Date('2100-01-01'))).toThrow('certificate.expired');
		expect(() => loadIdentity(input(), new Date('2000-01-01'))).toThrow('certificate.notYetValid');
		expect(nameOf(loadIdentity(input()))).toBe('client ec');
	});

	it('does not show its key to whoever prints or serialises it', () => {
		const identity = loadIdentity(input());
		expect(identity.tlsOptions.key).toContain('PRIVATE KEY');
		for (const printed of [inspect(identity), JSON.stringify({ ...identity })]) {
			expect(printed).not.toContain('PRIVATE');
			expect(printed).toContain('validTo');
		}
	});

	it('hands out a decrypted key and no passphrase, so that no connection derives it again', async () => {
		const key = await (FORMS['encrypted PKCS #8'] as Form).make(clients.rsa);
		const identity = loadIdentity({ certificate: clients.rsa.cert + key, passphrase: PASSPHRASE });
		expect(identity.tlsOptions.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
		expect(identity.tlsOptions).not.toHaveProperty('passphrase');
	});

	it('leaves no socket behind when it reads a PFX', async () => {
		const certificate = (await pki.pfx(clients.ec, 'p')).toString('base64');
		const open = () =>
			process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name)).length;
		const before = open();
		for (let i = 0; i < 5; i += 1)
			loadIdentity({ certificate: certificate + ' '.repeat(i), passphrase: 'p' });
		await until(() => open() <= before);
	});

	it('connects as well with its plain TLS options', async () => {
		const ca = { caCertificate: pki.root.cert };
		const pem = loadIdentity({ ...input(), ...ca });
		expect(await portal.ask(pem.tlsOptions)).toBe('client ec');
		const certificate = (await pki.pfx(clients.rsa, PASSPHRASE)).toString('base64');
		const pfx = loadIdentity({ certificate, passphrase: PASSPHRASE, ...ca });
		expect(Object.keys(pfx.tlsOptions)).toEqual(['pfx', 'passphrase', 'ca']);
		expect(await strict.ask(pfx.tlsOptions)).toBe('client rsa');
	});

	it('serves many handshakes with one context', async () => {
		const { secureContext } = loadIdentity({ ...input(), caCertificate: pki.root.cert });
		const answers = Array.from({ length: 10 }, async () => await portal.ask({ secureContext }));
		expect(new Set(await Promise.all(answers))).toEqual(new Set(['client ec']));
	});
});

describe('the expiry notice', () => {
	it('names the date and what to do, from 30 days before', () => {
		const identity = loadIdentity({ certificate: clients.ec.cert + clients.ec.key });
		const end = identity.validTo.getTime();
		const days = (count: number) => new Date(end - count * 86_400_000);
		expect(endsSoon(identity)).toBe(false);
		expect(endsSoon(identity, days(30.01))).toBe(false);
		for (const left of [30, 12, 0]) expect(endsSoon(identity, days(left))).toBe(true);
		expect(expiryNotice(identity.validTo)).toBe(
			`The certificate in 'Client Certificate' expires on ${days(0).toISOString().slice(0, 10)}: ask your Kaspersky Technical Account Manager for a new one, and replace 'Client Certificate' and 'Passphrase' in the credential before that day.`,
		);
	});
});

describe('whatever comes', () => {
	it.each([undefined, null, 5, {}, [], true])('%p as a certificate: TipError', (certificate) => {
		expect(() => loadIdentity({ certificate } as never)).toThrow(TipError);
	});

	it('a passphrase that is a number opens what it is the passphrase of', async () => {
		const key = await pki.text(
			...['pkcs8', '-topk8', '-in', clients.ec.keyFile, '-passout', 'pass:123456'],
		);
		const input = { certificate: clients.ec.cert + key, passphrase: 123456 } as never;
		expect(nameOf(loadIdentity(input))).toBe('client ec');
	});

	it('an OpenSSL that throws where it never did: TipError without what was thrown', () => {
		const { cert, key } = clients.ec;
		const check = jest
			.spyOn(X509Certificate.prototype, 'checkPrivateKey')
			.mockImplementation(() => {
				throw Object.assign(new Error(key), { code: key });
			});
		let thrown: unknown;
		try {
			loadIdentity({ certificate: `${cert}${key} thrown` });
		} catch (caught) {
			thrown = caught;
		} finally {
			check.mockRestore();
		}
		expect(thrown).toMatchObject({ name: 'TipError', code: 'certificate.refused' });
		expect(leaksOf(thrown as Error, bodiesOf(key))).toEqual([]);
	});
});
