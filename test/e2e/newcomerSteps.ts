import assert from 'node:assert/strict';

import type { CredentialRef } from './api';
import type { Locator } from './browser';
import { field, openPanel, panel, type EditorWorld } from './inEditor';
import type { Step } from './steps';
import { chain, noOp, passphrase, tipNode } from './world';

const MOST_CLICKS = 12;
const BATCH = 60;
const REFUSED = 50;

const entry = ({ editor }: EditorWorld, text: string) =>
	editor.part('item-iterator-item').filter({ hasText: text }).first();

export const newcomerSteps: Array<Step<EditorWorld>> = [
	{
		name: 'a field is dragged from a lookup that has not run',
		check: async (world) => {
			const { page, part, picture } = world.editor;
			world.portal.reset();
			const lookup = tipNode(world, 'Look up', {
				...{ resource: 'lookup', operation: 'hash', taskId: '' },
				indicator: '44d88612fea8a8f36de82e1278abb02f',
			});
			const fields = {
				...noOp('Edit Fields'),
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					assignments: { assignments: [{ id: 'a', name: 'answer', value: '', type: 'string' }] },
				},
			};
			await openPanel(world, chain('Preview', [''], lookup, fields), 'Edit Fields');
			const verdict = page.locator('[data-target="mappable"][data-path*="verdict"]').first();
			await verdict.waitFor();
			await picture('schema-preview', await panel(world));
			const from = await verdict.boundingBox();
			const to = await part('assignment-value').first().boundingBox();
			assert.ok(from && to, 'both are on the screen');
			const [x, y] = [to.x + to.width / 2, to.y + to.height / 2];
			await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
			await page.mouse.down();
			await page.mouse.move(x - 20, y, { steps: 8 });
			await page.mouse.move(x, y, { steps: 4 });
			await page.mouse.up();
			await part('assignment-value').getByText('$json.verdict').first().waitFor();
			await picture('schema-dragged', await panel(world));
			assert.equal(world.portal.requests.length, 0);
		},
	},
	{
		name: 'the error panel of a stopped batch holds every accepted task',
		check: async (world) => {
			const { editor, portal } = world;
			const { page, part, picture } = editor;
			portal.reset();
			const tasks = Array.from({ length: BATCH }, (_, index) =>
				index + 1 === REFUSED ? `missing-${REFUSED}` : `task-${index + 1}`,
			);
			await openPanel(world, chain('Stopped', tasks, tipNode(world, 'Rescan')), 'Rescan');
			await part('node-execute-button').click();
			await part('node-error-message').first().waitFor();
			await picture('stopped-batch', await panel(world));
			await page.locator('.node-error-view summary').filter({ hasText: 'From' }).first().click();
			await page.getByText('Error data', { exact: true }).first().waitFor();
			await picture('stopped-batch-data', await panel(world));
			const shown = await page.locator('.node-error-view details').first().innerText();
			const accepted = portal.rescans().filter(({ accepted: taken }) => taken);
			assert.ok(accepted.length >= REFUSED - 1, `${accepted.length} accepted`);
			const lost = accepted.filter(({ newTaskId }) => !shown.includes(String(newTaskId)));
			assert.deepEqual(
				lost.map(({ taskId }) => taskId),
				[],
			);
		},
	},
	{
		name: 'the first rescan of an n8n without credentials takes few clicks',
		check: async (world) => {
			const { api, editor, portal } = world;
			const { page, part, picture } = editor;
			portal.reset();
			for (const { id } of (await api.get('/rest/credentials')) as CredentialRef[]) {
				await api.remove(`/rest/credentials/${id}`);
			}
			let clicks = 0;
			const click = async (place: Locator) => {
				clicks += 1;
				await place.click();
			};
			/** An entry of the nodes panel, which slides in and may still move when the mouse arrives. */
			const take = async (text: string) => {
				clicks += 1;
				await entry(world, text).waitFor();
				await entry(world, text).dispatchEvent('click');
			};
			await page.goto(`${api.url}/workflow/new`, { waitUntil: 'domcontentloaded' });
			await click(part('canvas-plus-button'));
			await part('node-creator-search-bar').fill('manual');
			await take('Trigger manually');
			await click(part('node-creator-plus-button'));
			await part('node-creator-search-bar').fill('kaspersky');
			await take('Kaspersky TIP');
			await take('Rescan a sandbox task');
			await field(world, 'taskId').waitFor();
			await picture('first-without-credential');
			await click(part('node-credentials-empty-state').first().locator('button').first());
			await click(field(world, 'baseUrl').locator('input').first());
			const client = await portal.certificates.issueClient({ passphrase });
			const values: Record<string, string> = {
				baseUrl: portal.credential.baseUrl,
				username: portal.credential.username,
				password: portal.credential.password,
				certificate: client.combinedPem,
				passphrase,
				caCertificate: portal.certificates.caPem,
			};
			for (const [name, value] of Object.entries(values)) {
				// A person gets from one field to the next with the tabulator.
				await field(world, name).locator('input, textarea').first().focus();
				await page.keyboard.press('Control+A');
				await page.keyboard.insertText(value);
			}
			await click(part('credential-save-button'));
			// n8n tests it, and closes the dialog when all is well.
			await part('credential-save-button').waitFor({ state: 'hidden' });
			assert.equal(portal.requests.at(-1)?.path, '/api/sandbox/channels');
			await click(field(world, 'taskId').locator('input').first());
			await page.keyboard.insertText('3f0c9a52-7d1e-4b86-9c55-0e8f2a6b1d47');
			await click(part('node-execute-button'));
			await page.getByText('previous_task_id').first().waitFor();
			await page.getByText('The results are in the portal').first().waitFor();
			await picture('first-rescan', await panel(world));
			assert.equal(portal.rescans().length, 1);
			assert.ok(clicks <= MOST_CLICKS, `${clicks} clicks`);
			console.log(`# ${clicks} clicks to the first rescan`);
		},
	},
];
