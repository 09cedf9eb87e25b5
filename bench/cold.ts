/** What the first item costs besides the network, what a later one does, and loading the package. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificates } from '../test/portal/certificates';
import { startPortalProcess } from '../test/portal/process';
import { runChild } from './child';
import { median } from './measure';
import { goalRow, ms, range, type Row } from './report';
import { DIST } from './workflows';

interface ColdResult {
	firstMs: number;
	laterMs: number;
}

/** CPU time in fresh processes, beyond what the same exchange takes through a bare undici pool. */
export async function measureCold({ processes }: { processes: number }): Promise<Row[]> {
	const portal = await startPortalProcess();
	const { credential } = portal;
	const { issueClient } = await createCertificates();
	const passphrase = 'only-for-this-run';
	const rsa = (await issueClient({ keyType: 'rsa' })).combinedPem;
	const sealed = (await issueClient({ keyType: 'rsa', passphrase })).combinedPem;
	const forms: Record<string, object> = {
		'key on P-256': {},
		'RSA 2048': { certificate: rsa },
		'RSA 2048, encrypted': { certificate: sealed, passphrase },
		"RSA 2048, Node's own authorities": { certificate: rsa, caCertificate: '' },
	};

	const child = <Result>(what: string, fields: object = {}) =>
		runChild<Result>('coldChild.js', {
			what,
			dist: DIST,
			later: 1000,
			credential,
			fields,
		});
	const first: number[] = [];
	const later: number[] = [];
	const whole: number[] = [];
	const pool: number[] = [];
	const before: Record<string, number[]> = {};
	for (let round = 0; round < processes; round++) {
		const own = await child<ColdResult>('tip');
		const bare = await child<ColdResult>('bare');
		first.push(own.firstMs - bare.firstMs);
		later.push(own.laterMs - bare.laterMs);
		whole.push(own.firstMs);
		pool.push(bare.firstMs);
		for (const [form, fields] of Object.entries(forms)) {
			const { beforeNetworkMs } = await child<{ beforeNetworkMs: number }>('beforeNetwork', fields);
			(before[form] ??= []).push(beforeNetworkMs);
		}
	}
	await portal.close();
	return [
		goalRow(
			'First item of a cold node, own work',
			median(first),
			{ atMost: 5 },
			ms,
			`${range(first)}; in all ${ms(median(whole))}, a bare pool ${ms(median(pool))}`,
		),
		{
			what: 'The first item up to the connection, by certificate',
			goal: '',
			measured: Object.entries(before)
				.map(([form, values]) => `${form}: ${ms(median(values))}`)
				.join('; '),
		},
		goalRow('Later item, own work', median(later), { atMost: 0.3 }, ms, range(later)),
	];
}

export async function measureLoading({ processes }: { processes: number }): Promise<Row[]> {
	const loads: number[] = [];
	for (let round = 0; round < processes; round++) {
		const { loadMs } = await runChild<{ loadMs: number }>('loadChild.js', { dist: DIST });
		loads.push(loadMs);
	}
	const kilobytes =
		readdirSync(DIST, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) / 1000;
	return [
		goalRow('Loading the built package', median(loads), { atMost: 30 }, ms, range(loads, 1)),
		goalRow('Size of dist', kilobytes, { atMost: 700 }, (value) => `${value.toFixed(0)} KB`),
	];
}
