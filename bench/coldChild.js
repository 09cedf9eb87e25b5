// Plain JavaScript, so that no loader stands between Node and the package. The node runs in a context
// that answers at once, so that what is measured is the package's own work and not n8n's.
const { once } = require('node:events');
const { join } = require('node:path');
const tls = require('node:tls');

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

/** The same request written to a TLS socket by hand: what connection and network cost. */
function handWrittenRescan({ credential }) {
	const { baseUrl, username, password, certificate, caCertificate } = credential;
	const { hostname, port } = new URL(baseUrl);
	const secureContext = tls.createSecureContext({
		cert: certificate,
		key: certificate,
		ca: caCertificate,
	});
	const token = Buffer.from(`${username}:${password}`).toString('base64');
	const request = [
		'PUT /api/sandbox/tasks/file_from_url/task-1 HTTP/1.1',
		`host: ${hostname}:${port}`,
		`authorization: Basic ${token}`,
		'content-length: 0',
		'\r\n',
	].join('\r\n');
	let socket;
	return async () => {
		if (socket === undefined) {
			socket = tls.connect({ host: hostname, port, servername: hostname, secureContext });
			await once(socket, 'session');
			// The event comes from inside OpenSSL's reading, where nothing can be written yet.
			await new Promise(setImmediate);
		}
		socket.write(request);
		const [answer] = await once(socket, 'data');
		if (!answer.includes(' 200 OK')) throw new Error('The portal refused the request');
	};
}

const kinds = { tip: tipRescan, handWritten: handWrittenRescan };

async function measure({ what, later, ...rest }) {
	// A running n8n has used TLS by then: what Node and OpenSSL do once for a process is not counted.
	await handWrittenRescan(rest)();

	const rescan = kinds[what](rest);
	let start = cpu();
	await rescan();
	const firstMs = cpu() - start;

	// Code is compiled before the later ones are looked at.
	for (let round = 0; round < later; round++) await rescan();
	start = cpu();
	for (let round = 0; round < later; round++) await rescan();
	return { firstMs, laterMs: (cpu() - start) / later };
}

/** From `execute` to the connection, which is then not made. */
async function measureBeforeNetwork({ fields, ...task }) {
	await handWrittenRescan(task)();
	const rescan = tipRescan({ ...task, credential: { ...task.credential, ...fields } });
	let end = 0;
	tls.connect = () => {
		// The node tries again, but that is another matter.
		end ||= cpu();
		throw new Error('far enough');
	};
	const start = cpu();
	await rescan().catch(() => undefined);
	return { beforeNetworkMs: end - start };
}

let input = '';
process.stdin.on('data', (part) => (input += part));
process.stdin.on('end', async () => {
	const task = JSON.parse(input);
	const result = await (task.what === 'beforeNetwork' ? measureBeforeNetwork : measure)(task);
	process.stdout.write(JSON.stringify(result), () => process.exit(0));
});
