import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRun } from 'n8n-workflow';
import { startPortal, type Portal } from '../portal';
import { builtIns } from './builtIns';
import { itemsOf, runWorkflow, type EngineWorkflow } from './engine';
import { POLLS, sha256 } from './fileWorkflow';
import { fireWhile, holdTimers, type HeldTimers } from './heldTimers';
import { fromSources } from './rescanWorkflow';

const EXAMPLE = readFileSync(
	join(__dirname, '..', '..', 'examples', 'attachment-verdict.json'),
	'utf8',
);
const HARMFUL = {
	Zone: 'Red',
	FileGeneralInfo: { FileStatus: 'Malware' },
	DetectionsInfo: [{ DetectionName: 'Trojan.Example', Zone: 'Red' }],
};

/** The example playbook with a file, in n8n's engine. */
describe('The example of an attachment', () => {
	let portal: Portal;
	let held: HeldTimers[];
	beforeAll(async () => {
		portal = await startPortal({ requireClientCertificate: false });
	});
	// The last wait is what the others leave of 300 seconds.
	beforeEach(() => (held = [...POLLS, 15_000].map((ms) => holdTimers(ms))));
	afterEach(() => {
		held.forEach((timers) => timers.release());
		portal.reset();
	});
	afterAll(() => portal.close());

	/** What each of the nodes gave in the end, by its name. */
	async function run() {
		const workflow = JSON.parse(EXAMPLE) as EngineWorkflow;
		const nodes = workflow.nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		const running: Promise<IRun> = runWorkflow(
			{ ...workflow, nodes },
			{
				installed: { ...fromSources, nodes: { ...builtIns, ...fromSources.nodes } },
				credentials: { kasperskyOpenTipApi: portal.openTipCredential },
			},
		);
		for (const timers of held) void fireWhile(running, timers, () => true);
		const result = await running;
		expect(result.data.resultData.error).toBeUndefined();
		const ends = ['Send it', 'For a person', 'Nothing to do', 'Not analyzed'];
		return Object.fromEntries(
			ends.flatMap((node) => {
				const items = itemsOf(result, node).map(({ json }) => json);
				return items.length === 0 ? [] : [[node, items]];
			}),
		);
	}

	const content = (
		JSON.parse(
			String(
				(JSON.parse(EXAMPLE) as EngineWorkflow).nodes.find(({ name }) => name === 'Mail')!
					.parameters.jsonOutput,
			),
		) as { content: string }
	).content;
	const hash = sha256(content);

	it('sends a message about a file that is known to do harm, and hands nothing in', async () => {
		portal.openTip.known.set(`hash ${hash}`, HARMFUL);
		expect(await run()).toEqual({
			'Send it': [
				{
					text: expect.stringMatching(
						/^Attachment invoice\.vbs from billing@bad\.example\.com \(Your invoice\): .*Trojan\.Example/,
					),
					link: `${portal.baseUrl}/${hash}`,
					verdict: 'malicious',
					sha256: hash,
				},
			],
		});
		expect(portal.uploads()).toEqual([]);
	});

	it('hands in what nobody knows, once, and sends a message with its verdict', async () => {
		portal.openTip.verdicts.set(hash, HARMFUL);
		expect(await run()).toMatchObject({ 'Send it': [{ verdict: 'malicious' }] });
		expect(portal.uploads()).toMatchObject([{ bodySha256: hash }]);
	});

	it('has nothing to do about a clean file', async () => {
		expect(await run()).toMatchObject({ 'Nothing to do': [{ verdict: 'clean' }] });
	});

	it('gives a person what has no verdict in time', async () => {
		portal.openTip.pollsInProgress = 1000;
		expect(await run()).toMatchObject({
			'For a person': [{ verdict: 'unknown', finished: false, sha256: hash }],
		});
		expect(portal.uploads()).toHaveLength(1);
	});

	it('shows what was not analyzed, with its reason', async () => {
		portal.script(/scan/, { status: 413 });
		expect(await run()).toMatchObject({
			'Not analyzed': [{ code: 'portal.tooLarge', outcome: 'rejected' }],
		});
	});
});
