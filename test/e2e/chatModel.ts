import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
	role: string;
	content?: unknown;
}

/** What a chat model is asked: the conversation so far, and the tools it may call. */
export interface ChatRequest {
	messages: Message[];
	tools?: Array<{
		function: { name: string; description?: string; parameters: { properties: object } };
	}>;
	stream?: boolean;
}

export interface ChatModel {
	/** To be put into n8n's OpenAI credential. */
	url: string;
	requests: ChatRequest[];
	/** The text it was asked with, as it came over the wire. */
	received: () => string;
	close: () => Promise<void>;
}

/**
 * A chat model on loopback that speaks OpenAI's protocol and has one idea: it calls the first tool
 * whose name matches with these arguments, then answers with what the tool gave.
 */
export async function startChatModel(tool: RegExp, args: object): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	let text = '';
	const answerTo = ({ messages, tools = [] }: ChatRequest) => {
		const last = messages.at(-1);
		if (last?.role === 'tool') return { content: `The tool said: ${textOf(last)}` };
		const name = tools.map((entry) => entry.function.name).find((entry) => tool.test(entry));
		if (name === undefined) return { content: 'I have no such tool.' };
		const call = { name, arguments: JSON.stringify(args) };
		return { content: null, tool_calls: [{ id: 'call_1', type: 'function', function: call }] };
	};
	const server = createServer((incoming, response) => {
		void read(incoming).then((body) => {
			text += body;
			const request = JSON.parse(body) as ChatRequest;
			requests.push(request);
			const message = { role: 'assistant', ...answerTo(request) };
			const finish = 'tool_calls' in message ? 'tool_calls' : 'stop';
			response.setHeader('content-type', 'application/json');
			response.end(
				JSON.stringify({
					id: 'chatcmpl-1',
					object: 'chat.completion',
					created: 0,
					model: 'stand-in',
					choices: [{ index: 0, message, finish_reason: finish }],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		requests,
		received: () => text,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** The text of a message: a string, or a list of parts. */
export function textOf({ content }: Message): string {
	return typeof content === 'string' ? content : JSON.stringify(content);
}

async function read(incoming: IncomingMessage): Promise<string> {
	let body = '';
	for await (const part of incoming) body += String(part);
	return body;
}
