import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { CredentialRef } from './api';
import type { Locator, Rectangle } from './browser';
import { importExample } from './exampleSteps';
import { field, openNodeList, panel, paste, pick, type EditorWorld } from './inEditor';
import { newcomerSteps } from './newcomerSteps';
import type { Step } from './steps';
import { passphrase } from './world';

const sandboxFields = [
	'Channel',
	'Click on Links',
	'Command Line',
	'Decrypt HTTPS',
	'Document Password',
	'Execution Environment',
	'Execution Time (Seconds)',
	'File Extension',
	'Processing Type',
	'URL',
	'Unzip Password',
];

const attributionFields = [
	'File Extension',
	'Processing Type',
	'Reset Similarity Thresholds',
	'URL',
	'Unpack',
	'Unzip Password',
];

/** Where the nodes and notes of a canvas are, with a margin. */
async function drawing({ editor }: EditorWorld): Promise<Rectangle> {
	return await editor.page.evaluate<Rectangle>(`(() => {
		const canvas = document.querySelector('[data-test-id="canvas-wrapper"]').getBoundingClientRect();
		const nodes = [...document.querySelectorAll('.vue-flow__node')].map((node) => node.getBoundingClientRect());
		const margin = 24;
		const left = Math.max(canvas.left, Math.min(...nodes.map((node) => node.left)) - margin);
		const top = Math.max(canvas.top, Math.min(...nodes.map((node) => node.top)) - margin);
		const right = Math.min(canvas.right, Math.max(...nodes.map((node) => node.right)) + margin);
		// The names of the nodes stand below them.
		const bottom = Math.min(canvas.bottom, Math.max(...nodes.map((node) => node.bottom)) + 3 * margin);
		return { x: left, y: top, width: right - left, height: bottom - top };
	})()`);
}

/** In pixels of the screen. */
const SMALLEST_TEXT = 8;

/**
 * Looks, with the whole of a playbook on the screen, for notes too small to read and for lines that
 * run across a heading.
 */
const faultsOfNotes = `(() => {
	const faults = [];
	const canvas = document.querySelector('.vue-flow__transformationpane');
	const zoom = new DOMMatrix(getComputedStyle(canvas).transform).a;
	const points = [...document.querySelectorAll('.vue-flow__edge-path')].flatMap((path) => {
		const length = path.getTotalLength();
		const toScreen = path.getScreenCTM();
		return Array.from({ length: 101 }, (_, index) => path.getPointAtLength((length * index) / 100).matrixTransform(toScreen));
	});
	for (const note of document.querySelectorAll('[data-test-id="sticky"]')) {
		for (const text of note.querySelectorAll('h1, h2, h3, p, li')) {
			const size = parseFloat(getComputedStyle(text).fontSize) * zoom;
			if (size < ${SMALLEST_TEXT}) faults.push(size.toFixed(1) + ' px: ' + text.innerText.slice(0, 40));
		}
		for (const heading of note.querySelectorAll('h1, h2, h3')) {
			const range = document.createRange();
			range.selectNodeContents(heading);
			const { left, right, top, bottom } = range.getBoundingClientRect();
			if (points.some(({ x, y }) => x > left && x < right && y > top && y < bottom)) faults.push('a line across ' + heading.innerText);
		}
	}
	return faults;
})()`;

/** The entries of the drop-down that is open. */
function openMenu({ editor }: EditorWorld): Locator {
	return editor.page.locator('.el-select-dropdown__item:visible, [role="option"]:visible');
}

async function choose(world: EditorWorld, name: string, label: string): Promise<void> {
	await field(world, name).locator('input').first().click();
	await openMenu(world).filter({ hasText: label }).first().click();
	await openMenu(world).first().waitFor({ state: 'hidden' });
}

/** Opens "Add Change" of a rescan and answers what it offers. */
async function offered(world: EditorWorld): Promise<string[]> {
	await addField(world).click();
	const entries = openMenu(world);
	await entries.first().waitFor();
	return (await entries.allInnerTexts()).map((text) => text.split('\n')[0]?.trim() ?? '');
}

