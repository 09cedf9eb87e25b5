import { createPrivateKey, X509Certificate } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { explain } from '../../nodes/shared/messages';
import { readAuthorities } from '../../tip/identity/authorities';
import { loadIdentity, type IdentityInput } from '../../tip/identity/certificate';
import { TipError } from '../../tip/values/error';
import { Pki, startPortalFor, type Issued } from '../fixtures/openssl';

/** What people paste, found in public bug reports, and what is of the same kind. */

const PASSPHRASE = 'secret';

let pki: Pki;
let portal: Awaited<ReturnType<typeof startPortalFor>>;
let client: Issued;
let rsa1: string;
let encrypted: string;
let pfx: Buffer;
let bundle: Buffer;

beforeAll(async () => {
	pki = await Pki.make();
	client = await pki.issue('client', 'rsa', { issuer: pki.intermediate });
	portal = await startPortalFor(pki, [pki.root]);
	const chain = ['-certfile', client.certFile, '-certfile', pki.intermediate.certFile];
	const out = ['-passout', `pass:${PASSPHRASE}`];
	[rsa1, encrypted, pfx, bundle] = await Promise.all([
		pki.text('rsa', '-traditional', '-in', client.keyFile),
		pki.text('pkcs8', '-topk8', '-iter', '1', '-in', client.keyFile, ...out),
		pki.pfx(client, PASSPHRASE, '-iter', '1'),
		pki.file('crl2pkcs7', '-nocrl', ...chain, '-outform', 'DER'),
	]);
});

afterAll(async () => {
	await portal.stop();
	await pki.remove();
});

const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const base64 = (content: Buffer | string) => Buffer.from(content).toString('base64');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16(text).swap16();
const block = (label: string, der: Buffer) =>
	`-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

async function connects(certificate: string): Promise<void> {
	const input = { certificate, passphrase: PASSPHRASE, caCertificate: pki.root.cert };
	const { secureContext } = loadIdentity(input);
	expect(await portal.ask({ secureContext })).toBe('client');
}

/** The same without a connection, for many. */
function isPair(certificate: string): void {
	const { tlsOptions } = loadIdentity({ certificate, passphrase: PASSPHRASE });
	const leaf = new X509Certificate(tlsOptions.cert ?? '');
	expect(leaf.subject).toBe('O=Test\nCN=client');
	expect(leaf.checkPrivateKey(createPrivateKey(tlsOptions.key ?? ''))).toBe(true);
}

function refusalOf(input: IdentityInput): TipError {
	try {
		loadIdentity(input);
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown;
		throw thrown;
	}
	throw new Error('it was accepted');
}

/** Ways in which one text is wrapped once more. */
const WRAPPINGS: Record<string, (text: string) => string> = {
	'as it is': (text) => text,
	base64: (text) => base64(text),
	'base64, wrapped': (text) => base64(text).replace(/.{76}/g, '$&\r\n'),
	'base64, flattened': (text) => base64(text).replace(/.{64}/g, '$& '),
	'base64 for addresses': (text) => Buffer.from(text).toString('base64url'),
	'base64 twice': (text) => base64(base64(text)),
	'base64 three times': (text) => base64(base64(base64(text))),
	'base64 of UTF-8 with a byte order mark': (text) => base64(`\ufeff${text}`),
	'base64 of UTF-16 (C11)': (text) =>
		base64(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text)])),
	'base64 of UTF-16 without a mark': (text) => base64(utf16(text)),
	'base64 of UTF-16, big-endian': (text) =>
		base64(Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be(text)])),
	'base64 of UTF-16, big-endian, without a mark': (text) => base64(utf16be(text)),
	'UTF-16 read as Latin-1': (text) => utf16(`\ufeff${text}`).toString('latin1'),
	'UTF-8 mark read as Latin-1': (text) => `\u00ef\u00bb\u00bf${text}`,
	'a JSON text': (text) => JSON.stringify(text),
	'a JSON text in a JSON text': (text) => JSON.stringify(JSON.stringify({ pem: text })),
	'a list of lines in JSON': (text) => JSON.stringify(text.split('\n')),
	'lines of a program': (text) =>
		text
			.split('\n')
			.map((line) => `"${line}\\n"`)
			.join(' +\n'),
	'JSON with \\u for all that is no letter': (text) =>
		JSON.stringify(text).replace(
			/[^A-Za-z0-9"\\-]/g,
			(mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
		),
	'JSON with escaped slashes': (text) => JSON.stringify(text).replaceAll('/', '\\/'),
	'percent-encoded': (text) => encodeURIComponent(text),
	'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
	'sent by a form': (text) => new URLSearchParams({ pem: text }).toString(),
	'HTML with <br>': (text) => `<pre>${text.replaceAll('\n', '<br/>')}</pre>`,
	'HTML with numeric escapes': (text) =>
		text.replace(/[+/=\n]/g, (mark) => `&#${mark.charCodeAt(0)};`),
	'HTML with hexadecimal escapes, twice': (text) =>
		text.replace(/[+/=\n]/g, (mark) => `&amp;#x${mark.charCodeAt(0).toString(16)};`),
	'the source of a mail': (text) =>
		text
			.replaceAll('=', '=3D')
			.replace(/^.{60}/gm, '$&=\r\n')
			.replaceAll('-----B', '=2D----B'),
	'“quotes” (C17)': (text) => `“${text}”`,
	'„quotes“': (text) => `„${text}“`,
	'‘quotes’': (text) => `‘${text}’`,
	'«quotes»': (text) => `« ${text} »`,
	'‹quotes›': (text) => `‹${text}›`,
	'「quotes」': (text) => `「${text}」`,
	'＂quotes＂': (text) => `＂${text}＂`,
	'"straight quotes"': (text) => `"${text}"`,
	"'straight quotes'": (text) => `'${text}'`,
	'`backticks`': (text) => `\`${text}\``,
	'a fenced block': (text) => `\`\`\`pem\n${text}\n\`\`\``,
	'invisible marks': (text) => `\u200e\u2060${text}\u200b\ufeff`,
	'a data address': (text) => `data:application/x-pem-file;base64,${base64(text)}`,
};

