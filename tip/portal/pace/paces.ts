import { Pace, PaceUser } from './pace';

/** How long what was learned is kept after its last use, in milliseconds. */
const KEPT_MS = 10 * 60_000;

interface Shared {
	readonly pace: Pace;
	users: number;
	leftAt: number;
}

const paces = new Map<string, Shared>();

/**
 * Joins the pace of one login at one portal.
 *
 * @param key of the connections; it tells nothing of the login
 * @returns who asks for permits, and what is to be called at the end
 */
export function joinPace(key: string): { user: PaceUser; leave(): void } {
	forgetUnused();
	const shared = paces.get(key) ?? { pace: new Pace(), users: 0, leftAt: 0 };
	paces.set(key, shared);
	shared.users++;
	let hasLeft = false;
	return {
		user: new PaceUser(shared.pace),
		leave: () => {
			if (hasLeft) return;
			hasLeft = true;
			shared.users--;
			shared.leftAt = performance.now();
		},
	};
}

/** Forgets everything about portals that nobody asks. For tests. */
export function forgetPaces(): void {
	for (const [key, { users }] of paces) if (users === 0) paces.delete(key);
}

/** What the portal asked for is kept until it is over, however long nobody asks. */
function forgetUnused(): void {
	const now = performance.now();
	for (const [key, { pace, users, leftAt }] of paces) {
		const keptUntil = Math.max(leftAt + KEPT_MS, pace.state.refusals.pausedUntil);
		if (users === 0 && now > keptUntil) paces.delete(key);
	}
}
