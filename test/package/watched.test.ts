import { PROXY_LOGIN, secretForms } from '../engine/secretForms';
import { startPortal, startProxy } from '../portal';
import { runChild } from './runChild';
import type { WatchedTask } from './watchedChild';

/** The sources are watched alike in `engine/environment.test.ts`; this is the file that is published. */
describe('The built package', () => {
	it('tells no listener of a request, nor of the secrets in it', async () => {
		const portal = await startPortal();
		const proxy = await startProxy({ auth: PROXY_LOGIN });
		const archive = 'archive-passw0rd';
		const task: WatchedTask = {
			credential: portal.credential,
			parameters: {
				resource: 'sandbox',
				operation: 'rescan',
				taskSource: 'fileFromUrl',
				taskId: 'task-of-somebody',
				additionalFields: { unzip_password: archive },
			},
		};
		try {
			const { output, said } = await runChild('watchedChild.ts', task, {
				env: { HTTPS_PROXY: proxy.urlWithAuth, NODE_DEBUG: 'http,https,net,tls,undici,fetch' },
			});
			expect(portal.rescans()).toHaveLength(1);
			expect(portal.rescans()[0]!.query).toMatchObject({ unzip_password: archive });
			expect(output).toContain('became: [{');
			// Something is heard: the socket to the proxy, for one.
			expect(output).toContain('net.client.socket: ');
			expect(said).toMatch(/NET \d+: /);
			const heard = `${output.slice(0, output.lastIndexOf('became: '))}${said}`;
			expect(heard).not.toMatch(/^undici:/m);
			expect(heard).not.toMatch(/^(?:UNDICI|FETCH) \d+: .*(?:request|connect)/m);
			const headersAndPath = ['task-of-somebody', '/api/sandbox', 'authorization:', 'Basic '];
			for (const piece of [...secretForms(portal, archive), ...headersAndPath]) {
				expect({ piece, at: heard.toLowerCase().indexOf(piece.toLowerCase()) }).toEqual({
					piece,
					at: -1,
				});
			}
		} finally {
			await proxy.close();
			await portal.close();
		}
	});
});
