import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startPortal } from '../portal';
import type { CredentialRef, Execution, Workflow } from './api';
import { startChatModel, textOf } from './chatModel';
import type { Step } from './steps';
import { nodeType, secretsOf, type World } from './world';

/** Triggers that a person can start an example from. */
const startable = ['n8n-nodes-base.manualTrigger', `${nodeType}Trigger`];

type Saved = Workflow & { id: string };

/** Imports the example as a user does: the file, then a credential chosen in each node that asks. */
export async function importExample(
	world: World,
	file: string,
	others: CredentialRef[] = [],
): Promise<Saved> {
	const text = readFileSync(join(world.checkout, 'examples', file), 'utf8');
	const workflow = JSON.parse(text) as Workflow;
	const chosen = new Map([world.credential, ...others].map((entry) => [entry.type, entry]));
	const known = new Set((await world.api.nodeTypes()).map((type) => type.name));
	const nodes = workflow.nodes.map((node) => {
		assert.ok(known.has(node.type), `${node.name}: this n8n has no ${node.type}`);
		const credentials = Object.keys(node.credentials ?? {}).map((type) => {
			const { id = '', name = '' } = chosen.get(type) ?? {};
			return [type, { id, name }] as const;
		});
		return { ...node, credentials: Object.fromEntries(credentials) };
	});
	assert.ok(
		nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote'),
		'it explains itself',
	);
	return await world.api.createWorkflow({ ...workflow, nodes });
}

async function runExample(world: World, saved: Saved, trigger: string): Promise<Execution> {
	const execution = await world.api.finished(await world.api.start(saved, trigger));
	assert.equal(execution.status, 'success', JSON.stringify(execution.error));
	return execution;
}

/** What a node gave in all its runs. */
function itemsOf({ runData }: Execution, node: string, output = 0) {
	return (runData[node] ?? []).flatMap((run) => run.data?.main?.[output] ?? []);
}

/** The rescans that arrived, as `engine task`, sorted. */
function arrived({ portal }: World): string[] {
	return portal
		.rescans()
		.map(({ engine, taskId }) => `${engine} ${taskId}`)
		.sort();
}

const tasks = ['3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47', 'b7a1c0de-52f4-4d0b-8a3e-6c1f9e2d7a90'];
const missing = 'missing-0b5e6c1d';

