// Plain JavaScript, so that no loader stands between Node and the package. The node runs in a context
// that answers at once, so that what is measured is the package's own work and not n8n's.
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const https = require('node:https');
const { join } = require('node:path');
const tls = require('node:tls');
const { Pool } = require('undici');

const PATH = '/api/sandbox/tasks/file_from_url/task-1';

/** Of this process, in milliseconds: what others do on the machine does not count. */
function cpu() {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

function contextOf(credential) {
	const values = { resource: 'sandbox', operation: 'rescan', taskId: 'task-1' };
	const memory = {};
	return {
		getInputData: () => [{ json: {} }],
		getNodeParameter: (name, _index, fallback) => values[name] ?? fallback,
		getNode: () => ({ name: 'Rescan', parameters: {} }),
		getCredentials: async () => credential,
		getContext: () => memory,
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		continueOnFail: () => false,
		addExecutionHints: () => undefined,
		getTimezone: () => 'UTC',
		getExecutionCancelSignal: () => undefined,
		helpers: {},
	};
}

/** The built node. */
function tipRescan({ dist, credential }) {
	const { KasperskyTip } = require(join(dist, 'nodes/KasperskyTip/KasperskyTip.node.js'));
	const node = new KasperskyTip();
	return () => node.execute.call(contextOf(credential));
}

const tlsOptionsOf = ({ certificate, caCertificate }) => ({
	cert: certificate,
	key: certificate,
	ca: caCertificate,
});

const authorizationOf = ({ username, password }) =>
	`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The same request through a bare undici pool, whose credential nobody reads or checks. */
function bareRescan({ credential }) {
	const headers = { accept: 'application/json', authorization: authorizationOf(credential) };
	let pool;
	return async () => {
		pool ??= new Pool(credential.baseUrl, {
			connections: 10,
			pipelining: 1,
			connect: { secureContext: tls.createSecureContext(tlsOptionsOf(credential)) },
		});
		const { statusCode, body } = await pool.request({ method: 'PUT', path: PATH, headers });
		await body.json();
		if (statusCode !== 200) throw new Error('The portal refused the request');
	};
}

const clients = { tip: tipRescan, bare: bareRescan };

/** A running n8n has used all of this: what Node and OpenSSL do once for a process is not counted. */
async function likeRunningN8n({ credential }) {
	createHash('sha256').update('used').digest('hex');
	new AbortController().signal.addEventListener('abort', () => undefined);
	performance.now();
	const request = https.request(credential.baseUrl + PATH, {
		method: 'PUT',
		headers: { authorization: authorizationOf(credential), 'content-length': '0' },
		agent: new https.Agent(tlsOptionsOf(credential)),
	});
	const [answer] = await once(request.end(), 'response');
	if (answer.statusCode !== 200) throw new Error('The portal refused the request');
	await once(answer.resume(), 'end');
}

async function measureFirst(rescan) {
	const start = cpu();
	await rescan();
	return cpu() - start;
}

const LATER = 1000;

async function measureLater(rescan) {
	// Code is compiled before the later ones are looked at.
	for (let round = 0; round < LATER; round++) await rescan();
	const start = cpu();
	for (let round = 0; round < LATER; round++) await rescan();
	return (cpu() - start) / LATER;
}

/** From `execute` to the connection, which is then not made. */
async function measureBeforeNetwork(rescan) {
	let end = 0;
	tls.connect = () => {
		// The node tries again, but that is another matter.
		end ||= cpu();
		throw new Error('far enough');
	};
	const start = cpu();
	await rescan().catch(() => undefined);
	return end - start;
}

const measures = { first: measureFirst, later: measureLater, beforeNetwork: measureBeforeNetwork };

let input = '';
process.stdin.on('data', (part) => (input += part));
process.stdin.on('end', async () => {
	const task = JSON.parse(input);
	await likeRunningN8n(task);
	const credential = { ...task.credential, ...task.fields };
	const rescan = clients[task.client]({ dist: task.dist, credential });
	const cpuMs = await measures[task.measure](rescan);
	process.stdout.write(JSON.stringify(cpuMs), () => process.exit(0));
});
