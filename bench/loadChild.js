// Plain JavaScript, so that no loader stands between Node and the package.
const { join } = require('node:path');

let input = '';
process.stdin.on('data', (part) => (input += part));
process.stdin.on('end', () => {
	const { dist } = JSON.parse(input);
	// n8n has long loaded this by itself.
	require('n8n-workflow');
	const start = process.cpuUsage();
	const { KasperskyTip } = require(join(dist, 'nodes/KasperskyTip/KasperskyTip.node.js'));
	const { KasperskyTipApi } = require(join(dist, 'credentials/KasperskyTipApi.credentials.js'));
	new KasperskyTip();
	new KasperskyTipApi();
	const { user, system } = process.cpuUsage(start);
	process.stdout.write(JSON.stringify({ loadMs: (user + system) / 1000 }));
});
