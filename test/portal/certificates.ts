/**
 * Throwaway certificates, made when they are needed. Nothing here is ever committed or reused
 * between processes, and no outside program is called.
 */
import 'reflect-metadata';

import {
	generateKeyPair,
	randomBytes,
	webcrypto,
	X509Certificate,
	type KeyObject,
} from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';

import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

export interface IssuedCertificate {
	certificatePem: string;
	keyPem: string;
	/** Certificate and key in one text, as the portal's users paste it (tip-api.md 2.1). */
	combinedPem: string;
	/** As `X509Certificate.subject` prints it, such as `CN=analyst`. */
	subject: string;
}

export interface IssueOptions {
	commonName?: string;
	/** Default: an hour ago. */
	notBefore?: Date;
	/** Default: in a year. */
	notAfter?: Date;
	/** Default: `ec` (P-256). RSA is 2048 bits. */
	keyType?: 'ec' | 'rsa' | 'ed25519';
	/** Sign with an authority the portal does not trust. */
	signedByOtherCa?: boolean;
	/** Encrypt the key (PKCS#8, AES-256-CBC) with this. */
	passphrase?: string;
}

export interface PortalCertificates {
	caPem: string;
	/** The certificate of an authority that has nothing to do with the portal. */
	otherCaPem: string;
	client: IssuedCertificate;
	server: IssuedCertificate;
	issueClient(options?: IssueOptions): Promise<IssuedCertificate>;
	/** `names`: host names and IP addresses, default localhost, 127.0.0.1 and ::1. */
	issueServer(options?: IssueOptions & { names?: string[] }): Promise<IssuedCertificate>;
}

interface Authority {
	certificate: x509.X509Certificate;
	pem: string;
	signingKey: webcrypto.CryptoKey;
}

const serial = () => `01${randomBytes(15).toString('hex')}`;
const pem = (certificate: x509.X509Certificate) => `${certificate.toString('pem').trim()}\n`;

async function createAuthority(commonName: string): Promise<Authority> {
	const keys = await webcrypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serial(),
		name: `CN=${commonName}`,
		notBefore: new Date(Date.now() - 24 * HOUR),
		notAfter: new Date(Date.now() + 10 * YEAR),
		signingAlgorithm: SIGNATURE,
		keys: keys as never,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(
				x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
				true,
			),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
		],
	});
	return { certificate, pem: pem(certificate), signingKey: keys.privateKey };
}

const generate = promisify(generateKeyPair) as (
	type: string,
	options: object,
) => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>;

function createKeys(type: IssueOptions['keyType']) {
	if (type === 'rsa') return generate('rsa', { modulusLength: 2048 });
	if (type === 'ed25519') return generate('ed25519', {});
	return generate('ec', { namedCurve: 'P-256' });
}

async function issue(
	authority: Authority,
	options: IssueOptions & { commonName: string },
	usage: x509.Extension[],
): Promise<IssuedCertificate> {
	const { publicKey, privateKey } = await createKeys(options.keyType);
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: serial(),
		subject: [{ CN: [options.commonName] }],
		issuer: authority.certificate.subject,
		notBefore: options.notBefore ?? new Date(Date.now() - HOUR),
		notAfter: options.notAfter ?? new Date(Date.now() + YEAR),
		publicKey: new x509.PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
		signingKey: authority.signingKey as never,
		signingAlgorithm: SIGNATURE,
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
			await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
			...usage,
		],
	});
	const certificatePem = pem(certificate);
	const keyPem = privateKey.export({
		type: 'pkcs8',
		format: 'pem',
		...(options.passphrase ? { cipher: 'aes-256-cbc', passphrase: options.passphrase } : {}),
	}) as string;
	return {
		certificatePem,
		keyPem,
		combinedPem: certificatePem + keyPem,
		subject: new X509Certificate(certificatePem).subject,
	};
}

/** A new authority with a server and a client certificate of its own. */
export async function createCertificates(
	options: { serverNames?: string[]; clientName?: string } = {},
): Promise<PortalCertificates> {
	const [own, other] = await Promise.all([
		createAuthority('Stand-in portal authority'),
		createAuthority('Some other authority'),
	]);
	const issueClient: PortalCertificates['issueClient'] = (wanted = {}) =>
		issue(wanted.signedByOtherCa ? other : own, { commonName: 'tip-analyst', ...wanted }, [
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
		]);
	const issueServer: PortalCertificates['issueServer'] = (wanted = {}) => {
		const names = wanted.names ?? ['localhost', '127.0.0.1', '::1'];
		return issue(
			wanted.signedByOtherCa ? other : own,
			{ commonName: names[0] ?? 'localhost', ...wanted },
			[
				new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
				new x509.SubjectAlternativeNameExtension(
					names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name })),
				),
			],
		);
	};
	const [client, server] = await Promise.all([
		issueClient({ commonName: options.clientName ?? 'tip-analyst' }),
		issueServer({ names: options.serverNames }),
	]);
	return { caPem: own.pem, otherCaPem: other.pem, client, server, issueClient, issueServer };
}

let shared: Promise<PortalCertificates> | undefined;

/** One authority for the whole process; made on the first call. */
export function sharedCertificates(): Promise<PortalCertificates> {
	return (shared ??= createCertificates());
}
