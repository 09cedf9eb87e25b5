import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graceAfter, TICKET_GRACES_MS } from '../../tip/connection/handshake';
import { startPortal, startRelay, type IssuedCertificate, type Portal } from '../portal';
import { waitForRefusals } from './heldTimers';
import { runRescan, type RescanResult } from './rescanWorkflow';
import { until } from './until';

let portal: Portal;
beforeAll(async () => {
	portal = await startPortal();
});
afterEach(() => portal.reset());
afterAll(() => portal.close());

const run = (changes: Record<string, string>): Promise<RescanResult> =>
	runRescan({
		credential: { ...portal.credential, ...changes },
		parameters: { options: { maxRetries: 0 } },
	});

/** OpenSSL's own server says in an alert why it refuses a client; Node's only closes. */
describe('A client certificate the server refuses', () => {
	let folder: string;
	let server: ChildProcess | undefined;
	waitForRefusals();
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'tip-alerts-'));
	});
	afterEach(() => server?.kill('SIGKILL'));
	afterAll(() => rm(folder, { recursive: true, force: true }));

	/** Starts `openssl s_server`, which demands a certificate of the given authority. */
	const demand = async (trusted: string, ...flags: string[]): Promise<string> => {
		const [cert, key, ca] = await Promise.all(
			[portal.certificates.server.certificatePem, portal.certificates.server.keyPem, trusted].map(
				async (pem, index) => {
					const file = join(folder, `${index}.pem`);
					await writeFile(file, pem);
					return file;
				},
			),
		);
		server = spawn(
			'openssl',
			['s_server', '-accept', '127.0.0.1:0', '-cert', cert!, '-key', key!]
				.concat(['-CAfile', ca!, '-Verify', '3', '-verify_return_error', '-www'])
				.concat(flags),
			{ stdio: ['ignore', 'pipe', 'ignore'] },
		);
		let said = '';
		server.stdout!.on('data', (part) => (said += String(part)));
		const port = () => /^ACCEPT 127\.0\.0\.1:(\d+)$/m.exec(said)?.[1];
		await until(() => port() !== undefined);
		return `https://localhost:${port()}`;
	};

	const issue = (options: Partial<Parameters<Portal['certificates']['issueClient']>[0]>) =>
		portal.certificates.issueClient({ commonName: 'client', ...options });

	const refused = async (baseUrl: string, client: IssuedCertificate, message: RegExp) => {
		const { error } = await run({ baseUrl, certificate: client.combinedPem });
		expect(error?.message).toMatch(message);
		expect(error?.message).not.toMatch(/ERR_|alert/i);
		expect(error?.description).toMatch(/Technical Account Manager/);
		expect(error?.context).toMatchObject({ outcome: 'notSent', retryable: false });
		expect(String(error?.context.detail)).toMatch(/ALERT/);
	};

	it.each(['-tls1_3', '-tls1_2'])('from an authority it does not know (%s)', async (version) => {
		const client = await issue({ signedByOtherCa: true });
		await refused(
			await demand(portal.certificates.caPem, version),
			client,
			/refused the client certificate: the authority that signed it is not known there/,
		);
	});

	it.each(['-tls1_3', '-tls1_2'])('that has expired by its clock (%s)', async (version) => {
		const in2100 = '4102444800';
		await refused(
			await demand(portal.certificates.caPem, version, '-attime', in2100),
			await issue({}),
			/refused the client certificate: it has expired/,
		);
	});

	it('and closes without a word', async () => {
		const foreign = await issue({ signedByOtherCa: true });
		const { error } = await run({ certificate: foreign.combinedPem });
		expect(error?.message).toMatch(
			/closed the connection after it had seen the client certificate/,
		);
		expect(error?.context).toMatchObject({ outcome: 'notSent' });
		expect(portal.requests).toHaveLength(0);
	});
});

