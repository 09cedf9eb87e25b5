import * as fc from 'fast-check';

import { isCutShort, readPem, toPem, withoutNoise } from '../../tip/identity/pem';

const der = Buffer.concat([Buffer.from([0x30, 0x81, 0x80]), Buffer.alloc(128, 0xa5)]);
const base64 = der.toString('base64');
const pem = (label: string, body = base64) =>
	`-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

describe('readPem', () => {
	it('gives each block its label, body, bytes and a PEM of 64 characters a line', () => {
		const [block, ...rest] = readPem(pem('CERTIFICATE')).blocks;
		expect(rest).toEqual([]);
		expect(block).toMatchObject({ label: 'CERTIFICATE', headers: {}, der });
		const lines = block?.pem.split('\n') ?? [];
		expect(lines[0]).toBe('-----BEGIN CERTIFICATE-----');
		expect(lines.slice(1, -2).map(({ length }) => length)).toEqual([64, 64, 48]);
		expect(lines.slice(-2)).toEqual(['-----END CERTIFICATE-----', '']);
	});

	it.each([
		['CERTIFICATE', 'CERTIFICATE'],
		['X509 CERTIFICATE', 'CERTIFICATE'],
		['TRUSTED CERTIFICATE', 'CERTIFICATE'],
		['NEW CERTIFICATE REQUEST', 'CERTIFICATE REQUEST'],
		['ENCRYPTED PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'],
		['RSA  PRIVATE\tKEY', 'RSA PRIVATE KEY'],
		['X9.42 DH PARAMETERS', 'X9.42DHPARAMETERS'],
	])('reads the label %s as %s', (written, label) => {
		expect(readPem(pem(written)).blocks.map((block) => block.label)).toEqual([label]);
	});

	const iv = '0123456789ABCDEF';
	it.each([
		['AES-256-CBC', iv + iv],
		['DES-EDE3-CBC', iv],
	])('keeps the headers of an old %s key, however it is flattened', (cipher, value) => {
		const whole = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${value}\n\n${base64}\n-----END RSA PRIVATE KEY-----\n`;
		for (const gap of ['\n', '\r\n', ' ', '', '\\n', '\n\n  ']) {
			const [block] = readPem(whole.replaceAll('\n', gap)).blocks;
			expect(block?.headers).toEqual({
				'Proc-Type': '4,ENCRYPTED',
				'DEK-Info': `${cipher},${value}`,
			});
			expect(block?.der).toEqual(der);
			expect(block?.pem.replace(/\n/g, '')).toBe(whole.replace(/\n/g, ''));
			expect(block?.pem).toContain(`${value}\n\n${base64.slice(0, 64)}\n`);
		}
	});

	it.each([
		['no end', `-----BEGIN CERTIFICATE-----${base64}`, ['CERTIFICATE']],
		['no beginning', `${base64}-----END CERTIFICATE-----`, ['CERTIFICATE']],
		[
			'another beginning first',
			`-----BEGIN PRIVATE KEY-----${base64}${pem('CERTIFICATE')}`,
			['PRIVATE KEY'],
		],
		['nothing inside', pem('CERTIFICATE', ''), ['CERTIFICATE']],
		['other characters inside', pem('CERTIFICATE', `${base64}*`), ['CERTIFICATE']],
		['padding inside', pem('CERTIFICATE', `AA==${base64}`), ['CERTIFICATE']],
		['its tail missing', pem('CERTIFICATE', base64.slice(0, -8)), ['CERTIFICATE']],
	])('calls a block with %s broken', (_what, text, broken) => {
		expect(readPem(text).broken).toEqual(broken);
	});

	it('reads on after a broken block', () => {
		const { blocks, broken } = readPem(`-----BEGIN PRIVATE KEY-----\n${pem('CERTIFICATE')}`);
		expect(broken).toEqual(['PRIVATE KEY']);
		expect(blocks.map(({ label }) => label)).toEqual(['CERTIFICATE']);
	});

	it('reads back what toPem writes, for any content', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
				const content = Buffer.from(bytes);
				const text = toPem('PUBLIC KEY', content);
				const { blocks, broken } = readPem(text);
				if (isCutShort(content)) expect(broken).toEqual(['PUBLIC KEY']);
				else expect(blocks[0]).toMatchObject({ der: content, pem: text });
			}),
		);
	});
});

describe('withoutNoise', () => {
	it('leaves base64 as it is', () => {
		const characters = fc.constantFrom(...'ABCnrtu019+/=');
		fc.assert(
			fc.property(fc.string({ unit: characters }), (text) => {
				expect(withoutNoise(text)).toBe(text);
			}),
		);
	});

	it('takes out every blank and escape between base64 characters, and nothing else', () => {
		const blanks = [' ', '\n', '\r', '\t', '\0', '\u00a0', '\ufeff', '\u200b', '\u2028'];
		const noise = fc.constantFrom(...blanks, '\\n', '\\r', '\\\\n', '\\u000a', '"', "'", '>');
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.constantFrom(...'Anrtu0/+'), noise)), (pairs) => {
				expect(withoutNoise(pairs.flat().join(''))).toBe(pairs.map(([kept]) => kept).join(''));
			}),
		);
	});
});

describe('isCutShort', () => {
	it.each([
		[[0x30], true],
		[[0x30, 0x01], true],
		[[0x30, 0x01, 0x00], false],
		[[0x30, 0x00], false],
		[[0x30, 0x81], true],
		[[0x30, 0x82, 0x01], true],
		[[0x30, 0x82, 0x00, 0x01], true],
		[[0x30, 0x82, 0x00, 0x01, 0x05], false],
		[[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], true],
		[[0x30, 0x80, 0x02], false],
		[[0x30, 0x85, 0, 0, 0, 0, 9], false],
		[[0x6f, 0x70], false],
		[[], false],
	])('%p: %p', (bytes, short) => {
		expect(isCutShort(Buffer.from(bytes))).toBe(short);
	});
});
