import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Workflow, WorkflowNode } from './api';
import type { Step } from './steps';
import { credentialType, type World } from './world';

const manual = 'n8n-nodes-base.manualTrigger';

/** The example as a user has it after importing it and choosing their credential. */
function imported(workflow: Workflow, { credential }: World): Workflow {
	const { id, name } = credential;
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.[credentialType] === undefined
			? node
			: { ...node, credentials: { ...node.credentials, [credentialType]: { id, name } } },
	);
	return { ...workflow, nodes };
}

/** Parameters of the node types an example uses must exist in the n8n it is imported into. */
async function checkTypes({ api }: World, nodes: WorkflowNode[]): Promise<void> {
	const known = new Map((await api.nodeTypes()).map((type) => [type.name, type]));
	for (const { name, type } of nodes) assert.ok(known.has(type), `${name}: ${type} is unknown`);
}

/** Every workflow in `examples/` imports; those with a manual trigger run and send something. */
export function exampleSteps(checkout: string): Array<Step<World>> {
	const folder = join(checkout, 'examples');
	const files = existsSync(folder)
		? readdirSync(folder).filter((file) => file.endsWith('.json'))
		: [];
	return files.map((file) => ({
		name: file,
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			const workflow = imported(
				JSON.parse(readFileSync(join(folder, file), 'utf8')) as Workflow,
				world,
			);
			await checkTypes(world, workflow.nodes);
			const saved = await api.createWorkflow(workflow);
			const trigger = workflow.nodes.find(({ type }) => type === manual);
			if (trigger === undefined) return;
			const execution = await api.finished(await api.start(saved, trigger.name));
			assert.equal(execution.status, 'success', JSON.stringify(execution.error));
			assert.ok(portal.rescans().length > 0, JSON.stringify(execution.runData).slice(0, 3000));
			const again = portal.rescans().map(({ path, rawQuery }) => `${path}?${rawQuery}`);
			assert.equal(new Set(again).size, again.length, 'nothing is sent twice');
		},
	}));
}
