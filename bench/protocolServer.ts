/** Answers HTTP/1.1 and HTTP/2 alike. */
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serveParent } from './child';

interface ServerTask {
	latencyMs: number;
	ca: string;
	cert: string;
	key: string;
}

serveParent<ServerTask>(({ latencyMs, ...tls }, ready) => {
	const server = createSecureServer(
		{ ...tls, allowHTTP1: true, requestCert: true, rejectUnauthorized: true },
		(request, response) => {
			const body = JSON.stringify({
				task_id: '5ca1ab1e-0000-4000-8000-000000000001',
				previous_task_id: request.url.split('/').at(-1),
				engine: 'sandbox',
			});
			const answer = () => {
				response.writeHead(200, {
					'content-type': 'application/json',
					'content-length': Buffer.byteLength(body),
				});
				response.end(body);
			};
			if (latencyMs > 0) setTimeout(answer, latencyMs);
			else answer();
		},
	);
	server.listen(0, '127.0.0.1', () => ready({ port: (server.address() as AddressInfo).port }));
});
