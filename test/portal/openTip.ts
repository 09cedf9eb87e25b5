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
