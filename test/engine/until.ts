import { setTimeout as wait } from 'node:timers/promises';

/** Resolves when the condition holds; fails with its text when it never does. */
export async function until(condition: () => boolean, patienceMs = 8000): Promise<void> {
	for (const ends = Date.now() + patienceMs; !condition();) {
		if (Date.now() > ends) throw new Error(`never came true: ${condition.toString()}`);
		await wait(5);
	}
}
