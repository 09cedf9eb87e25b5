import { join } from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import * as packageJson from '../../package.json';
import type { Installed } from './engine';

const ROOT = join(__dirname, '..', '..');

/** The package as `npm run build` left it in `dist/`, found the way n8n finds it. */
export function fromDist(root = ROOT): Installed {
	const nodes: Record<string, INodeType> = {};
	for (const file of packageJson.n8n.nodes) {
		const node = load<INodeType>(join(root, file));
		nodes[`${packageJson.name}.${node.description.name}`] = node;
	}
	const credentials: Record<string, ICredentialType> = {};
	for (const file of packageJson.n8n.credentials) {
		const credential = load<ICredentialType>(join(root, file));
		credentials[credential.name] = credential;
	}
	return { nodes, credentials };
}

/** n8n takes the class that is named after the file. */
function load<T>(file: string): T {
	const className = /([^/\\]+)\.(node|credentials)\.js$/.exec(file)![1]!;
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	const loaded = require(file) as Record<string, new () => T>;
	return new loaded[className]!();
}