/** The first collection of the node is Changes for This Run, the second Options. */
function addField({ editor }: EditorWorld): Locator {
	return editor.part('collection-parameter-add').first();
}

async function add(world: EditorWorld, label: string): Promise<void> {
	await addField(world).click();
	await openMenu(world).filter({ hasText: label }).first().click();
}

const insertSorted = (labels: string[], label: string) => [...labels, label].sort();

async function closeMenu({ editor }: EditorWorld): Promise<void> {
	await editor.page.keyboard.press('Escape');
}

/** What people in a SOC type when they look for such a node. */
const SEARCHED = [
	'kaspersky',
	'tip',
	'threat intelligence',
	'threat lookup',
	'sandbox',
	'detonate',
	'rescan',
	'tae',
	'attribution',
	'hash',
	'domain',
	'url scan',
	'ip reputation',
	'reputation',
	'phishing',
	'enrich',
	'ioc',
	'indicator',
	'malware',
	'antivirus',
	'virustotal',
	'verdict',
	'apt',
	'yara',
	'report',
];
const FOUND_AT_LEAST = 20;

/** Searches for each word, and wants the node among the first three entries for most of them. */
async function findsBySearch({ editor }: EditorWorld): Promise<void> {
	const { page, part } = editor;
	const missed: string[] = [];
	for (const word of SEARCHED) {
		await part('node-creator-search-bar').fill(word);
		const first = part('item-iterator-item').filter({ hasText: 'Kaspersky TIP' }).first();
		const isShown = await first.waitFor({ timeout: 3_000 }).then(
			() => true,
			() => false,
		);
		const names = (await part('item-iterator-item').allInnerTexts()).slice(0, 3);
		if (!isShown || !names.some((name) => name.includes('Kaspersky TIP'))) missed.push(word);
	}
	await page.waitForTimeout(200);
	const found = SEARCHED.length - missed.length;
	assert.ok(found >= FOUND_AT_LEAST, `found by ${found} words, missed: ${missed.join(', ')}`);
}

