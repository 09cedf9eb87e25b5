import { randomUUID } from 'node:crypto';

import { until } from './shell';

type Json = Record<string, unknown>;

export interface Item {
	json: Json;
	pairedItem?: unknown;
	error?: unknown;
}

export interface NodeRun {
	executionStatus?: string;
	error?: Json & { message?: string; description?: string };
	/** One list of items for each output that is not AI-only. */
	data?: { main?: Array<Item[] | null> };
}

export interface Execution {
	id: string;
	status: string;
	mode: string;
	/** The form as stored: secrets must be absent here, so tests look at the text itself. */
	rawData: string;
	runData: Record<string, NodeRun[]>;
	error?: Json & { message?: string; description?: string };
}

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Json;
	id?: string;
	credentials?: Record<string, { id: string; name: string }>;
	[setting: string]: unknown;
}

export interface Workflow {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Json;
	/** Items a node is to give without being run, by its name. */
	pinData?: Record<string, Array<{ json: Json }>>;
	id?: string;
	versionId?: string;
}

export interface CredentialRef {
	id: string;
	name: string;
	type: string;
	data: Json;
}

const finished = new Set(['success', 'error', 'crashed', 'canceled']);

/** n8n's own REST interface, as the editor uses it. */
export class N8nApi {
	readonly owner = {
		email: 'owner@example.com',
		firstName: 'Test',
		lastName: 'Owner',
		password: 'Loopback-Only-1',
	};

	private cookie = '';

	private readonly browserId = randomUUID();

	constructor(readonly url: string) {}

	/** Makes the owner account on a fresh instance, or logs in on one that has it. */
	async signIn(): Promise<void> {
		const settings = await this.get('/rest/settings');
		const { userManagement } = settings as { userManagement: { showSetupOnFirstLoad: boolean } };
		if (userManagement.showSetupOnFirstLoad) await this.post('/rest/owner/setup', this.owner);
		const { email, password } = this.owner;
		await this.post('/rest/login', { emailOrLdapLoginId: email, password });
	}

	async nodeTypes(): Promise<Json[]> {
		return (await this.plain('/types/nodes.json')) as Json[];
	}

	async credentialTypes(): Promise<Json[]> {
		return (await this.plain('/types/credentials.json')) as Json[];
	}

	async file(path: string): Promise<{ status: number; type: string; text: string }> {
		const response = await this.fetch('GET', path);
		const type = response.headers.get('content-type') ?? '';
		return { status: response.status, type, text: await response.text() };
	}

	async createCredential(name: string, type: string, data: Json): Promise<CredentialRef> {
		const { id } = (await this.post('/rest/credentials', { name, type, data })) as { id: string };
		return { id, name, type, data };
	}

	/** What the Test button of the credential shows. */
	async testCredential(credential: CredentialRef): Promise<{ status: string; message: string }> {
		const { id, name, type, data } = credential;
		const answer = await this.post('/rest/credentials/test', {
			credentials: { id, name, type, data },
		});
		return answer as { status: string; message: string };
	}

	/** Runs a `loadOptions` method: what a drop-down of the node would list. */
	async loadOptions(request: DynamicRequest): Promise<Array<{ name: string; value: unknown }>> {
		const answer = await this.post('/rest/dynamic-node-parameters/options', dynamic(request));
		return answer as Array<{ name: string; value: unknown }>;
	}

	/** Runs a `listSearch` method: what "From List" of a resource locator would show. */
	async searchList(
		request: DynamicRequest & { filter?: string },
	): Promise<{ results: Array<{ name: string; value: unknown }> }> {
		const answer = await this.post('/rest/dynamic-node-parameters/resource-locator-results', {
			...dynamic(request),
			filter: request.filter,
		});
		return answer as { results: Array<{ name: string; value: unknown }> };
	}

