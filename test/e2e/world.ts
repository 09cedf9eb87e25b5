import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Portal } from '../portal';
import type { CredentialRef, N8nApi, Workflow, WorkflowNode } from './api';
import type { N8nInstall } from './install';
import type { N8nServer } from './server';

export const nodeType = 'n8n-nodes-kaspersky-tip.kasperskyTip';
export const credentialType = 'kasperskyTipApi';
export const tokenCredentialType = 'kasperskyTipTokenApi';
export const passphrase = 'Kestrel-Passphrase-17';

/** What every step has at hand: one n8n with the package in it, and the portal it talks to. */
export interface World {
	install: N8nInstall;
	server: N8nServer;
	api: N8nApi;
	portal: Portal;
	/** Works. Its key is encrypted, so that there is a passphrase that could leak. */
	credential: CredentialRef;
	/** Pictures go here. */
	artifacts: string;
	/** The checkout. */
	checkout: string;
}

type Parameters = Record<string, unknown>;

/** The node under test, with what a step wants to be different. */
export function tipNode(
	{ credential }: Pick<World, 'credential'>,
	name: string,
	parameters: Parameters = {},
	settings: Record<string, unknown> = {},
): WorkflowNode {
	return {
		name,
		type: nodeType,
		typeVersion: 1,
		position: [220, 0],
		parameters: {
			resource: 'sandbox',
			operation: 'rescan',
			taskId: '={{ $json.taskId }}',
			...parameters,
		},
		credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		...settings,
	};
}

/** A manual trigger that gives one item for each task, then the nodes in a row. */
export function chain(name: string, taskIds: string[], ...nodes: WorkflowNode[]): Workflow {
	const start: WorkflowNode = {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const all = [start, ...nodes].map((node, index) => ({
		...node,
		position: [index * 220, 0] as [number, number],
	}));
	const connections: Workflow['connections'] = {};
	all.slice(0, -1).forEach((node, index) => {
		const next = all[index + 1];
		if (next) connections[node.name] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	});
	return {
		name,
		nodes: all,
		connections,
		pinData: { Start: taskIds.map((taskId) => ({ json: { taskId } })) },
	};
}

/** Something that passes its items on: a place to see what a branch got. */
export function noOp(name: string): WorkflowNode {
	return {
		name,
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [440, 0],
		parameters: {},
	};
}

/** Everything that must never be written down outside the encrypted credential. */
export function secretsOf(portal: Portal, keyPem: string): Map<string, string> {
	const { username, password } = portal.credential;
	const basic = Buffer.from(`${username}:${password}`).toString('base64');
	const secrets = new Map([
		['password', password],
		['password as JSON', JSON.stringify(password).slice(1, -1)],
		['Basic header', basic],
		['passphrase', passphrase],
	]);
	// A database may cut long texts at the end of a page, so each line is looked for on its own.
	keyPem
		.split('\n')
		.filter((line) => line.length === 64)
		.forEach((line, index) => secrets.set(`line ${index + 1} of the key`, line));
	return secrets;
}

/** The files under a folder that hold a text, as they lie on the disk. */
export function filesWith(folder: string, text: string): string[] {
	const needle = Buffer.from(text);
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((file) => readFileSync(file).includes(needle));
}