describe('A certificate and its key', () => {
	it('connects with PKCS #1 under the label PRIVATE KEY (C09)', async () => {
		const certificates = client.cert + pki.intermediate.cert;
		await connects(certificates + rsa1.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY'));
	});

	it('connects as base64 of UTF-16 with a mark of the byte order (C11)', async () => {
		await connects(
			WRAPPINGS['base64 of UTF-16 (C11)']!(client.cert + pki.intermediate.cert + client.key),
		);
	});

	it('connects with both halves in base64, one a line (C13)', async () => {
		await connects(`${base64(client.cert + pki.intermediate.cert)}\n${base64(client.key)}\n`);
	});

	it.each(Object.keys(WRAPPINGS))('is read in this wrapping: %s', (name) => {
		for (const key of [client.key, rsa1, encrypted]) isPair(WRAPPINGS[name]!(client.cert + key));
	});

	it.each(Object.keys(WRAPPINGS))('is read with one half in this wrapping: %s', (name) => {
		const wrap = WRAPPINGS[name]!;
		isPair(`${wrap(client.cert)}\n${client.key}`);
		isPair(`${client.cert}\n${wrap(client.key)}`);
		isPair(`${wrap(client.key)}\n${client.cert}`);
	});

	const HALVES: Record<string, (pem: string) => string> = {
		PEM: (pem) => pem,
		'the binary form in base64': (pem) => base64(derOf(pem)),
		'the same, wrapped': (pem) => base64(derOf(pem)).replace(/.{64}/g, '$&\n'),
		'PEM in base64': (pem) => base64(pem),
		'PEM in base64 of UTF-16': (pem) => base64(utf16(pem)),
		'PEM in a JSON text': (pem) => JSON.stringify(pem),
		'“PEM”': (pem) => `“${pem}”`,
	};
	it.each(Object.keys(HALVES))('is read in any two encodings, the certificate as %s', (name) => {
		for (const other of Object.values(HALVES)) {
			for (const gap of ['\n', ' ', '\n\n', ',', ';', '\r\n---\r\n']) {
				for (const key of [client.key, rsa1, encrypted]) {
					isPair(HALVES[name]!(client.cert) + gap + other(key));
					isPair(other(key) + gap + HALVES[name]!(client.cert));
				}
			}
		}
	});

	it('is read without anything between the two halves in base64', () => {
		for (const half of [derOf, (pem: string) => Buffer.from(pem)]) {
			isPair(base64(half(client.cert)) + base64(half(client.key)));
			isPair(base64(half(client.key)) + base64(half(client.cert)));
			const both = [half(client.cert), half(client.key)].map((one) =>
				base64(one).replace(/=+$/, ''),
			);
			isPair(both.join('\n'));
		}
	});

	it.each([
		['certificate', 'PRIVATE KEY', 'CERTIFICATE'],
		['key', 'CERTIFICATE', 'PRIVATE KEY'],
		['both', 'X', 'X'],
		['both', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'],
		['both', 'PUBLIC KEY', 'CERTIFICATE REQUEST'],
		['both', 'PKCS7', 'PKCS12'],
		['both', 'ENCRYPTED PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'],
	])(
		'is read by what is in it, when the markers of %s say %s and %s (C09)',
		(_which, ...labels) => {
			for (const key of [client.key, rsa1, encrypted]) {
				isPair(block(labels[0]!, derOf(client.cert)) + block(labels[1]!, derOf(key)));
			}
		},
	);

	it('is read with markers in lower case, or without their dashes', () => {
		isPair((client.cert + client.key).replace(/-----.*-----/g, (line) => line.toLowerCase()));
		isPair((client.cert + client.key).replaceAll('-----', ''));
	});

	it.each(['DER', 'PEM'])('connects with certificate and chain as PKCS #7 (%s)', async (form) => {
		const chain = form === 'DER' ? base64(bundle) : block('PKCS7', bundle);
		for (const certificate of [
			chain,
			block('CERTIFICATE', bundle),
			block('CMS', bundle),
			block('PKCS #7 SIGNED DATA', bundle),
		]) {
			await connects(`${certificate}\n${client.key}`);
		}
	});
});

describe('A PFX', () => {
	it('connects in “ ” of an office program, and in backticks of a chat (C17)', async () => {
		await connects(`“${base64(pfx)}”`);
		await connects(`\`${base64(pfx)}\``);
		await connects(`\`\`\`\n${base64(pfx)}\n\`\`\``);
	});

	it.each(Object.keys(WRAPPINGS))('is read in this wrapping of its base64: %s', (name) => {
		const certificate = WRAPPINGS[name]!(base64(pfx));
		expect(loadIdentity({ certificate, passphrase: PASSPHRASE }).tlsOptions.pfx).toEqual(pfx);
	});

	it('without a checksum is said to be one, with the way out (C14)', async () => {
		const bare = (await pki.pfx(client, PASSPHRASE, '-nomac')).toString('base64');
		const refusal = refusalOf({ certificate: bare, passphrase: PASSPHRASE });
		expect(refusal.code).toBe('certificate.pfxNoMac');
		expect(explain(refusal).message).toMatch(/'Client Certificate' has no checksum \(MAC\)/);
		const command = /`(openssl [^`]+)`/.exec(explain(refusal).advice)?.[1] ?? '';
		const words = command
			.replace('client.pfx', await pki.save(Buffer.from(bare, 'base64')))
			.split(' ');
		const out = ['-passin', `pass:${PASSPHRASE}`, '-passout', `pass:${PASSPHRASE}`];
		// The way out is one: what the command gives connects.
		await connects(await pki.text(...words.slice(1, -2), ...out));
	});
});

describe('What can be named only', () => {
	const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(200, 7)]);
	it.each([
		['a ZIP archive', () => base64(zip), 'certificate.archive'],
		['a ZIP archive in markers', () => block('CERTIFICATE', zip), 'certificate.archive'],
		['gzip', () => base64(gzipSync(client.cert + client.key)), 'certificate.archive'],
		[
			'a Java key store',
			() => base64(Buffer.concat([Buffer.from([0xfe, 0xed, 0xfe, 0xed]), zip])),
			'certificate.archive',
		],
		['a PKCS #7 bundle in base64', () => base64(bundle), 'certificate.bundle'],
		[
			'a PKCS #7 bundle in markers of a certificate',
			() => block('CERTIFICATE', bundle),
			'certificate.bundle',
		],
		[
			'half a certificate in base64',
			() => base64(derOf(client.cert).subarray(0, 300)),
			'certificate.truncated',
		],
		[
			'a certificate, and half a key in base64',
			() => client.cert + base64(derOf(client.key).subarray(0, 300)),
			'certificate.truncated',
		],
		[
			'a public key in base64',
			() => base64(derOf(block('X', createPublicKeyDer()))),
			'certificate.publicKey',
		],
	])('%s', (_name, text, code) => {
		const refusal = refusalOf({ certificate: text() });
		expect(refusal.code).toBe(code);
		expect(explain(refusal).advice).toMatch(/\S/);
	});

	const createPublicKeyDer = () =>
		new X509Certificate(client.cert).publicKey.export({ type: 'spki', format: 'der' });
});

describe('CA Certificate', () => {
	const both = () => [pki.root.cert, pki.intermediate.cert];
	const windows = async () =>
		await pki.file(
			...['crl2pkcs7', '-nocrl', '-outform', 'DER'],
			...['-certfile', pki.root.certFile, '-certfile', pki.intermediate.certFile],
		);

	it('connects with a PKCS #7 chain under BEGIN CERTIFICATE (C16)', async () => {
		const caCertificate = block('CERTIFICATE', await windows());
		const certificate = client.cert + pki.intermediate.cert + client.key;
		const { secureContext } = loadIdentity({ certificate, caCertificate });
		expect(await portal.ask({ secureContext })).toBe('client');
	});

	it('takes a chain file of Windows in every form', async () => {
		const der = await windows();
		const forms = [
			base64(der),
			block('PKCS7', der),
			base64(block('PKCS7', der)),
			`“${base64(der)}”`,
		];
		for (const text of [...forms, base64(base64(der))]) {
			expect(readAuthorities(text)).toEqual(both());
		}
	});

	it.each(Object.keys(WRAPPINGS))('is read in this wrapping: %s', (name) => {
		expect(readAuthorities(WRAPPINGS[name]!(both().join('')))).toEqual(both());
	});

	it('takes several in base64, one a line', () => {
		expect(readAuthorities(both().map(base64).join('\n'))).toEqual(both());
		expect(
			readAuthorities(
				both()
					.map((pem) => base64(derOf(pem)))
					.join('\n'),
			),
		).toEqual(both());
	});
});