	async createWorkflow(workflow: Workflow): Promise<Workflow & { id: string }> {
		const nodes = workflow.nodes.map((node) => ({ id: randomUUID(), ...node }));
		const settings = { executionOrder: 'v1', ...workflow.settings };
		return (await this.post('/rest/workflows', {
			name: workflow.name,
			connections: workflow.connections,
			nodes,
			settings,
			active: false,
			pinData: workflow.pinData ?? {},
		})) as Workflow & { id: string };
	}

	/** What "Execute workflow" does, from the named trigger (the first node if none is named). */
	async start(
		workflow: Workflow & { id: string },
		trigger?: string,
		/** What the trigger is to give, for one that would wait for somebody. */
		json?: Json,
	): Promise<string> {
		const name = trigger ?? workflow.nodes[0]?.name;
		const data = json && {
			startTime: Date.now(),
			executionTime: 0,
			executionIndex: 0,
			executionStatus: 'success',
			data: { main: [[{ json }]] },
			source: [null],
		};
		const answer = await this.post(`/rest/workflows/${workflow.id}/run`, {
			workflowData: workflow,
			triggerToStartFrom: { name, data },
		});
		return (answer as { executionId: string }).executionId;
	}

	async run(workflow: Workflow, trigger?: string, timeoutMs = 60_000): Promise<Execution> {
		const saved = await this.createWorkflow(workflow);
		return await this.finished(await this.start(saved, trigger), timeoutMs);
	}

	async finished(executionId: string, timeoutMs = 60_000): Promise<Execution> {
		return await until(
			`execution ${executionId} to finish`,
			async () => {
				const execution = await this.execution(executionId);
				return finished.has(execution.status) && execution;
			},
			timeoutMs,
			100,
		);
	}

	/** The execution once it waits for somebody after this node has run. */
	async waitingAt(executionId: string, node: string): Promise<Execution> {
		return await until(
			`execution ${executionId} to wait at ${node}`,
			async () => {
				const execution = await this.execution(executionId);
				if (finished.has(execution.status)) {
					throw new Error(`It ended (${execution.status}): ${JSON.stringify(execution.error)}`);
				}
				return execution.status === 'waiting' && node in execution.runData && execution;
			},
			60_000,
			100,
		);
	}

	/** Follows the link of an approval's button, as a browser does. */
	async click(execution: Execution, isApproved: boolean): Promise<void> {
		const links = execution.rawData.match(/https?:[^"\\]+\/webhook-waiting\/[^"\\]+/g) ?? [];
		const link = links.find((text) => text.includes(`approved=${isApproved}`));
		if (link === undefined) throw new Error(`No such button: ${links.join(' ')}`);
		const { pathname, search } = new URL(link);
		const response = await this.fetch('GET', `${pathname}${search}`, undefined, {
			// Anything that looks like a crawler is given nothing.
			'user-agent': 'Mozilla/5.0 (X11; Linux x64) Chrome/150.0 Safari/537.36',
		});
		if (!response.ok) throw new Error(`The button answered ${response.status}`);
	}

	async execution(id: string): Promise<Execution> {
		const answer = await this.get(`/rest/executions/${id}`);
		const { status, mode, data } = answer as { status: string; mode: string; data?: string };
		const rawData = data ?? '';
		// An execution that has only just begun stores an empty table.
		const decoded = ((rawData !== '' && unflatten(rawData)) || {}) as Json;
		const result = (decoded.resultData ?? {}) as Partial<Execution>;
		return { id, status, mode, rawData, runData: result.runData ?? {}, error: result.error };
	}

