import assert from 'node:assert/strict';

import { startPortal } from '../portal';
import { freePorts } from './server';
import { sleep, until } from './shell';
import type { Step } from './steps';
import {
	chain,
	credentialType,
	filesWith,
	nodeType,
	noOp,
	passphrase,
	secretsOf,
	tipNode,
	tokenCredentialType,
	type World,
} from './world';

type Type = {
	name: string;
	displayName: string;
	iconUrl?: string | { light: string; dark: string };
};

async function checkIcons({ api }: World, type: Type): Promise<void> {
	const urls =
		typeof type.iconUrl === 'string' ? [type.iconUrl] : Object.values(type.iconUrl ?? {});
	assert.equal(urls.length, 2, `${type.name} has a light and a dark icon`);
	for (const url of urls) {
		const icon = await api.file(`/${url}`);
		assert.equal(icon.status, 200, url);
		assert.match(icon.type, /svg/);
		assert.match(icon.text, /<svg/);
	}
}

/** Tests a credential that differs from the good one in a few fields; the message is returned. */
async function messageFor(world: World, fields: Record<string, string>): Promise<string> {
	const { api, portal, credential } = world;
	const name = `differs in ${Object.keys(fields).join(', ')}`;
	const data = { ...credential.data, ...fields };
	const { status, message } = await api.testCredential(
		await api.createCredential(name, credentialType, data),
	);
	assert.equal(status, 'Error', message);
	assert.doesNotMatch(message, /\.\.|undefined|\[object/, 'the sentences are well formed');
	const key = String(credential.data.certificate);
	for (const [what, secret] of secretsOf(portal, key)) {
		assert.ok(!message.includes(secret), `the message shows the ${what}`);
	}
	return message;
}

const engineOf = (path: string) => (path.includes('/sandbox/') ? 'sandbox' : 'attribution');

export const restSteps: Array<Step<World>> = [
	{
		name: 'the node appears with its icons, also as an AI tool, and the trigger',
		check: async (world) => {
			const types = (await world.api.nodeTypes()) as Type[];
			const mine = types.filter(({ name }) => name.startsWith('n8n-nodes-kaspersky-tip.'));
			assert.deepEqual(mine.map(({ name }) => name).sort(), [
				nodeType,
				`${nodeType}Tool`,
				`${nodeType}Trigger`,
			]);
			for (const type of mine) await checkIcons(world, type);
			assert.ok(mine.some(({ displayName }) => displayName === 'Kaspersky TIP'));
		},
	},
	{
		name: 'the credential types appear with their icons',
		check: async (world) => {
			const types = (await world.api.credentialTypes()) as Type[];
			for (const wanted of [credentialType, tokenCredentialType]) {
				const mine = types.find(({ name }) => name === wanted);
				assert.ok(mine, wanted);
				await checkIcons(world, mine);
			}
		},
	},
	{
		name: 'Test of a good credential is green',
		check: async ({ api, credential, portal }) => {
			portal.reset();
			const answer = await api.testCredential(credential);
			assert.deepEqual(answer, { status: 'OK', message: 'Connection tested successfully' });
			assert.deepEqual(
				portal.requests.map(({ method, path, authorized }) => [method, path, authorized]),
				[['GET', '/api/sandbox/channels', true]],
			);
		},
	},
	{
		name: 'Test of an API token is green, and says when it is wrong',
		check: async ({ api }) => {
			// Who has a token has no certificate to show.
			const portal = await startPortal({ requireClientCertificate: 'http' });
			const test = async (token: string) => {
				const data = { ...portal.tokenCredential, token };
				return await api.testCredential(
					await api.createCredential('A token', tokenCredentialType, data),
				);
			};
			try {
				const good = await test(portal.tokenCredential.token);
				assert.equal(good.status, 'OK', good.message);
				const { status, message } = await test('not-the-token');
				assert.equal(status, 'Error');
				assert.match(message, /token/i);
				assert.ok(!message.includes('not-the-token'));
			} finally {
				await portal.close();
			}
		},
	},
	{
		name: 'Test says that the password is wrong',
		check: async (world) => {
			const message = await messageFor(world, { password: 'not-the-password' });
			assert.match(message, /user name and password \(401\)/);
			assert.match(message, /Check 'Username' and 'Password'/);
		},
	},
	{
		name: 'Test says that the key belongs to another certificate',
		check: async (world) => {
			const other = await world.portal.certificates.issueClient();
			const certificate = world.portal.certificates.client.certificatePem + other.keyPem;
			assert.match(
				await messageFor(world, { certificate, passphrase: '' }),
				/belongs to another certificate/,
			);
		},
	},
	{
		name: 'Test says that the passphrase is wrong',
		check: async (world) => {
			assert.match(await messageFor(world, { passphrase: 'something else' }), /[Pp]assphrase/);
		},
	},
	{
		name: 'Test says that the certificate has expired',
		check: async (world) => {
			const day = 24 * 3_600_000;
			const expired = await world.portal.certificates.issueClient({
				notBefore: new Date(Date.now() - 2 * day),
				notAfter: new Date(Date.now() - day),
			});
			const fields = { certificate: expired.combinedPem, passphrase: '' };
			assert.match(await messageFor(world, fields), /expired|no longer valid|ended/);
		},
	},
	{
		name: 'Test says that the portal refuses a certificate of another authority',
		check: async (world) => {
			const foreign = await world.portal.certificates.issueClient({ signedByOtherCa: true });
			const fields = { certificate: foreign.combinedPem, passphrase: '' };
			assert.match(await messageFor(world, fields), /client certificate/);
		},
	},
	{
		name: "Test says that the portal's certificate is not trusted",
		check: async (world) => {
			const message = await messageFor(world, { caCertificate: '' });
			assert.match(message, /'CA Certificate'/);
		},
	},
	{
		name: 'Test says that the portal cannot be reached',
		check: async (world) => {
			const [port = 0] = await freePorts(1);
			const message = await messageFor(world, { baseUrl: `https://localhost:${port}` });
			assert.match(message, /refused|reached|No connection/);
			assert.match(message, /'Base URL'/);
		},
	},
	{
		name: 'both lists load, and typing filters them',
		check: async ({ api, credential, portal }) => {
			portal.reset();
			const list = async (methodName: string, field: string, filter?: string) =>
				await api.searchList({
					nodeType,
					nodeVersion: 1,
					methodName,
					path: `parameters.additionalFields.${field}`,
					parameters: { resource: 'sandbox', operation: 'rescan', taskId: 'x' },
					credential,
					filter,
				});
			const channels = await list('searchChannels', 'channel');
			assert.ok(channels.results.length >= 4);
			assert.ok(channels.results.some(({ value }) => value === 'DE'));
			const germany = await list('searchChannels', 'channel', 'de');
			assert.deepEqual(
				germany.results.map(({ value }) => value),
				['DE'],
			);
			const systems = await list('searchExecutionEnvironments', 'exec_env');
			assert.ok(systems.results.some(({ value }) => value === 'Win10_x64'));
		},
	},
	{
		name: 'a list of tasks is rescanned on both engines, one item out for each item in',
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			const tasks = ['task-one', 'task two/ü', 'task-three'];
			const additionalFields = {
				processing_type: 'unzip-and-exec',
				decrypt_https: false,
				channel: { __rl: true, mode: 'list', value: 'EU' },
				exec_env: { __rl: true, mode: 'name', value: 'Win10_x64' },
			};
			const execution = await api.run(
				chain(
					'Both engines',
					tasks,
					tipNode(world, 'Sandbox', { additionalFields }),
					tipNode(world, 'TAE', {
						resource: 'tae',
						taskId: '={{ $("Start").item.json.taskId }}',
						additionalFields: { reset_similarity_thresholds: true },
					}),
				),
			);
			assert.equal(execution.status, 'success', JSON.stringify(execution.error));
			for (const engine of ['sandbox', 'attribution'] as const) {
				const sent = portal.rescans().filter(({ path }) => engineOf(path) === engine);
				assert.deepEqual(sent.map(({ taskId }) => taskId).sort(), [...tasks].sort());
				assert.ok(sent.every(({ accepted, authorized }) => accepted === true && authorized));
				assert.ok(sent.every(({ headers }) => headers['content-length'] === '0'));
				assert.deepEqual(
					sent[0]?.query,
					engine === 'sandbox'
						? {
								processing_type: 'unzip-and-exec',
								decrypt_https: 'false',
								channel: 'EU',
								exec_env: 'Win10_x64',
							}
						: { reset_similarity_thresholds: 'true' },
				);
			}
			for (const node of ['Sandbox', 'TAE']) {
				const items = execution.runData[node]?.[0]?.data?.main?.[0] ?? [];
				assert.deepEqual(
					items.map(({ json, pairedItem }) => [json.previous_task_id, pairedItem]),
					tasks.map((task, item) => [task, { item }]),
				);
			}
		},
	},
	{
		name: 'On Error → Stop ends the run with the advice and says what became of the others',
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			const tasks = ['good-1', 'missing-2', 'good-3'];
			const workflow = chain(
				'Stop',
				tasks,
				tipNode(world, 'TIP', { options: { concurrency: 1 } }),
				noOp('After'),
			);
			const execution = await api.run(workflow);
			assert.equal(execution.status, 'error');
			const error = execution.runData.TIP?.[0]?.error;
			assert.match(String(error?.message), /\(404\).*\[item 1\]/s);
			assert.match(String(error?.description), /Accepted \(1\)/);
			assert.match(String(error?.description), /Not sent \(1\): items 2/);
			assert.equal(execution.runData.After, undefined);
			assert.deepEqual(
				portal.rescans().map(({ taskId }) => taskId),
				['good-1', 'missing-2'],
			);
		},
	},
	{
		name: 'On Error → Continue keeps the order and puts the error into the item',
		check: async (world) => {
			world.portal.reset();
			const workflow = chain(
				'Continue',
				['good-1', 'missing-2', 'good-3'],
				tipNode(world, 'TIP', {}, { onError: 'continueRegularOutput' }),
				noOp('After'),
			);
			const execution = await world.api.run(workflow);
			assert.equal(execution.status, 'success');
			const items = execution.runData.After?.[0]?.data?.main?.[0] ?? [];
			assert.equal(items.length, 3);
			assert.equal(items[0]?.json.previous_task_id, 'good-1');
			assert.equal(items[2]?.json.previous_task_id, 'good-3');
			const { error, statusCode, retryable, taskId, description } = items[1]?.json ?? {};
			assert.deepEqual([statusCode, retryable, taskId], [404, true, 'missing-2']);
			assert.match(String(error), /404/);
			assert.ok(description);
		},
	},
	{
		name: 'On Error → Continue (using error output) sends refused items to the second branch',
		check: async (world) => {
			world.portal.reset();
			const workflow = chain(
				'Error branch',
				['good-1', 'legal-2', 'good-3'],
				tipNode(world, 'TIP', {}, { onError: 'continueErrorOutput' }),
			);
			workflow.nodes.push(noOp('Good'), noOp('Bad'));
			workflow.connections.TIP = {
				main: ['Good', 'Bad'].map((node) => [{ node, type: 'main', index: 0 }]),
			};
			const execution = await world.api.run(workflow);
			assert.equal(execution.status, 'success');
			const good = execution.runData.Good?.[0]?.data?.main?.[0] ?? [];
			const bad = execution.runData.Bad?.[0]?.data?.main?.[0] ?? [];
			assert.deepEqual(
				good.map(({ json }) => json.previous_task_id),
				['good-1', 'good-3'],
			);
			assert.deepEqual(
				bad.map(({ json }) => [json.taskId, json.statusCode]),
				[['legal-2', 451]],
			);
			assert.match(String(bad[0]?.json.error), /451/);
		},
	},
	{
		name: 'Retry On Fail sends again what was refused, and nothing else',
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			portal.script('busy-2', { status: 429 });
			const execution = await api.run(
				chain(
					'Retry On Fail',
					['good-1', 'busy-2', 'good-3'],
					tipNode(
						world,
						'TIP',
						{ options: { maxRetries: 0 } },
						{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
					),
				),
			);
			assert.equal(execution.status, 'success', JSON.stringify(execution.error));
			const sent = portal.rescans().map(({ taskId, accepted }) => `${taskId} ${accepted}`);
			assert.deepEqual(sent.sort(), ['busy-2 false', 'busy-2 true', 'good-1 true', 'good-3 true']);
			const items = execution.runData.TIP?.[0]?.data?.main?.[0] ?? [];
			assert.deepEqual(
				items.map(({ json }) => json.previous_task_id),
				['good-1', 'busy-2', 'good-3'],
			);
		},
	},
	{
		name: 'Retry On Fail never repeats a rescan whose answer was lost',
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			portal.script('lost-1', { reset: 'beforeAnswer', repeat: true });
			const execution = await api.run(
				chain(
					'Lost answer',
					['lost-1'],
					tipNode(world, 'TIP', {}, { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 }),
				),
			);
			assert.equal(execution.status, 'error');
			assert.match(String(execution.runData.TIP?.[0]?.error?.message), /unknown/);
			assert.equal(portal.rescans().length, 1);
		},
	},
	{
		name: 'Stop while the portal is working ends the run at once, and nothing more is sent',
		check: async ({ api, portal, ...world }) => {
			portal.reset();
			portal.script('slow-1', { delayMs: 60_000 });
			const workflow = await api.createWorkflow(
				chain(
					'Cancel',
					['slow-1', 'never-2'],
					tipNode(world, 'TIP', { options: { concurrency: 1 } }),
				),
			);
			const id = await api.start(workflow);
			await until('the first rescan', () => portal.rescans().length === 1, 20_000, 50);
			await api.stopExecution(id);
			const stopped = Date.now();
			assert.equal((await api.finished(id)).status, 'canceled');
			await until('the connection to end', () => portal.openSockets === 0, 10_000, 50);
			assert.ok(Date.now() - stopped < 10_000);
			await sleep(500);
			assert.equal(portal.rescans().length, 1);
		},
	},
	{
		name: 'the HTTP Request node can use the credential, and sends once',
		check: async ({ api, credential, portal }) => {
			const request = async (method: string, path: string) => {
				portal.reset();
				portal.script('http-1', { status: 401, repeat: true });
				return await api.run(
					chain('HTTP Request', ['x'], {
						name: 'HTTP',
						type: 'n8n-nodes-base.httpRequest',
						typeVersion: 4.2,
						position: [0, 0],
						parameters: {
							options: {},
							method,
							url: portal.baseUrl + path,
							authentication: 'predefinedCredentialType',
							nodeCredentialType: credentialType,
						},
						credentials: { [credentialType]: { id: credential.id, name: credential.name } },
					}),
				);
			};
			const execution = await request('GET', '/api/sandbox/channels');
			assert.equal(execution.status, 'success', JSON.stringify(execution.error));
			assert.equal(portal.requests[0]?.authorized, true);
			assert.equal(execution.runData.HTTP?.[0]?.data?.main?.[0]?.length, 4);

			// n8n's newer helper, which other nodes use, would repeat after a 401.
			await request('PUT', '/api/sandbox/tasks/file_from_url/http-1');
			assert.deepEqual(
				portal.rescans().map(({ status, authorized }) => [status, authorized]),
				[[401, true]],
			);
		},
	},
	{
		name: 'no secret was written to the disk by any of this',
		check: async ({ api, credential, portal, server }) => {
			// The control: what was looked for is where executions are kept.
			assert.ok(filesWith(server.userFolder, 'task-three').length > 0);
			const secrets = secretsOf(portal, String(credential.data.certificate));
			assert.ok(secrets.size > 5 && [...secrets.values()].includes(passphrase));
			for (const [what, secret] of secrets) {
				assert.deepEqual(filesWith(server.userFolder, secret), [], what);
			}
			for (const { id } of await api.executions({})) {
				const { rawData } = await api.execution(id);
				for (const [what, secret] of secrets) assert.ok(!rawData.includes(secret), what);
			}
		},
	},
];

/** These want an n8n of their own, started with SSRF protection (which older ones don't have). */
export const egressSteps: Array<Step<World>> = [
	{
		name: "the node obeys the instance's egress policy, and says so",
		check: async (world) => {
			const { api, portal } = world;
			portal.reset();
			const execution = await api.run(chain('Egress', ['blocked'], tipNode(world, 'TIP')));
			assert.equal(execution.status, 'error');
			assert.match(String(execution.runData.TIP?.[0]?.error?.message), /SSRF protection/);
			assert.equal(portal.connections, 0);
		},
	},
	{
		name: 'Test of the credential obeys it too',
		check: async (world) => {
			world.portal.reset();
			assert.match(await messageFor(world, {}), /SSRF protection/);
			assert.equal(world.portal.connections, 0);
		},
	},
];
