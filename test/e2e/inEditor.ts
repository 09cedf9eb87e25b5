import type { Editor, Locator, Rectangle } from './browser';
import type { Workflow } from './api';
import type { World } from './world';

/** A world in which the editor is open. */
export interface EditorWorld extends World {
	editor: Editor;
}

/** The field of the credential or node with this API name. */
export function field({ editor }: EditorWorld, name: string): Locator {
	return editor.page.locator(`[data-test-id="parameter-input-${name}"]`).first();
}

/** Puts the cursor into a field and inserts the text at once, as a paste does. */
export async function paste(world: EditorWorld, name: string, text: string): Promise<void> {
	const input = field(world, name).locator('input, textarea').first();
	await input.scrollIntoViewIfNeeded();
	await input.click();
	await world.editor.page.keyboard.press('Control+A');
	await world.editor.page.keyboard.insertText(text);
}

/** Where the panel of a node is, without what is behind it. */
export async function panel({ editor }: EditorWorld): Promise<Rectangle | null> {
	return await editor.part('ndv').boundingBox();
}

/** Takes an entry of the nodes panel. The panel slides in, and may still move when the mouse arrives. */
export async function pick({ editor }: EditorWorld, text: string): Promise<void> {
	const entry = editor.part('item-iterator-item').filter({ hasText: text }).first();
	await entry.waitFor();
	await entry.dispatchEvent('click');
}

/** A new workflow with a manual trigger, and the list of nodes open behind it. */
export async function openNodeList(world: EditorWorld): Promise<void> {
	const { api, editor } = world;
	const { page, part } = editor;
	await page.goto(`${api.url}/workflow/new`, { waitUntil: 'domcontentloaded' });
	await part('canvas-plus-button').click();
	await part('node-creator-search-bar').fill('manual');
	await pick(world, 'Trigger manually');
	await part('node-creator-plus-button').click();
}

/** Saves a workflow and opens the panel of one of its nodes. */
export async function openPanel(
	{ api, editor }: EditorWorld,
	workflow: Workflow,
	node: string,
): Promise<void> {
	const { id } = await api.createWorkflow(workflow);
	const { page, part } = editor;
	await page.goto(`${api.url}/workflow/${id}`, { waitUntil: 'domcontentloaded' });
	await part('canvas-node').filter({ hasText: node }).first().dblclick();
	await part('ndv').waitFor();
}