export const browserSteps: Array<Step<EditorWorld>> = [
	{
		name: 'a credential is made by pasting a PEM, and its test is green',
		check: async (world) => {
			const { api, editor, portal } = world;
			const { page, part } = editor;
			portal.reset();
			await page.goto(`${api.url}/home/credentials/create`, { waitUntil: 'domcontentloaded' });
			await part('new-credential-type-select').locator('input').fill('Kaspersky');
			await part('new-credential-type-select-option')
				.filter({ hasText: 'Kaspersky TIP API' })
				.first()
				.click();
			await part('new-credential-type-button').click();
			await part('credential-connection-parameter').first().waitFor();
			await editor.picture('credential-empty');
			const key = field(world, 'certificate').locator('input, textarea').first();
			assert.match((await key.getAttribute('placeholder')) ?? '', /PFX in base64/);
			const client = await portal.certificates.issueClient({ passphrase });
			// As people type it; it is taken with https.
			await paste(world, 'baseUrl', portal.credential.baseUrl.replace('https://', ''));
			await paste(world, 'username', portal.credential.username);
			await paste(world, 'password', portal.credential.password);
			await paste(world, 'certificate', client.combinedPem);
			await paste(world, 'passphrase', passphrase);
			await paste(world, 'caCertificate', portal.certificates.caPem);
			await part('credential-save-button').click();
			await part('credentials-config-container-test-success').waitFor({ state: 'visible' });
			await editor.picture(
				'credential-tested',
				await page.locator('.el-dialog:visible').first().boundingBox(),
			);
			assert.equal(portal.requests.at(-1)?.path, '/api/sandbox/channels');
			// What n8n shows of it from now on: the secrets blanked, what is public as it is.
			const [made] = ((await api.get('/rest/credentials')) as CredentialRef[]).filter(
				({ id }) => id !== world.credential.id,
			);
			const { data } = (await api.get(
				`/rest/credentials/${made?.id}?includeData=true`,
			)) as CredentialRef;
			assert.equal(data.caCertificate, portal.certificates.caPem);
			assert.doesNotMatch(JSON.stringify(data), /PRIVATE KEY/);
		},
	},
	{
		name: 'a wrong password turns the test red, in our words',
		check: async (world) => {
			const { page, part, picture } = world.editor;
			await paste(world, 'password', 'not-the-password');
			await part('credential-save-button').click();
			// n8n shows its own line first and ours below "More details".
			await page.getByText('More details').first().click();
			await page
				.getByText(/user name and password \(401\)/)
				.first()
				.waitFor();
			await picture('credential-wrong-password');
			await paste(world, 'password', world.portal.credential.password);
			await part('credential-save-button').click();
			await part('credentials-config-container-test-success').waitFor({ state: 'visible' });
			await page.keyboard.press('Escape');
		},
	},
	{
		name: 'the node is found in the panel and added with an action',
		check: async (world) => {
			const { part, picture } = world.editor;
			await openNodeList(world);
			await findsBySearch(world);
			await part('node-creator-search-bar').fill('kaspersky');
			await part('item-iterator-item').filter({ hasText: 'Kaspersky TIP' }).first().waitFor();
			await picture('nodes-panel');
			await pick(world, 'Kaspersky TIP');
			const actions = part('item-iterator-item');
			await actions.filter({ hasText: 'Rescan a sandbox task' }).first().waitFor();
			await actions.filter({ hasText: 'Rescan an attribution (TAE) task' }).first().waitFor();
			// The list that was there before may still be sliding out.
			const shown = (await actions.allInnerTexts()).filter(
				(text) => !text.includes('Kaspersky TIP'),
			);
			const actionTexts = shown.filter((text) => !/actions$/i.test(text.trim()));
			assert.match(actionTexts[0] ?? '', /Rescan a sandbox task \(uses paid quota\)/);
			await picture('nodes-panel-actions');
			await pick(world, 'Rescan a sandbox task');
			await field(world, 'taskId').waitFor();
			await picture('node-added');
		},
	},
	{
		name: 'Sandbox and TAE each offer their own fields',
		check: async (world) => {
			const { picture } = world.editor;
			assert.deepEqual(await offered(world), sandboxFields);
			await picture('fields-sandbox');
			await closeMenu(world);
			await choose(world, 'resource', 'Threat Attribution Engine');
			assert.deepEqual(await offered(world), attributionFields);
			await picture('fields-attribution');
			await closeMenu(world);
			await choose(world, 'resource', 'Sandbox');
		},
	},
	{
		name: 'an uploaded file has fields of its own',
		check: async (world) => {
			await choose(world, 'taskSource', 'Uploaded File');
			const expected = sandboxFields.filter(
				(label) => label !== 'File Extension' && label !== 'URL',
			);
			assert.deepEqual(await offered(world), insertSorted(expected, 'File Name'));
			await world.editor.picture('fields-uploaded-file');
			await closeMenu(world);
			await choose(world, 'taskSource', 'File From URL');
		},
	},
	{
		name: 'each operation shows what it needs',
		check: async (world) => {
			const { part, picture } = world.editor;
			await field(world, 'operation').locator('input').first().click();
			await openMenu(world).filter({ hasText: 'Delete Task' }).first().waitFor();
			const labels = (await openMenu(world).allInnerTexts()).map((text) => text.split('\n')[0]);
			for (const label of ['Delete Task', 'Get Channels', 'Get Execution Environments', 'Rescan']) {
				assert.ok(labels.includes(label), `${label} is missing in ${labels.join(', ')}`);
			}
			await picture('operations');
			await openMenu(world).filter({ hasText: 'Delete Task' }).first().click();
			await field(world, 'taskId').waitFor();
			await part('parameter-input-additionalFields').waitFor({ state: 'hidden' });
			await picture('delete-task');
			await choose(world, 'operation', 'Get Channels');
			await field(world, 'taskId').waitFor({ state: 'hidden' });
			await picture('get-channels');
			await choose(world, 'operation', 'Rescan');
			await field(world, 'taskId').waitFor();
		},
	},
	{
		name: 'Unzip Password appears, and vanishes with Processing Type',
		check: async (world) => {
			const { picture } = world.editor;
			const password = field(world, 'unzip_password');
			await add(world, 'Unzip Password');
			await password.waitFor();
			await add(world, 'Processing Type');
			await picture('unzip-password');
			await choose(world, 'processing_type', 'Execute Only');
			await password.waitFor({ state: 'hidden' });
			await picture('execute-only');
			assert.ok(!(await offered(world)).includes('Unzip Password'));
			await closeMenu(world);
			// n8n forgets a field that it hides; with the other type it is offered again.
			await choose(world, 'processing_type', 'Unzip and Execute');
			await add(world, 'Unzip Password');
			await password.waitFor();
		},
	},
	{
		name: 'a channel is picked from the list',
		check: async (world) => {
			const { page, part, picture } = world.editor;
			await add(world, 'Channel');
			await part('parameter-input-channel').first().scrollIntoViewIfNeeded();
			await part('rlc-input').first().click();
			const entries = part('rlc-item');
			await entries.filter({ hasText: 'Africa' }).first().waitFor();
			await picture('channel-list');
			await entries.filter({ hasText: 'Germany (DE)' }).first().click();
			await page.waitForTimeout(300);
			assert.equal(await part('rlc-input').first().inputValue(), 'Germany (DE)');
		},
	},
	{
		name: 'Execute step sends the rescan and shows the answer',
		check: async (world) => {
			const { part, picture, page } = world.editor;
			world.portal.reset();
			await paste(world, 'taskId', '3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47');
			await paste(world, 'unzip_password', 'infected');
			await part('node-execute-button').click();
			await page.getByText('previous_task_id').first().waitFor();
			await picture('executed', await panel(world));
			const [sent] = world.portal.rescans();
			assert.equal(sent?.taskId, '3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47');
			assert.deepEqual(sent?.query, {
				channel: 'DE',
				processing_type: 'unzip-and-exec',
				unzip_password: 'infected',
			});
		},
	},
	{
		name: 'the error panel of a refused item says what happened and what to do',
		check: async (world) => {
			const { page, part, picture } = world.editor;
			await paste(world, 'taskId', 'missing-1d47');
			await part('node-execute-button').click();
			await page
				.getByText(/\(404\)/)
				.first()
				.waitFor();
			await picture('error-panel', await panel(world));
			assert.match(await part('node-error-message').innerText(), /404/);
			assert.ok((await part('node-error-description').innerText()).length > 20);
		},
	},
	{
		name: 'the playbooks lie on the canvas as they were drawn, their notes to be read',
		check: async (world) => {
			const { api, checkout, editor } = world;
			const { page, part, picture } = editor;
			await page.setViewportSize({ width: 1600, height: 1100 });
			const faults: string[] = [];
			for (const file of readdirSync(join(checkout, 'examples'))) {
				if (!file.endsWith('.json')) continue;
				const saved = await importExample(world, file);
				await page.goto(`${api.url}/workflow/${saved.id}`, { waitUntil: 'domcontentloaded' });
				await part('canvas-node').first().waitFor();
				const nodes = saved.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
				await part('canvas-node')
					.nth(nodes.length - 1)
					.waitFor();
				await page.keyboard.press('1');
				// The picture waits until the canvas has come to rest.
				await picture(`canvas-${file.replace('.json', '')}`, await drawing(world));
				assert.equal(await part('canvas-node').count(), nodes.length, file);
				for (const fault of await page.evaluate<string[]>(faultsOfNotes)) {
					faults.push(`${file}: ${fault}`);
				}
			}
			assert.deepEqual(faults, []);
		},
		timeoutMs: 15 * 60_000,
	},
	...newcomerSteps,
	{
		name: 'the editor asked nothing of the outside world for us, and did not crash',
		check: async ({ editor }) => {
			assert.deepEqual(editor.pageErrors, []);
			// The one thing the editor itself looks up is the package's page in the registry.
			const others = editor.refused.filter((address) => !/n8n-nodes-kaspersky-tip/.test(address));
			assert.deepEqual(others, []);
		},
	},
];