describe('A client certificate refused far away', () => {
	waitForRefusals();

	/** The alert takes as long as the way is; the client would have written by then, and not have known. */
	it('is a refused certificate, not a rescan of which nobody knows', async () => {
		const foreign = await portal.certificates.issueClient({ signedByOtherCa: true });
		const oneWayMs = 150;
		const wire = await startRelay(portal.port, oneWayMs);
		const timers = jest.spyOn(globalThis, 'setTimeout');
		try {
			const { error } = await run({
				baseUrl: `https://localhost:${wire.port}`,
				certificate: foreign.combinedPem,
			});
			expect(error?.context).toMatchObject({
				code: 'tls.closedAfterHandshake',
				outcome: 'notSent',
			});
			expect(portal.requests).toHaveLength(0);
			// How long it would have been waited for: as long as it takes, and as long again.
			const graces = timers.mock.calls.flatMap(([, ms]) =>
				TICKET_GRACES_MS.filter((grace) => grace === ms),
			);
			expect(graces).toHaveLength(1);
			expect(graces[0]).toBeGreaterThanOrEqual(4 * oneWayMs);
		} finally {
			timers.mockRestore();
			await wire.close();
		}
	});

	it.each([
		[0, 100],
		[50, 100],
		[51, 200],
		[160, 400],
		[900, 2000],
		[60_000, 2000],
	])('is waited for two of the round trips: %d ms make %d', (handshakeMs, graceMs) => {
		expect(graceAfter(handshakeMs)).toBe(graceMs);
	});
});

describe('A server certificate', () => {
	it('that is not trusted is named by who signed it', async () => {
		const { error } = await run({ caCertificate: '' });
		expect(error?.message).toMatch(
			/The server certificate of localhost:\d+ is not trusted: it was signed by '[^']+'/,
		);
		expect(error?.description).toMatch(/paste the certificate of that authority/);
		expect(error?.context).toMatchObject({ outcome: 'notSent', detail: expect.any(String) });
		expect(portal.requests).toHaveLength(0);
	});

	it('for another name is named by what it was issued for', async () => {
		const issued = await portal.certificates.issueServer({ names: ['other.example'] });
		const elsewhere = await startPortal({
			tls: { cert: issued.certificatePem, key: issued.keyPem },
		});
		try {
			const { error } = await run({ baseUrl: elsewhere.baseUrl });
			expect(error?.message).toMatch(/issued for another name \(other\.example\)/);
			expect(elsewhere.requests).toHaveLength(0);
		} finally {
			await elsewhere.close();
		}
	});
});

describe('A certificate that ends soon', () => {
	const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
	const ending = (notAfter: Date) =>
		portal.certificates.issueClient({ commonName: 'ending', notAfter });
	const hintsOf = ({ run: result }: RescanResult) =>
		result.data.resultData.runData.Rescan![0]!.hints ?? [];

	it('works, and shows a hint with the date', async () => {
		const notAfter = inDays(12);
		const client = await ending(notAfter);
		const result = await run({ certificate: client.combinedPem });
		expect(result.error).toBeUndefined();
		expect(result.items).toHaveLength(1);
		const date = notAfter.toISOString().slice(0, 10);
		expect(hintsOf(result)).toEqual([
			{
				message: expect.stringContaining(`expires on ${date}`),
				type: 'warning',
				location: 'outputPane',
			},
		]);
	});

	it('shows none when there is time', async () => {
		const client = await ending(inDays(60));
		expect(hintsOf(await run({ certificate: client.combinedPem }))).toEqual([]);
	});
});

describe('A certificate that can not be used', () => {
	it.each([
		['stopWorkflow', undefined],
		['continueRegularOutput', 0],
		['continueErrorOutput', 1],
	] as const)('sends nothing and says why (%s)', async (onError, output) => {
		const result = await runRescan({
			credential: {
				...portal.credential,
				certificate: portal.certificates.client.certificatePem,
			},
			items: [{ task: 'a' }, { task: 'b' }],
			settings: { onError },
		});
		expect(portal.requests).toHaveLength(0);
		const sentence = "'Client Certificate' holds a certificate, but no private key";
		if (output === undefined) {
			expect(result.error?.message).toBe(sentence);
			expect(result.error?.description).toMatch(/openssl pkcs12/);
			return;
		}
		const items = output === 0 ? result.items : result.errorItems;
		expect(items.map(({ json }) => [json.error, json.outcome])).toEqual([
			[sentence, 'notSent'],
			[sentence, 'notSent'],
		]);
	});
});
