import type { INodeExecutionData, IRun } from 'n8n-workflow';
import type { RecordedRequest } from '../../test/portal';

export interface ReportOptions {
	/** The nodes to report on, in order. */
	nodes: string[];
	/** What the portal received, when it is ours. */
	requests?: RecordedRequest[];
}

/** Prints what went in, over the wire and out, node by node. Returns the exit code. */
export function printRun(run: IRun, { nodes, requests }: ReportOptions): number {
	const input = outputsOf(run, 'One item per task').accepted;
	for (const node of nodes) {
		heading(node);
		const task = run.data.resultData.runData[node]?.[0];
		const { accepted, refused } = outputsOf(run, node);
		input.forEach((item, index) => {
			const taskId = String(item.json.task_id);
			console.log(`\n  item ${index} in    ${JSON.stringify(item.json)}`);
			const request = requests?.find(
				(candidate) =>
					candidate.taskId === taskId && (candidate.engine === 'sandbox') === /Sandbox/.test(node),
			);
			if (request) printRequest(request);
			for (const out of accepted.filter(isFor(index))) {
				console.log(`  item out     ${JSON.stringify(out.json)}`);
			}
			for (const out of refused.filter(isFor(index))) printRefusal(out);
		});
		if (task?.error) console.log(`  ${task.error.message}\n  ${task.error.description ?? ''}`);
	}
	heading('Account');
	for (const node of nodes) {
		const { accepted, refused } = outputsOf(run, node);
		console.log(
			`  ${node}: ${input.length} items in, ${accepted.length} accepted, ${refused.length} refused or unknown`,
		);
	}
	return run.status === 'success' ? 0 : 1;
}

function outputsOf(run: IRun, node: string) {
	const [accepted, refused] = run.data.resultData.runData[node]?.[0]?.data?.main ?? [];
	return { accepted: accepted ?? [], refused: refused ?? [] };
}

function printRequest(request: RecordedRequest): void {
	const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`;
	console.log(`  on the wire  ${request.method} ${request.path}${query}`);
	console.log(
		`               Content-Length: ${request.headers['content-length']}   certificate: ${request.clientSubject}   answered: ${request.status}`,
	);
}

function printRefusal({ json }: INodeExecutionData): void {
	console.log(`  refused      ${String(json.error)}`);
	console.log(`  what to do   ${String(json.description)}`);
	console.log(
		`               outcome: ${String(json.outcome)}   statusCode: ${String(json.statusCode)}   retryable: ${String(json.retryable)}`,
	);
}

function isFor(index: number) {
	return ({ pairedItem }: INodeExecutionData) =>
		typeof pairedItem === 'object' && !Array.isArray(pairedItem) && pairedItem.item === index;
}

function heading(text: string): void {
	console.log(`\n${text}\n${'─'.repeat(text.length)}`);
}
