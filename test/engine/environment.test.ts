import { startPortal, startProxy, type Portal } from '../portal';
import { rescanInOwnProcess } from './ownProcess';
import { PROXY_LOGIN, secretForms } from './secretForms';

/** What the environment of a process can't do, and what listens in it can't hear. */
describe('The environment of n8n', () => {
	let portal: Portal;
	beforeAll(async () => {
		portal = await startPortal();
	});
	afterEach(() => portal.reset());
	afterAll(() => portal.close());

	/** T01: the client certificate and the password would be shown to whoever answers. */
	describe('with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
		const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

		it('opens no connection to a server that is not trusted', async () => {
			const output = await rescanInOwnProcess({ ...portal.credential, caCertificate: '' }, env);
			expect(output).toContain('tls.untrusted');
			expect(portal.requests).toEqual([]);
			expect(portal.handshakes).toBe(0);
		});

		it('opens none to a server of another authority than the one that is trusted', async () => {
			const other = await portal.certificates.issueServer({ signedByOtherCa: true });
			const man = await startPortal({ tls: { cert: other.certificatePem, key: other.keyPem } });
			try {
				const output = await rescanInOwnProcess(
					{ ...portal.credential, baseUrl: man.baseUrl },
					env,
				);
				expect(output).toContain('tls.untrusted');
				expect(man.requests).toEqual([]);
				expect(man.handshakes).toBe(0);
			} finally {
				await man.close();
			}
		});

		it('opens none to a server with another name', async () => {
			const named = await portal.certificates.issueServer({ names: ['other.example'] });
			const man = await startPortal({ tls: { cert: named.certificatePem, key: named.keyPem } });
			try {
				const output = await rescanInOwnProcess(
					{ ...portal.credential, baseUrl: man.baseUrl },
					env,
				);
				expect(output).toContain('tls.name');
				expect(man.requests).toEqual([]);
			} finally {
				await man.close();
			}
		});

		it('opens none to a proxy that is not trusted, and shows it no password', async () => {
			const proxy = await startProxy({
				secure: portal.certificates,
				auth: { username: 'user', password: 'proxy-passw0rd' },
			});
			try {
				const output = await rescanInOwnProcess(portal.credential, {
					...env,
					HTTPS_PROXY: proxy.urlWithAuth,
				});
				expect(output).toContain('proxy.unreachable');
				expect(proxy.connects).toEqual([]);
			} finally {
				await proxy.close();
			}
		});

		it('lets through what is trusted', async () => {
			expect(await rescanInOwnProcess(portal.credential, env)).toContain('previous_task_id');
		});
	});

	/** Tracers subscribe to these channels, and support asks for NODE_DEBUG. */
	it('hears of no secret, whatever is listened to', async () => {
		const proxy = await startProxy({ auth: PROXY_LOGIN });
		const archive = 'archive-passw0rd';
		try {
			const output = await rescanInOwnProcess(
				{ ...portal.credential, archive },
				{ HTTPS_PROXY: proxy.urlWithAuth, NODE_DEBUG: 'net,http,https,tls,stream,undici,fetch' },
				'watchedChild.ts',
			);
			expect(output).toContain('"previous_task_id":"task-1"');
			expect(portal.rescans()[0]!.query).toEqual({ unzip_password: archive });
			// Something is heard: the socket to the proxy, for one.
			expect(output).toContain('net.client.socket: ');
			expect(output).toMatch(/NET \d+: /);
			for (const secret of secretForms(portal, archive)) {
				expect({ secret, at: output.indexOf(secret) }).toEqual({ secret, at: -1 });
			}
		} finally {
			await proxy.close();
		}
	});
});
