import { KasperskyOpenTipApi } from '../../credentials/KasperskyOpenTipApi.credentials';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { KasperskyTipTokenApi } from '../../credentials/KasperskyTipTokenApi.credentials';
import { explain } from '../../nodes/shared/messages';
import {
	CREDENTIAL_NAME,
	TOKEN_CREDENTIAL_NAME,
	type CredentialName,
} from '../../nodes/shared/signIn/authentication';
import { readSignIn } from '../../nodes/shared/signIn/login';
import { parseBaseUrl } from '../../tip/portal/baseUrl';
import { TipError } from '../../tip/values/error';
import { Lru } from '../../tip/values/lru';
import { sharedCertificates } from '../portal';

function refusalOf(read: () => unknown): TipError {
	try {
		read();
	} catch (thrown) {
		if (thrown instanceof TipError) return thrown;
		throw thrown;
	}
	throw new Error('it was accepted');
}

const INVISIBLE = ['\u200b', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad', '\u202a', '\u00a0'];

describe('A Base URL', () => {
	it.each([
		['https://tip.kaspersky.com', 'https://tip.kaspersky.com', ''],
		['https://tip.kaspersky.com/', 'https://tip.kaspersky.com', ''],
		['HTTPS://TIP.Kaspersky.COM:443', 'https://tip.kaspersky.com', ''],
		['tip.kaspersky.com', 'https://tip.kaspersky.com', ''],
		['tip.kaspersky.com:8443', 'https://tip.kaspersky.com:8443', ''],
		['localhost:8443/gateway', 'https://localhost:8443', '/gateway'],
		['portal/api/', 'https://portal', ''],
		['localhost', 'https://localhost', ''],
		['//tip.kaspersky.com/', 'https://tip.kaspersky.com', ''],
		['[::1]:8443', 'https://[::1]:8443', ''],
		['https://portal.example/gateway/tip//', 'https://portal.example', '/gateway/tip'],
		['https://tip.kaspersky.com/api', 'https://tip.kaspersky.com', ''],
		['https://tip.kaspersky.com/api/', 'https://tip.kaspersky.com', ''],
		['https://tip.kaspersky.com/api//', 'https://tip.kaspersky.com', ''],
		['tip.kaspersky.com/api', 'https://tip.kaspersky.com', ''],
		['https://portal.example/gateway/api/', 'https://portal.example', '/gateway'],
		['https://portal.example/API', 'https://portal.example', ''],
		['https://portal.example/gateway//api', 'https://portal.example', '/gateway'],
		['https://portal.example/therapi', 'https://portal.example', '/therapi'],
		['https://portal.example/api/tip', 'https://portal.example', '/api/tip'],
		// Below a gateway that is called so itself, the API's own path is given as well.
		['https://portal.example/api/api', 'https://portal.example', '/api'],
	])('%s is %s, below %s (A01, R17)', (text, origin, pathPrefix) => {
		const { host } = new URL(origin);
		expect(parseBaseUrl(text)).toEqual({ origin, host, pathPrefix });
	});

	it.each(INVISIBLE)('may have %j around it', (mark) => {
		expect(parseBaseUrl(`${mark} https://tip.kaspersky.com${mark}\n`)).toMatchObject({
			origin: 'https://tip.kaspersky.com',
			pathPrefix: '',
		});
	});

	const REFUSED: Array<[string, RegExp]> = [
		['', /'Base URL' is empty in the credential/],
		[' \u200b', /'Base URL' is empty in the credential/],
		['https://', /'Base URL' is not a web address/],
		['portal', /'Base URL' is not a web address/],
		['/api', /'Base URL' is not a web address/],
		['the portal', /'Base URL' is not a web address/],
		['"https://tip.kaspersky.com"', /'Base URL' is not a web address/],
		['=https://tip.kaspersky.com', /'Base URL' is not a web address/],
		['https://a.example,https://b.example', /'Base URL' is not a web address/],
		['https://a..example', /'Base URL' is not a web address/],
		['https//tip.kaspersky.com', /'Base URL' is not a web address/],
		['https://https://tip.kaspersky.com', /'Base URL' is not a web address/],
		['http://tip.kaspersky.com', /begins with 'http:\/\/', but only 'https:\/\/' is allowed/],
		['ftp://tip.kaspersky.com', /begins with 'ftp:\/\/'/],
		['javascript:alert(1)', /begins with 'javascript:\/\/'/],
		['https://me:secret@tip.kaspersky.com', /holds a user name or password/],
		['me:secret@tip.kaspersky.com', /holds a user name or password/],
		['me@tip.kaspersky.com', /holds a user name or password/],
		['https://tip.kaspersky.com/?lang=en', /has a part after '\?' or '#'/],
		['https://tip.kaspersky.com/#/lookup', /has a part after '\?' or '#'/],
		[`https://tip.kaspersky.com/${'a'.repeat(2000)}`, /has 2026 characters, more than the 2000/],
		['/'.repeat(64_000), /has 64000 characters/],
	];
	it.each(REFUSED.map(([text, message]) => [text.slice(0, 60), text, message] as const))(
		'%j is refused',
		(_name, text, message) => {
			const refusal = refusalOf(() => parseBaseUrl(text));
			expect(refusal).toMatchObject({
				code: 'credential.baseUrl',
				kind: 'credential',
				outcome: 'notSent',
			});
			expect(explain(refusal).message).toMatch(message);
			expect(explain(refusal).advice).toMatch(/\S\.$/);
			expect(JSON.stringify(refusal)).not.toContain('secret');
		},
	);

	it('of nothing but slashes is read in one pass', () => {
		expect(parseBaseUrl(`https://a.example/${'/'.repeat(1900)}`).pathPrefix).toBe('');
		const text = `https://a.example/${'/'.repeat(1900)}x`;
		expect(parseBaseUrl(text).pathPrefix).toBe(new URL(text).pathname);
	});
});

describe('The fields of a credential', () => {
	const certificateFields = async () => {
		const { client, caPem } = await sharedCertificates();
		return {
			baseUrl: 'https://tip.kaspersky.com',
			username: 'analyst',
			password: ' päss: ',
			certificate: client.combinedPem,
			passphrase: '',
			caCertificate: caPem,
		};
	};
	const tokenFields = { baseUrl: 'tip.kaspersky.com', token: 'a-token', caCertificate: '' };

	const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

	it('become a login with Basic and the certificate', async () => {
		const { login, portal, notices } = readSignIn(await certificateFields(), CREDENTIAL_NAME);
		expect(portal.origin).toBe('https://tip.kaspersky.com');
		expect(login.kind).toBe('certificate');
		expect(login.authorization).toBe(basic('analyst: päss: '));
		expect(login.tlsOptions.key).toMatch(/PRIVATE KEY/);
		expect(notices).toEqual([]);
		const body = login.tlsOptions.key!.replace(/-----[^-]+-----|\s/g, '');
		expect(login.secrets).toEqual(expect.arrayContaining([' päss: ', login.tlsOptions.key, body]));
	});

	it('keep the passphrase and the key as secrets of the login', async () => {
		const { issueClient } = await sharedCertificates();
		const { combinedPem } = await issueClient({ passphrase: 'opens the key' });
		const fields = {
			...(await certificateFields()),
			certificate: combinedPem,
			passphrase: 'opens the key',
		};
		const { login } = readSignIn(fields, CREDENTIAL_NAME);
		expect(login.secrets).toContain('opens the key');
	});

	it('say when the certificate ends soon', async () => {
		const { issueClient } = await sharedCertificates();
		const notAfter = new Date(Date.now() + 86_400_000);
		const { combinedPem } = await issueClient({ commonName: 'short', notAfter });
		const fields = { ...(await certificateFields()), certificate: combinedPem };
		expect(readSignIn(fields, CREDENTIAL_NAME).notices).toEqual([
			expect.stringMatching(/'Client Certificate' expires on \d{4}-\d\d-\d\d/),
		]);
	});

	it.each(INVISIBLE)('may have %j around name and token', async (mark) => {
		const fields = { ...(await certificateFields()), username: `${mark}analyst ${mark}` };
		expect(readSignIn(fields, CREDENTIAL_NAME).login.authorization).toBe(basic('analyst: päss: '));
		const token = { ...tokenFields, token: `${mark}Bearer ${mark} a-token${mark}\n` };
		expect(readSignIn(token, TOKEN_CREDENTIAL_NAME).login.authorization).toBe('Bearer a-token');
	});

	it.each(['"a-token"', '“a-token”', '`Bearer a-token`', "' a-token '"])(
		'may have quotes around the token: %s',
		(token) => {
			const { login } = readSignIn({ ...tokenFields, token }, TOKEN_CREDENTIAL_NAME);
			expect(login.authorization).toBe('Bearer a-token');
		},
	);

	const EMPTY = /is empty in the credential$/;
	it.each<[CredentialName, string, unknown, RegExp]>([
		[CREDENTIAL_NAME, 'baseUrl', '', EMPTY],
		[CREDENTIAL_NAME, 'username', '\u200b ', EMPTY],
		[CREDENTIAL_NAME, 'username', undefined, EMPTY],
		[CREDENTIAL_NAME, 'password', null, EMPTY],
		[CREDENTIAL_NAME, 'username', 'me:too', /'Username' in the credential holds a colon/],
		[CREDENTIAL_NAME, 'username', {}, /'Username' in the credential is an object, not text/],
		[CREDENTIAL_NAME, 'password', NaN, /'Password' in the credential is NaN, not text/],
		[CREDENTIAL_NAME, 'password', ['a'], /'Password' in the credential is a list, not text/],
		[CREDENTIAL_NAME, 'password', 'a\ud83d', /'Password'.* holds half of a character/],
		[CREDENTIAL_NAME, 'passphrase', true, /'Passphrase' in the credential is true, not text/],
		[CREDENTIAL_NAME, 'certificate', {}, /'Client Certificate'.* is an object, not text/],
		[CREDENTIAL_NAME, 'caCertificate', [], /'CA Certificate'.* is a list, not text/],
		[TOKEN_CREDENTIAL_NAME, 'baseUrl', undefined, EMPTY],
		[TOKEN_CREDENTIAL_NAME, 'token', ' \u200b ', EMPTY],
		[TOKEN_CREDENTIAL_NAME, 'token', 'Bearer ', EMPTY],
		[TOKEN_CREDENTIAL_NAME, 'token', 'a token', /'Token'.* characters that no API token has/],
		[TOKEN_CREDENTIAL_NAME, 'token', 'a'.repeat(8001), /'Token' has 8001 characters/],
		[TOKEN_CREDENTIAL_NAME, 'token', 'tök', /'Token'.* characters that no API token has/],
		[TOKEN_CREDENTIAL_NAME, 'caCertificate', {}, /'CA Certificate'.* is an object, not text/],
	])('%s: %s %j is refused by name', async (name, field, value, message) => {
		const good = name === CREDENTIAL_NAME ? await certificateFields() : tokenFields;
		const refusal = refusalOf(() => readSignIn({ ...good, [field]: value } as never, name));
		expect(refusal).toMatchObject({
			code: `credential.${field}`,
			kind: 'credential',
			outcome: 'notSent',
		});
		const { message: said, advice } = explain(refusal);
		expect(said).toMatch(message);
		expect(`${said} ${advice}`).not.toMatch(/undefined|me:too/);
	});

	it('may hold a password that is a number', async () => {
		const fields = { ...(await certificateFields()), password: 123456 };
		expect(readSignIn(fields, CREDENTIAL_NAME).login.authorization).toBe(basic('analyst:123456'));
	});
});

describe('The dialog of each credential', () => {
	const ALL = [new KasperskyTipApi(), new KasperskyTipTokenApi(), new KasperskyOpenTipApi()];

	it('shows what is public, and hides what is not', () => {
		for (const { properties } of ALL) {
			for (const { name, typeOptions } of properties) {
				const isSecret = !['baseUrl', 'username', 'caCertificate'].includes(name);
				expect([name, typeOptions?.password === true]).toEqual([name, isSecret]);
			}
		}
	});

	it('says that a PFX in base64 is as good as PEM', () => {
		const field = ALL[0]!.properties.find(({ name }) => name === 'certificate');
		expect(field?.placeholder).toMatch(/-----BEGIN CERTIFICATE-----.*PFX in base64/);
	});

	it('links to a page, not into one: n8n adds to the address', () => {
		for (const { documentationUrl } of ALL) expect(new URL(documentationUrl).hash).toBe('');
	});
});

describe('An LRU', () => {
	it('keeps what was used last', () => {
		const kept = new Lru<number>(2);
		kept.set('a', 1);
		kept.set('b', 2);
		expect(kept.get('a')).toBe(1);
		kept.set('c', 3);
		expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
		kept.set('a', 4);
		kept.set('d', 5);
		expect([kept.get('a'), kept.get('c'), kept.get('d')]).toEqual([4, undefined, 5]);
	});
});
