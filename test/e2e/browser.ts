import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { N8nApi } from './api';
import { installFromDebian } from './debian';
import { installPlaywright } from './install';

export interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** The little of Playwright's interface that is used here; the library itself is in the cache. */
export interface Locator {
	first(): Locator;
	last(): Locator;
	nth(index: number): Locator;
	locator(selector: string): Locator;
	filter(options: { hasText?: string | RegExp; has?: Locator }): Locator;
	getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
	click(options?: {
		force?: boolean;
		timeout?: number;
		position?: { x: number; y: number };
	}): Promise<void>;
	dblclick(): Promise<void>;
	dispatchEvent(type: string): Promise<void>;
	hover(): Promise<void>;
	fill(text: string): Promise<void>;
	press(key: string): Promise<void>;
	count(): Promise<number>;
	isVisible(): Promise<boolean>;
	innerText(): Promise<string>;
	allInnerTexts(): Promise<string[]>;
	inputValue(): Promise<string>;
	getAttribute(name: string): Promise<string | null>;
	focus(): Promise<void>;
	boundingBox(): Promise<Rectangle | null>;
	scrollIntoViewIfNeeded(): Promise<void>;
	waitFor(options?: { state?: 'visible' | 'hidden'; timeout?: number }): Promise<void>;
}

export interface Page {
	keyboard: {
		press(key: string): Promise<void>;
		type(text: string): Promise<void>;
		insertText(text: string): Promise<void>;
	};
	mouse: {
		move(x: number, y: number, options?: { steps: number }): Promise<void>;
		down(): Promise<void>;
		up(): Promise<void>;
		wheel(x: number, y: number): Promise<void>;
	};
	goto(url: string, options?: { waitUntil?: 'domcontentloaded' | 'load' }): Promise<unknown>;
	url(): string;
	locator(selector: string): Locator;
	getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
	getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
	waitForURL(pattern: RegExp, options?: { timeout?: number }): Promise<void>;
	waitForTimeout(ms: number): Promise<void>;
	screenshot(options: { path: string; clip?: Rectangle }): Promise<unknown>;
	setViewportSize(size: { width: number; height: number }): Promise<void>;
	evaluate<T>(script: string): Promise<T>;
	on(event: 'pageerror', listener: (error: Error) => void): void;
	setDefaultTimeout(ms: number): void;
	setDefaultNavigationTimeout(ms: number): void;
}

interface Route {
	request(): { url(): string };
	abort(): Promise<void>;
	continue(): Promise<void>;
}

interface Playwright {
	chromium: {
		launch(options: { executablePath: string; args: string[] }): Promise<{
			newContext(options: object): Promise<{
				newPage(): Promise<Page>;
				route(pattern: string, handle: (route: Route) => Promise<void>): Promise<void>;
			}>;
			close(): Promise<void>;
		}>;
	};
}

export interface Editor {
	page: Page;
	/** One named part of the editor, by the id n8n gives it for its own tests. */
	part: (id: string) => Locator;
	/** Saves a picture of what is on the screen, or of a part of it. */
	picture: (name: string, clip?: Rectangle | null) => Promise<void>;
	/** Addresses outside this machine that the page asked for and did not get. */
	refused: string[];
	/** Exceptions nobody caught in the page. */
	pageErrors: string[];
	close: () => Promise<void>;
}

/** What n8n lays over what is to be seen: notices, buttons on the canvas, the neighbours of a node. */
const overlays = [
	'.el-notification',
	'[data-test-id="canvas-wrapper"] button:not(.vue-flow__node *, [data-test-id="node-creator"] *)',
	'[data-test-id="floating-node"]',
];
const hideOverlays = `(() => {
	if (document.querySelector('#hide-overlays')) return;
	const style = document.createElement('style');
	style.id = 'hide-overlays';
	style.textContent = ${JSON.stringify(overlays.join(', '))} + ' { opacity: 0 !important }';
	document.head.append(style);
})()`;

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

async function chromium(): Promise<string> {
	const own = process.env.CHROMIUM;
	if (own !== undefined && own !== '') return own;
	if (!places.some((place) => existsSync(place))) await installFromDebian(['chromium']);
	const found = places.find((place) => existsSync(place));
	if (found === undefined) throw new Error('No Chromium: install one or name it in CHROMIUM');
	return found;
}

/** Opens the editor in a real browser and signs in by the form. */
export async function openEditor(api: N8nApi, artifacts: string): Promise<Editor> {
	const [library, executablePath] = await Promise.all([installPlaywright(), chromium()]);
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	const playwright = require(library) as Playwright;
	const browser = await playwright.chromium.launch({
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
	const context = await browser.newContext({
		viewport: { width: 1440, height: 960 },
		colorScheme: 'light',
		locale: 'en-GB',
	});
	const refused: string[] = [];
	await context.route('**/*', async (route) => {
		const address = route.request().url();
		const host = /^(?:https?|wss?):/.test(address) ? new URL(address).hostname : '127.0.0.1';
		if (host === '127.0.0.1' || host === 'localhost') return await route.continue();
		refused.push(address);
		await route.abort();
	});
	const page = await context.newPage();
	page.setDefaultTimeout(45_000);
	// Each load parses the whole editor again, which takes a busy machine long.
	page.setDefaultNavigationTimeout(90_000);
	const pageErrors: string[] = [];
	page.on('pageerror', (error) => pageErrors.push(error.message));
	mkdirSync(artifacts, { recursive: true });
	const part = (id: string) => page.locator(`[data-test-id="${id}"]`);

	await page.goto(`${api.url}/signin`, { waitUntil: 'domcontentloaded' });
	await page.locator('input[type="email"], input[name="emailOrLdapLoginId"]').fill(api.owner.email);
	await page.locator('input[type="password"]').fill(api.owner.password);
	await part('form-submit-button').click();
	await page.waitForURL(/\/(home|workflow)/, { timeout: 90_000 });

	let pictures = 0;
	return {
		page,
		part,
		refused,
		pageErrors,
		picture: async (name, clip) => {
			await page.evaluate(hideOverlays);
			// Menus and panels slide in; a picture taken at once would catch them half-way.
			await page.waitForTimeout(600);
			const path = join(artifacts, `${String(++pictures).padStart(2, '0')}-${name}.png`);
			await page.screenshot({ path, clip: clip ?? undefined });
		},
		close: async () => await browser.close(),
	};
}
