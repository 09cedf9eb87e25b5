import { createSecureContext } from 'node:tls';
import { Pool } from 'undici';

import type { PortalCredential } from '../test/portal/portal';

/** A bare undici pool that does the same rescans: what the network and undici cost, and no more. */
export class BarePool {
	readonly #pool: Pool;
	readonly #headers: Record<string, string>;
	/** On HTTP/2 undici sends a request beside another one only when it may be repeated. */
	readonly multiplexes: boolean;

	constructor(
		credential: PortalCredential,
		readonly connections: number,
		options: Partial<Pool.Options> = {},
	) {
		const { certificate, caCertificate, username, password } = credential;
		this.#pool = new Pool(credential.baseUrl, {
			connections,
			pipelining: 1,
			connect: {
				secureContext: createSecureContext({
					cert: certificate,
					key: certificate,
					ca: caCertificate,
				}),
			},
			...options,
		});
		this.multiplexes = options.allowH2 === true;
		const token = Buffer.from(`${username}:${password}`).toString('base64');
		this.#headers = { accept: 'application/json', authorization: `Basic ${token}` };
	}

	async rescan(taskId: string): Promise<unknown> {
		const { statusCode, body } = await this.#pool.request({
			method: 'PUT',
			path: `/api/sandbox/tasks/file_from_url/${encodeURIComponent(taskId)}`,
			headers: this.#headers,
			idempotent: this.multiplexes,
		});
		const answer = await body.json();
		if (statusCode !== 200) throw new Error(`The portal answered ${statusCode}`);
		return answer;
	}

	/** Every task once, as many at a time as there are connections. */
	async rescanAll(taskIds: readonly string[]): Promise<void> {
		let next = 0;
		const work = async () => {
			while (next < taskIds.length) await this.rescan(taskIds[next++]!);
		};
		await Promise.all(Array.from({ length: this.connections }, work));
	}

	async close(): Promise<void> {
		await this.#pool.destroy();
	}
}
