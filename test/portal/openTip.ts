/**
 * OpenTIP, the portal's free side (opentip-api.md): what it knows, and how its three methods answer
 * when no script interferes. Parameters are recorded and not judged.
 */
import { assumed } from './assumed';
import type { Answer } from './routes';

/** What OpenTIP knows of an object, as it answers. */
export type Knowledge = Record<string, unknown>;

/** What OpenTIP knows, and the files that were handed in. */
export class OpenTipBook {
	readonly known = new Map<string, Knowledge>(Object.entries(assumed.openTip.known));

	/** What a file turns out to be, by its SHA-256; clean unless a test says otherwise. */
	readonly verdicts = new Map<string, Knowledge>();
	/** How often the result of a file that was handed in is "in progress", from when on. */
	pollsInProgress = assumed.openTip.pollsInProgress;
	/** Files that were handed in: how often each was asked for since. */
	private readonly files = new Map<string, number>();

	/** POST scan/file: takes a file. */
	submit(sha256: string): void {
		if (!this.files.has(sha256)) this.files.set(sha256, 0);
	}

	/** What it answers to that. */
	firstAnswer(sha256: string): Knowledge {
		return { Zone: 'Grey', FileGeneralInfo: { Sha256: sha256.toUpperCase() } };
	}

	/** POST getresult/file (opentip-api.md 4.2); undefined for a hash nobody knows. */
	result(hash: string): Knowledge | undefined {
		const polls = this.files.get(hash.toLowerCase());
		if (polls === undefined) return this.search('hash', hash);
		this.files.set(hash.toLowerCase(), polls + 1);
		if (polls < this.pollsInProgress) {
			return { Status: 'in progress', ...this.firstAnswer(hash) };
		}
		const found = this.verdicts.get(hash.toLowerCase()) ?? assumed.openTip.cleanFile;
		this.known.set(`hash ${hash.toLowerCase()}`, found);
		return { Status: 'complete', ...found };
	}

	/** GET search/{kind} (opentip-api.md 3). */
	search(kind: string, value: string): Knowledge | undefined {
		return this.known.get(`${kind} ${kind === 'hash' ? value.toLowerCase() : value}`);
	}
}

/** A refusal of OpenTIP: its form is unknown (opentip-api.md 6). */
export function openTipRefusal(status: number): Answer {
	const { contentType, body } = assumed.openTip.refusal(status);
	return { status, headers: { 'content-type': contentType }, body };
}
