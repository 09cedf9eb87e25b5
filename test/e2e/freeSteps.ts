import assert from 'node:assert/strict';

import { startPortal } from '../portal';
import { field, paste, type EditorWorld } from './inEditor';
import type { Step } from './steps';

const HASH = '44d88612fea8a8f36de82e1278abb02f';
const MOST_CLICKS = 8;

/** Counts what a person does with the mouse; keys, and what a script does, are no clicks. */
const countClicks = `(() => {
	window.clicks = 0;
	addEventListener('click', ({ isTrusted, detail }) => {
		if (isTrusted && detail > 0) window.clicks++;
	}, true);
})()`;

/** What somebody does who has a free token and has never used the node. */
export const freeSteps: Array<Step<EditorWorld>> = [
	{
		name: `from an empty n8n to a first verdict with a free token in ${MOST_CLICKS} clicks`,
		check: async (world) => {
			const { api, editor } = world;
			const { page, part, picture } = editor;
			// OpenTIP asks for no certificate.
			const portal = await startPortal({ requireClientCertificate: false });
			try {
				const { baseUrl, token, caCertificate } = portal.openTipCredential;
				portal.openTip.known.set(`hash ${HASH}`, { Zone: 'Red', FileGeneralInfo: {} });
				await page.goto(`${api.url}/workflow/new`, { waitUntil: 'domcontentloaded' });
				await part('canvas-plus-button').waitFor();
				await page.evaluate(countClicks);
				const startedAt = Date.now();

				await part('canvas-plus-button').click();
				await part('node-creator-search-bar').fill('kaspersky');
				await part('item-iterator-item').filter({ hasText: 'Kaspersky TIP' }).first().waitFor();
				await page.keyboard.press('Enter');
				// As the first node a trigger is expected, so that the actions are folded.
				await page.getByText(/^Actions \(/).click();
				const action = part('item-iterator-item').filter({ hasText: 'Get the result for a file' });
				await action.first().waitFor();
				await page.waitForTimeout(1_000);
				await action.first().click();
				await field(world, 'indicator').waitFor();
				await picture('free-node');
				await page.getByText('Connect to Kaspersky OpenTIP').first().click();
				await field(world, 'token').waitFor();
				// The stand-in is at another address than OpenTIP, with an authority of its own.
				await field(world, 'baseUrl').locator('input').fill(baseUrl);
				await field(world, 'caCertificate').locator('textarea').fill(String(caCertificate));
				await paste(world, 'token', token);
				await part('credential-save-button').click();
				// Closed by n8n itself once the test is green.
				await part('editCredential-modal').waitFor({ state: 'hidden' });
				await paste(world, 'indicator', HASH);
				await part('node-execute-button').click();
				await page.getByText('malicious').first().waitFor();
				await picture('free-verdict');

				const clicks = await page.evaluate<number>('window.clicks');
				const seconds = Math.round((Date.now() - startedAt) / 1000);
				console.log(`# ${clicks} clicks and ${seconds} s to the first verdict with a free token`);
				assert.ok(clicks > 3 && clicks <= MOST_CLICKS, `${clicks} clicks`);
				assert.equal(portal.uploads().length, 0, 'nothing is handed in');
			} finally {
				await portal.close();
			}
		},
	},
];