	/** Ids and states of executions, newest first. */
	async executions(filter: Json, limit = 100): Promise<Array<{ id: string; status: string }>> {
		const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: String(limit) });
		const answer = (await this.get(`/rest/executions?${query.toString()}`)) as {
			results: Array<{ id: string; status: string }>;
		};
		return answer.results;
	}

	async stopExecution(id: string): Promise<void> {
		await this.post(`/rest/executions/${id}/stop`, {});
	}

	/** Publishes a workflow, which is what makes its webhooks answer. */
	async activate(workflow: Workflow & { id: string }): Promise<void> {
		await this.post(`/rest/workflows/${workflow.id}/activate`, { versionId: workflow.versionId });
	}

	/** Takes a workflow out of use. */
	async deactivate(workflow: Workflow & { id: string }): Promise<void> {
		await this.post(`/rest/workflows/${workflow.id}/deactivate`, {});
	}

	/**
	 * Calls a production webhook. n8n registers it some time after the workflow was published, so
	 * "not registered" is asked again for a while.
	 */
	async callWebhook(
		path: string,
		body: Json,
		headers: Record<string, string> = {},
	): Promise<{ status: number; body: unknown }> {
		return await until(
			`webhook ${path}`,
			async () => {
				const response = await this.fetch('POST', `/webhook/${path}`, body, headers);
				const text = await response.text();
				if (response.status === 404 && text.includes('not registered')) return undefined;
				const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
				return { status: response.status, body: isJson ? JSON.parse(text) : text };
			},
			15_000,
		);
	}

	/** The rows of a data table of the owner's, found by its name. */
	async dataTableRows(name: string): Promise<Json[]> {
		const { id: project } = (await this.get('/rest/projects/personal')) as { id: string };
		const tables = (await this.get(`/rest/projects/${project}/data-tables`)) as {
			data: Array<{ id: string; name: string }>;
		};
		const table = tables.data.find((entry) => entry.name === name);
		if (table === undefined) throw new Error(`There is no data table '${name}'`);
		const rows = await this.get(`/rest/projects/${project}/data-tables/${table.id}/rows`);
		return (rows as { data: Json[] }).data;
	}

	async get(path: string): Promise<unknown> {
		return await this.data('GET', path);
	}

	async post(path: string, body: unknown): Promise<unknown> {
		return await this.data('POST', path, body);
	}

	async remove(path: string): Promise<void> {
		await this.data('DELETE', path);
	}

	/** The REST interface wraps every answer in `data`. */
	private async data(method: string, path: string, body?: unknown): Promise<unknown> {
		const response = await this.fetch(method, path, body);
		const text = await response.text();
		if (!response.ok) {
			throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 1000)}`);
		}
		return text === '' ? undefined : (JSON.parse(text) as { data: unknown }).data;
	}

	private async plain(path: string): Promise<unknown> {
		const response = await this.fetch('GET', path);
		if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
		return await response.json();
	}

	private async fetch(
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<Response> {
		const response = await fetch(new URL(path, this.url), {
			method,
			headers: {
				'browser-id': this.browserId,
				// One that was kept may be closed by n8n in the moment in which it is used again.
				connection: 'close',
				cookie: this.cookie,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(60_000),
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [pair = ''] = cookie.split(';');
			if (pair.startsWith('n8n-auth=')) this.cookie = pair;
		}
		return response;
	}
}

export interface DynamicRequest {
	nodeType: string;
	nodeVersion: number;
	methodName: string;
	path: string;
	parameters: Json;
	credential: CredentialRef;
}

function dynamic(request: DynamicRequest): Json {
	const { id, name, type } = request.credential;
	return {
		path: request.path,
		methodName: request.methodName,
		nodeTypeAndVersion: { name: request.nodeType, version: request.nodeVersion },
		currentNodeParameters: request.parameters,
		credentials: { [type]: { id, name } },
	};
}

/**
 * Execution data comes as one table of values in which every string inside an object or a list is
 * the number of another entry ("flatted").
 */
export function unflatten(text: string): unknown {
	const table = JSON.parse(text) as unknown[];
	const done = new Map<number, unknown>();
	const entry = (index: number): unknown => {
		if (done.has(index)) return done.get(index);
		const raw = table[index];
		if (typeof raw !== 'object' || raw === null) return raw;
		const copy: Json | unknown[] = Array.isArray(raw) ? [] : {};
		done.set(index, copy);
		for (const [key, value] of Object.entries(raw)) {
			(copy as Json)[key] = typeof value === 'string' ? entry(Number(value)) : value;
		}
		return copy;
	};
	return entry(0);
}
