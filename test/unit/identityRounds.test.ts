import { explain } from '../../nodes/shared/messages';
import { loadIdentity } from '../../tip/identity/certificate';
import { roundsIn } from '../../tip/identity/rounds';
import { TipError } from '../../tip/values/error';
import { Pki, type Issued } from '../fixtures/openssl';

const PASSPHRASE = 'secret';
const OUT = ['-passout', `pass:${PASSPHRASE}`];

let pki: Pki;
let client: Issued;
beforeAll(async () => {
	pki = await Pki.make();
	client = await pki.issue('client', 'ec');
});
afterAll(async () => await pki.remove());

const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const keyWith = async (...options: string[]) =>
	derOf(await pki.text('pkcs8', '-topk8', '-in', client.keyFile, ...options, ...OUT));
/** The same file with another number of rounds, of as many bytes. */
const changed = (der: Buffer, from: string, to: string) => {
	const hex = der.toString('hex');
	expect(hex).toContain(from);
	return Buffer.from(hex.replaceAll(from, to), 'hex');
};
const codeOf = (certificate: string): string => {
	try {
		loadIdentity({ certificate, passphrase: PASSPHRASE });
		return 'opened';
	} catch (thrown) {
		if (!(thrown instanceof TipError)) throw thrown;
		expect(explain(thrown).message).not.toMatch(/undefined/);
		return thrown.code;
	}
};
const asPem = (label: string, der: Buffer) =>
	`-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;

/** As INTEGER. */
const SEVENTY_THOUSAND = Buffer.from('0203011170', 'hex');
const FIFTY_MILLION = Buffer.from('020402faf080', 'hex');

describe('The work a key demands', () => {
	it('is read from PBES2, the ciphers of old, and scrypt', async () => {
		expect(roundsIn(await keyWith('-iter', '70000'))).toBe(70_000);
		expect(roundsIn(await keyWith('-v1', 'PBE-SHA1-3DES', '-iter', '3000'))).toBe(3000);
		expect(roundsIn(await keyWith('-scrypt'))).toBe(131_072);
		expect(roundsIn(derOf(client.key))).toBe(0);
	});

	it('is refused by its parameters when it is 50 million rounds, before OpenSSL does it', async () => {
		const der = await keyWith('-iter', '70000');
		const grown = grow(der, der.indexOf(SEVENTY_THOUSAND));
		expect(roundsIn(grown)).toBe(50_000_000);
		expect(codeOf(client.cert + asPem('ENCRYPTED PRIVATE KEY', grown))).toBe(
			'certificate.tooManyRounds',
		);
	});

	it('is refused for scrypt alike', async () => {
		const der = await keyWith('-scrypt');
		// Cost 16,384, block size 8, parallel 1: in the place of the last one, 127.
		const costly = changed(der, '02024000020108020101', '0202400002010802017f');
		expect(roundsIn(costly)).toBe(131_072 * 127);
		expect(codeOf(client.cert + asPem('ENCRYPTED PRIVATE KEY', costly))).toBe(
			'certificate.tooManyRounds',
		);
	});

	it('of a PFX is that of its parts and of its checksum', async () => {
		const pfx = (...options: string[]) => pki.pfx(client, PASSPHRASE, ...options);
		// Certificates, key and checksum.
		expect(roundsIn(await pfx('-iter', '70000'))).toBe(210_000);
		const certificate = (await pfx('-iter', '70000')).toString('base64');
		expect(codeOf(certificate)).toBe('opened');
	});

	it('of a PFX is refused wherever in it the 50 million are: certificates, key or checksum', async () => {
		const der = await pki.pfx(client, PASSPHRASE, '-iter', '70000');
		const places: number[] = [];
		for (let at = der.indexOf(SEVENTY_THOUSAND); at >= 0;) {
			places.push(at);
			at = der.indexOf(SEVENTY_THOUSAND, at + 1);
		}
		expect(places).toHaveLength(3);
		for (const place of places) {
			const grown = grow(der, place);
			expect(roundsIn(grown)).toBe(50_140_000);
			expect(codeOf(grown.toString('base64'))).toBe('certificate.tooManyRounds');
		}
	});

	it.each([
		Buffer.alloc(0),
		Buffer.from('3080'.repeat(50_000), 'hex'),
		Buffer.alloc(100_000, 0x30),
	])('of what is no key at all is looked through in bounds (%#)', (bytes) =>
		expect(roundsIn(bytes)).toBe(0),
	);
});

/** Puts 50 million in the place of the 70,000 at a place, and lengthens all that is around it by a byte. */
function grow(der: Buffer, place: number): Buffer {
	const parents: number[] = [];
	for (let at = 0; at < place;) {
		const isLong = der[at + 1]! > 0x80;
		const size = isLong ? der[at + 1]! & 0x7f : 0;
		const length = isLong ? der.readUIntBE(at + 2, size) : der[at + 1]!;
		const end = at + 2 + size + length;
		if (end <= place) at = end;
		else {
			parents.push(at);
			at += 2 + size;
		}
	}
	const grown = Buffer.concat([der.subarray(0, place), FIFTY_MILLION, der.subarray(place + 5)]);
	for (const at of parents) {
		const size = der[at + 1]! > 0x80 ? der[at + 1]! & 0x7f : 0;
		if (size === 0) grown[at + 1]! += 1;
		else grown.writeUIntBE(der.readUIntBE(at + 2, size) + 1, at + 2, size);
	}
	return grown;
}
