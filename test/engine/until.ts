import { setTimeout as wait } from 'node:timers/promises';

/** Longer than any machine takes, however busy: it only ends what hangs. */
const PATIENCE_MS = 300_000;

/** Resolves when the condition holds; fails with its text when it never does. */
export async function until(condition: () => boolean): Promise<void> {
	for (const ends = Date.now() + PATIENCE_MS; !condition();) {
		if (Date.now() > ends) throw new Error(`never came true: ${condition.toString()}`);
		await wait(5);
	}
}
