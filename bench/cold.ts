/** What the first item costs besides the network, what a later one does, and loading the package. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificates } from '../test/portal/certificates';
import { startPortalProcess } from '../test/portal/process';
import { runChild } from './child';
import { median } from './measure';
import { goalRow, ms, range, type Row } from './report';
import { DIST } from './workflows';

/** What {@link measureCold} hands to a fresh process; the answer is CPU time in milliseconds. */
interface ColdTask {
	client: 'tip' | 'bare';
	measure: 'first' | 'later' | 'beforeNetwork';
	/** Of the credential, where it is not to be the portal's. */
	fields?: object;
}

export interface ColdOptions {
	/** Processes for the first item; it differs most from one to the next. */
	first: number;
	/** Processes for everything else. */
	others: number;
}

/** CPU time in fresh processes, beyond what the same exchange takes through a bare undici pool. */
export async function measureCold(processes: ColdOptions): Promise<Row[]> {
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

	const child = (task: ColdTask) =>
		runChild<number>('coldChild.js', { dist: DIST, credential, ...task });
	const compare = async (measure: ColdTask['measure'], count: number) => {
		const times = { own: [] as number[], tip: [] as number[], bare: [] as number[] };
		for (let round = 0; round < count; round++) {
			const tip = await child({ client: 'tip', measure });
			const bare = await child({ client: 'bare', measure });
			times.own.push(tip - bare);
			times.tip.push(tip);
			times.bare.push(bare);
		}
		return times;
	};
	const first = await compare('first', processes.first);
	const later = await compare('later', processes.others);
	const before: Record<string, number[]> = {};
	for (let round = 0; round < processes.others; round++) {
		for (const [form, fields] of Object.entries(forms)) {
			const cpuMs = await child({ client: 'tip', measure: 'beforeNetwork', fields });
			(before[form] ??= []).push(cpuMs);
		}
	}
	await portal.close();
	return [
		goalRow(
			'First item of a cold node, own work',
			median(first.own),
			{ atMost: 5 },
			ms,
			`${range(first.own)}; in all ${ms(median(first.tip))}, a bare pool ${ms(median(first.bare))}`,
		),
		{
			what: 'The first item up to the connection, by certificate',
			goal: '',
			measured: Object.entries(before)
				.map(([form, values]) => `${form}: ${ms(median(values))}`)
				.join('; '),
		},
		goalRow('Later item, own work', median(later.own), { atMost: 0.3 }, ms, range(later.own)),
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
