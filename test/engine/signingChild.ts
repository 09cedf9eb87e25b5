/**
 * What the Test button and a signed request of n8n's helper come to in a process with an environment
 * of its own: `node --import tsx signingChild.ts credential.json`. Prints one line of JSON.
 */
import '../setup';
import { readFileSync } from 'node:fs';
import { CredentialTestContext } from 'n8n-core';
import type { ICredentialTestFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { KasperskyTipApi } from '../../credentials/KasperskyTipApi.credentials';
import { testKasperskyTipConnection } from '../../nodes/shared/signIn/credentialTest';
import { additionalDataFor, startNode } from './engine';

async function main(): Promise<void> {
	const data = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<string, string>;
	const context = new CredentialTestContext(
		additionalDataFor(
			{ nodes: [startNode()], connections: {} },
			{ installed: { nodes: {}, credentials: {} }, credentials: { kasperskyTipApi: data } },
		),
	) as unknown as ICredentialTestFunctions;
	const test = await testKasperskyTipConnection.call(context, {
		id: '1',
		name: 'TIP',
		type: 'kasperskyTipApi',
		data,
	});
	const request = { url: `${data.baseUrl}/api/sandbox/channels` } as IHttpRequestOptions;
	const signed = await new KasperskyTipApi().authenticate(data, request);
	const answer = await context.helpers
		.request(signed as never)
		.then(() => 'answered')
		.catch((thrown: { code?: string }) => thrown.code ?? 'refused');
	process.stdout.write(`${JSON.stringify({ test, answer })}\n`);
	process.exit();
}

void main();
