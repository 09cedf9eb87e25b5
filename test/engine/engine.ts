import 'reflect-metadata';
import { Credentials, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	ICredentialsHelper,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { findLeaks } from './leaks';

/** Node and credential classes to run: from the sources, or from the built package. */
export interface Installed {
	nodes: Record<string, INodeType>;
	credentials: Record<string, ICredentialType>;
}

export interface EngineWorkflow {
	nodes: INode[];
	connections: IConnections;
	settings?: IDataObject;
}

export interface RunOptions {
	installed: Installed;
	/** Decrypted data by credential type. */
	credentials: Record<string, ICredentialDataDecryptedObject>;
	/** Items the start node gives out, for workflows made with {@link startNode}. */
	items?: INodeExecutionData[];
	mode?: 'manual' | 'trigger';
	/** Called when the execution begins; cancels it when called back. */
	onStart?: (cancel: () => void) => void;
}

export const START_TYPE = 'test.start';

/** A node that gives out the items of the run. */
export function startNode(name = 'Start'): INode {
	return {
		id: name,
		name,
		type: START_TYPE,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
}

/**
 * Runs a workflow in n8n's own engine, in this process: parameters, expressions, Retry On Fail, On
 * Error and item pairing are n8n's. Only what belongs to the n8n server (stored credentials, the
 * database) is replaced.
 *
 * @throws Error when any piece of a secret shows in what n8n would store of the execution
 */
export async function runWorkflow(definition: EngineWorkflow, options: RunOptions): Promise<IRun> {
	const result = await runUnchecked(definition, options);
	const leaks = findLeaks(result, options.credentials, definition.nodes);
	if (leaks.length > 0) throw new Error(`A secret shows in the execution:\n${leaks.join('\n')}`);
	return result;
}

/** The same without the look for secrets, which takes its time: for measuring. */
export async function runUnchecked(definition: EngineWorkflow, options: RunOptions): Promise<IRun> {
	const workflow = workflowOf(definition, options);
	const mode = options.mode ?? 'manual';
	const additionalData = additionalDataFor(definition, options);

	const execution = new WorkflowExecute(additionalData, mode, createRunExecutionData({})).run({
		workflow,
		startNode: workflow.getNode(definition.nodes[0]!.name)!,
	});
	options.onStart?.(() => (execution as unknown as { cancel(): void }).cancel());
	return await execution;
}

/** The workflow as n8n holds it, with the node types of the run. */
export function workflowOf(definition: EngineWorkflow, options: RunOptions): Workflow {
	return new Workflow({
		id: 'test-workflow',
		name: 'Test workflow',
		nodes: definition.nodes,
		connections: definition.connections,
		active: false,
		nodeTypes: nodeTypesOf(options),
		settings: { executionOrder: 'v1', ...definition.settings },
	});
}

/** What the n8n server hands to an execution: credentials without a database, no hooks of its own. */
export function additionalDataFor(
	definition: EngineWorkflow,
	options: RunOptions,
): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper: new PlainCredentials(options),
		executeWorkflow: async () => {
			throw new Error('no sub-workflows here');
		},
		hooks: new ExecutionLifecycleHooks(options.mode ?? 'manual', 'test-execution', {
			id: 'test-workflow',
			name: 'Test workflow',
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(0),
			updatedAt: new Date(0),
			nodes: definition.nodes,
			connections: definition.connections,
		}),
		executionId: 'test-execution',
		currentNodeParameters: undefined,
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost/',
		formWaitingBaseUrl: 'http://localhost/x',
		webhookBaseUrl: 'http://localhost/x',
		webhookWaitingBaseUrl: 'http://localhost/x',
		webhookTestBaseUrl: 'http://localhost/x',
		userId: 'test-user',
		variables: {},
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
		startRunnerTask: async () => {
			throw new Error('no task runner here');
		},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** Output items of a node, by default of its first run and first output. */
export function itemsOf(run: IRun, node: string, output = 0, runIndex = 0): INodeExecutionData[] {
	return run.data.resultData.runData[node]?.[runIndex]?.data?.main?.[output] ?? [];
}

/** Connects nodes in a chain, each to the first input of the next. */
export function chain(...names: string[]): IConnections {
	const connections: IConnections = {};
	names.slice(1).forEach((name, index) => {
		connections[names[index]!] = {
			main: [[{ node: name, type: NodeConnectionTypes.Main, index: 0 }]],
		};
	});
	return connections;
}

function nodeTypesOf(options: RunOptions): INodeTypes {
	const start: INodeType = {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['input'],
			version: 1,
			description: 'Gives out the items of the run',
			defaults: { name: 'Start' },
			inputs: [],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute: async () => [options.items ?? [{ json: {} }]],
	};
	const all: Record<string, INodeType | IVersionedNodeType> = {
		[START_TYPE]: start,
		...options.installed.nodes,
	};
	const byName = (type: string) => {
		const found = all[type];
		if (!found) throw new Error(`The workflow asks for a node type that is not installed: ${type}`);
		return found;
	};
	return {
		getByName: byName,
		getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(byName(type), version),
		getKnownTypes: () => ({}),
	};
}

/** Hands out the run's credentials without a database. */
class PlainCredentials extends ICredentialsHelper {
	constructor(private readonly options: RunOptions) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	async authenticate(
		data: ICredentialDataDecryptedObject,
		type: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.options.installed.credentials[type]!;
		if (typeof authenticate !== 'function') throw new Error(`${type} has no authenticate function`);
		return await authenticate(data, request);
	}

	async preAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return undefined;
	}

	async getCredentials(
		{ name }: { name: string },
		type: string,
	): Promise<Credentials<ICredentialDataDecryptedObject>> {
		return new Credentials({ id: type, name }, type, '');
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_details: unknown,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.options.credentials[type];
		if (!data) throw new Error(`The run has no credential of type ${type}`);
		return structuredClone(data);
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(type: string) {
		return this.options.installed.credentials[type]?.properties ?? [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}
}
