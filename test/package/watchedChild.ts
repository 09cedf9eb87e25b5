/**
 * Runs a rescan with the built package in n8n's engine, in a process in which somebody listens to every
 * diagnostics channel there is, from before the package is loaded: `… watchedChild.ts task.json`. It
 * prints what was heard, and last what became of the items.
 */
import '../setup';
import diagnostics from 'node:diagnostics_channel';
import { readFileSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import type { IDataObject } from 'n8n-workflow';
import * as packageJson from '../../package.json';
import { chain, itemsOf, runUnchecked, startNode } from '../engine/engine';
import { fromDist } from '../engine/fromDist';
import type { PortalCredential } from '../portal/portal';

export interface WatchedTask {
	credential: PortalCredential;
	parameters: IDataObject;
}

/** Those that undici documents; the ones beyond are listened to as soon as anybody makes them. */
const DOCUMENTED = [
	...['create', 'bodySent', 'headers', 'trailers', 'error'].map((name) => `undici:request:${name}`),
	...['bodyChunkSent', 'bodyChunkReceived'].map((name) => `undici:request:${name}`),
	...['beforeConnect', 'connected', 'connectError', 'sendHeaders'].map(
		(name) => `undici:client:${name}`,
	),
	'undici:proxy:connected',
];

const heard = new Set<string>();
function listenTo(name: string): void {
	if (heard.has(name)) return;
	heard.add(name);
	diagnostics.subscribe(name, (message) => {
		process.stdout.write(`${name}: ${inspect(message, { depth: 12, showHidden: true })}\n`);
	});
}

/** Also the channels that a library makes for itself. */
function listenToAll(): void {
	const { channel } = diagnostics;
	const wrapped = (name: string | symbol) => {
		if (typeof name === 'string' && /^(?:undici|http|net|tls)/.test(name)) listenTo(name);
		return channel(name);
	};
	(diagnostics as { channel: unknown }).channel = wrapped;
	DOCUMENTED.forEach(listenTo);
	listenTo('net.client.socket');
}

async function main(): Promise<void> {
	process.once('exit', () =>
		rmSync(process.env.N8N_USER_FOLDER!, { recursive: true, force: true }),
	);
	const { credential, parameters } = JSON.parse(
		readFileSync(process.argv[2]!, 'utf8'),
	) as WatchedTask;
	listenToAll();
	const run = await runUnchecked(
		{
			nodes: [
				startNode(),
				{
					id: 'tip',
					name: 'TIP',
					type: `${packageJson.name}.kasperskyTip`,
					typeVersion: 1,
					position: [0, 0],
					parameters: parameters as Record<string, string>,
					credentials: { kasperskyTipApi: { id: 'kasperskyTipApi', name: 'Stand-in portal' } },
				},
			],
			connections: chain('Start', 'TIP'),
		},
		{ installed: fromDist(), credentials: { kasperskyTipApi: credential } },
	);
	process.stdout.write(`became: ${JSON.stringify(itemsOf(run, 'TIP').map(({ json }) => json))}\n`);
	process.exit(0);
}

void main();