/** What each example is to do; one that is not named here is run and must not send anything twice. */
const own: Record<string, (world: World, file: string) => Promise<void>> = {
	'nightly-rescan.json': async (world, file) => {
		const { api, portal } = world;
		const saved = await importExample(world, file);
		const all = [...tasks, missing];
		// Two nights: the second finds the table that the first has made.
		for (const night of [1, 2]) {
			portal.reset();
			const lost = night === 2 ? (tasks[0] ?? '') : undefined;
			if (lost !== undefined) {
				portal.script(({ path }) => path.includes(`/sandbox/`) && path.includes(lost), {
					reset: 'beforeAnswer',
				});
			}
			const execution = await runExample(world, saved, 'Try it now');
			assert.deepEqual(
				arrived(world),
				['attribution', 'sandbox'].flatMap((engine) => all.map((task) => `${engine} ${task}`)),
			);
			for (const { engine, query } of portal.rescans()) {
				assert.deepEqual(
					query,
					engine === 'sandbox' ? {} : { reset_similarity_thresholds: 'true' },
				);
			}
			assert.equal(itemsOf(execution, 'Started').length, night === 1 ? 4 : 3);
			const messages = itemsOf(execution, 'Send it').map(({ json }) => String(json.text));
			assert.equal(messages.length, 2);
			assert.ok(messages.every((text) => text.includes(missing)));
			const sandbox = messages.find((text) => text.includes('Rescan on Sandbox')) ?? '';
			const [first = ''] = sandbox.split('\n');
			assert.match(first, night === 1 ? /rejected/ : /unknown.*Look the task up/);
			assert.doesNotMatch(sandbox, /undefined|\.\.|\[object/);
		}
		const rows = await api.dataTableRows('Kaspersky TIP rescans');
		const outcomes = rows.map(({ step, task_id: task, outcome }) =>
			[step, task, outcome].map(String).join(' | '),
		);
		const [one = '', two = ''] = tasks;
		assert.deepEqual(
			outcomes.sort(),
			[
				`Rescan on Sandbox | ${one} | accepted`,
				`Rescan on Sandbox | ${one} | unknown`,
				...[two, two].map((task) => `Rescan on Sandbox | ${task} | accepted`),
				...[missing, missing].map((task) => `Rescan on Sandbox | ${task} | rejected`),
				...[one, one, two, two].map((task) => `Rescan on TAE | ${task} | accepted`),
				...[missing, missing].map((task) => `Rescan on TAE | ${task} | rejected`),
			].sort(),
		);
		for (const { outcome, answer, reason, advice } of rows) {
			if (outcome === 'accepted') assert.ok(JSON.parse(String(answer)).task_id);
			else assert.ok(String(reason).length > 20 && String(advice).length > 5);
		}
	},

	'soar-webhook.json': async (world, file) => {
		const { api, portal } = world;
		const header = { name: 'x-soar-key', value: 'soar-key-4711' };
		const caller = await api.createCredential('Header of the SOAR', 'httpHeaderAuth', header);
		const saved = await importExample(world, file, [caller]);
		await api.activate(saved);
		const ask = async (body: Record<string, unknown>) =>
			await api.callWebhook('kaspersky-tip/rescan-tae', body, { [header.name]: header.value });

		portal.reset();
		const stranger = await api.callWebhook('kaspersky-tip/rescan-tae', { task_id: 'stranger' });
		assert.equal(stranger.status, 403);
		assert.equal(portal.requests.length, 0, 'who has no key reaches nothing');

		const good = await ask({ task_id: 'good-1' });
		assert.equal(good.status, 202, JSON.stringify(good.body));
		const { outcome, task_id: taskId, answer } = good.body as Record<string, unknown>;
		assert.deepEqual([outcome, taskId], ['accepted', 'good-1']);
		assert.equal((answer as Record<string, unknown>).previous_task_id, 'good-1');
		assert.deepEqual(
			portal.rescans().map(({ engine, taskId: task, query }) => [engine, task, query]),
			[['attribution', 'good-1', { reset_similarity_thresholds: 'true' }]],
		);

		portal.script('busy-1', { status: 503, repeat: true, headers: { 'retry-after': '3600' } });
		portal.script('lost-1', { reset: 'beforeAnswer', repeat: true });
		portal.script('fault-1', { status: 500, repeat: true });
		portal.script('account-1', { status: 403, repeat: true });
		const refusals: Array<[Record<string, unknown>, number, string]> = [
			[{}, 400, 'notSent'],
			[{ task_id: '  ' }, 400, 'notSent'],
			[{ task_id: { $ne: 1 } }, 400, 'notSent'],
			[{ task_id: 'missing-1' }, 404, 'rejected'],
			[{ task_id: 'legal-1' }, 451, 'rejected'],
			[{ task_id: 'account-1' }, 502, 'rejected'],
			[{ task_id: 'busy-1' }, 503, 'rejected'],
			[{ task_id: 'lost-1' }, 500, 'unknown'],
			[{ task_id: 'fault-1' }, 500, 'unknown'],
		];
		for (const [body, status, expected] of refusals) {
			portal.requests.length = 0;
			const answered = await ask(body);
			const said = answered.body as Record<string, unknown>;
			const what = `${JSON.stringify(body)} → ${answered.status} ${JSON.stringify(said)}`;
			assert.equal(answered.status, status, what);
			assert.equal(said.outcome, expected, what);
			assert.ok(String(said.reason).length > 10 && String(said.advice).length > 5, what);
			assert.equal(portal.rescans().length, expected === 'notSent' ? 0 : 1, what);
			for (const [name, secret] of secretsOf(portal, String(world.credential.data.certificate))) {
				assert.ok(!JSON.stringify(said).includes(secret), `the answer shows the ${name}`);
			}
		}
	},

	'compare-channels.json': async (world, file) => {
		const { portal } = world;
		const saved = await importExample(world, file);
		portal.script(({ query }) => query.channel === 'Africa', { status: 451 });
		const execution = await runExample(world, saved, 'Start');
		assert.deepEqual(
			portal.requests.map(({ method, path }) => `${method} ${path}`),
			[
				'GET /api/sandbox/channels',
				...['', '', ''].map(() => `PUT /api/sandbox/tasks/file_from_url/${tasks[0]}`),
			],
		);
		assert.deepEqual(
			portal
				.rescans()
				.map(({ query }) => query)
				.sort((a, b) => String(a.channel).localeCompare(String(b.channel))),
			[{ channel: 'Africa' }, { channel: 'DE' }, { channel: 'EU' }],
		);
		const [result, ...more] = itemsOf(execution, 'Comparison').map(({ json }) => json);
		assert.equal(more.length, 0);
		assert.deepEqual([result?.task_id, result?.started], [tasks[0], 2]);
		const channels = result?.channels as Array<Record<string, unknown>>;
		assert.deepEqual(
			channels.map(({ channel, outcome }) => [channel, outcome]),
			[
				['EU', 'accepted'],
				['DE', 'accepted'],
				['Africa', 'rejected'],
			],
		);
		assert.match(String(channels[2]?.reason), /451/);
	},

	'new-apt-report-iocs.json': async (world, file) => {
		const { api, portal } = world;
		const md5 = '44d88612fea8a8f36de82e1278abb02f';
		const published = Math.floor(Date.now() / 1000) - 3600;
		const entry = (search: string, content: string) =>
			`<IndicatorItem><Context search="${search}"/><Content>${content}</Content></IndicatorItem>`;
		const iocs = `<ioc><definition><Indicator>${entry('FileItem/Md5sum', md5)}${entry(
			'Network/DNS',
			'evil.example.com',
		)}</Indicator></definition></ioc>`;
		portal.publications.publish({ id: 'r1', name: 'Operation A', published, files: { iocs } });
		const saved = await importExample(world, file);
		await runExample(world, saved, 'New APT report');
		assert.deepEqual(
			portal.requests.map(({ method, path }) => `${method} ${path}`),
			['get_list', 'get_one'].map((name) => `POST /api/publications/${name}`),
		);
		const rows = await api.dataTableRows('Kaspersky TIP indicators');
		assert.deepEqual(
			rows.map(({ report_id: id, report, kind, indicator }) => [id, report, kind, indicator]),
			[
				['r1', 'Operation A', 'hash', md5],
				['r1', 'Operation A', 'domain', 'evil.example.com'],
			],
		);

		// A report without indicators, or one that is refused, is no reason to stop.
		portal.publications.list = [];
		portal.publications.publish({ id: 'r2' });
		await runExample(world, saved, 'New APT report');
		portal.script(/get_one/, { status: 403, body: {} });
		const execution = await runExample(world, saved, 'New APT report');
		assert.equal(itemsOf(execution, 'Not fetched').length, 1);
		assert.equal((await api.dataTableRows('Kaspersky TIP indicators')).length, 2);
	},

	'attachment-verdict.json': async (world, file) => {
		// OpenTIP asks for no certificate.
		const portal = await startPortal({ requireClientCertificate: false });
		try {
			const { openTip, openTipCredential } = portal;
			const token = await world.api.createCredential(
				'OpenTIP account',
				'kasperskyOpenTipApi',
				openTipCredential,
			);
			const saved = await importExample(world, file, [token]);
			const harmful = { Zone: 'Red', FileGeneralInfo: { FileStatus: 'Malware' } };
			openTip.pollsInProgress = 0;
			const first = await runExample(world, saved, 'Start');
			const [{ bodySha256: hash } = { bodySha256: undefined }, ...more] = portal.uploads();
			assert.ok(hash !== undefined && more.length === 0, 'it is handed in once');
			assert.equal(itemsOf(first, 'Nothing to do')[0]?.json.verdict, 'clean');

			openTip.known.set(`hash ${hash}`, harmful);
			const second = await runExample(world, saved, 'Start');
			assert.equal(portal.uploads().length, 1, 'what is known is not handed in');
			const [message] = itemsOf(second, 'Send it').map(({ json }) => json);
			assert.equal(message?.verdict, 'malicious');
			assert.equal(message?.link, `${portal.baseUrl}/${hash}`);
			assert.match(String(message?.text), /^Attachment invoice\.vbs from billing@bad/);
		} finally {
			await portal.close();
		}
	},

	'agent-tool.json': async (world, file) => {
		const { api, portal } = world;
		const task = tasks[0] ?? '';
		// A tool behind an approval takes its own parameters apart from those of the approval.
		const model = await startChatModel(/sandbox/i, {
			toolParameters: { task_id: task },
			hitlParameters: {},
		});
		try {
			const account = await api.createCredential('OpenAI account', 'openAiApi', {
				apiKey: 'no-key-needed',
				url: model.url,
			});
			const saved = await importExample(world, file, [account]);
			/** Asks, clicks a button of the approval, and gives what the agent said in the end. */
			const ask = async (chatInput: string, button: 'approve' | 'decline') => {
				const said = { sessionId: chatInput, action: 'sendMessage', chatInput };
				const id = await api.start(saved, 'When the analyst writes', said);
				const question = await api.waitingAt(id, 'Ask before a rescan');
				assert.equal(portal.rescans().length, 0, 'nothing is sent before the approval');
				assert.ok(question.rawData.includes(task), 'the approval names the task');
				assert.match(question.rawData, /paid quota/);
				await api.click(question, button === 'approve');
				const execution = await api.waitingAt(id, 'Answer in the chat');
				await api.stopExecution(id);
				return String(itemsOf(execution, 'AI Agent').at(-1)?.json.output);
			};
			const answer = await ask(`Run ${task} again in the Sandbox`, 'approve');
			assert.deepEqual(arrived(world), [`sandbox ${task}`]);
			assert.deepEqual(portal.rescans()[0]?.query, {});
			assert.match(answer, /previous_task_id/);
			assert.ok(answer.length < 1_000, 'what a tool gives back is short');

			// What a model chooses by: a name and a description for each tool, and one parameter.
			const tools = model.requests[0]?.tools?.map((tool) => tool.function) ?? [];
			assert.deepEqual(tools.map(({ name }) => name).sort(), [
				'Rescan_in_Sandbox',
				'Rescan_on_TAE',
			]);
			for (const { description, parameters } of tools) {
				assert.match(String(description), /paid quota/);
				assert.match(JSON.stringify(parameters), /task_id/);
			}

			portal.reset();
			assert.match(await ask(`Run ${task} again, please`, 'decline'), /rejected/);
			assert.equal(portal.rescans().length, 0);

			// A lost answer comes back to the model as such, and is not sent again.
			portal.reset();
			portal.script(task, { reset: 'beforeAnswer', repeat: true });
			await ask(`Run ${task} again`, 'approve');
			assert.equal(portal.rescans().length, 1);
			assert.match(textOf(model.requests.at(-1)?.messages.at(-1) ?? { role: '' }), /unknown/);

			for (const [name, secret] of secretsOf(portal, String(world.credential.data.certificate))) {
				assert.ok(!model.received().includes(secret), `the model was shown the ${name}`);
			}
		} finally {
			await model.close();
		}
	},
};

async function runAny(world: World, file: string): Promise<void> {
	const { portal } = world;
	const saved = await importExample(world, file);
	const trigger = saved.nodes.find(({ type }) => startable.includes(type));
	if (trigger === undefined) return;
	const execution = await runExample(world, saved, trigger.name);
	assert.ok(portal.requests.length > 0, JSON.stringify(execution.runData).slice(0, 3000));
	const sent = portal.rescans().map(({ path, rawQuery }) => `${path}?${rawQuery}`);
	assert.equal(new Set(sent).size, sent.length, 'nothing is sent twice');
}

/** Every workflow in `examples/` imports and does what it is there for. */
export function exampleSteps(checkout: string): Array<Step<World>> {
	const folder = join(checkout, 'examples');
	const files = existsSync(folder)
		? readdirSync(folder).filter((file) => file.endsWith('.json'))
		: [];
	return files.map((file) => ({
		name: file,
		check: async (world) => {
			world.portal.reset();
			await (own[file] ?? runAny)(world, file);
		},
	}));
}
