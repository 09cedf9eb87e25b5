import { assumed } from './assumed';

/** What the portal knows of one indicator, by section. */
export type Sections = Record<string, unknown>;

/** What the portal knows, and what is left of the day's quota. */
export class LookupBook {
	readonly known = new Map<string, Sections>(Object.entries(assumed.lookups.known));
	dayRequests = 0;
	dayQuota = assumed.lookups.dayQuota;

	/** An answer with the sections asked for (all without `sections`), or the status of a refusal. */
	answer(
		kind: string,
		indicator: string,
		pairs: ReadonlyArray<readonly [string, string]>,
	): { body: Sections } | { status: number } {
		// "Web address ≤ 2000 characters, else 414" (6).
		if (indicator.length > 2000) return { status: 414 };
		if (assumed.lookups.everyRequestCounts) this.dayRequests++;
		const found = this.known.get(`${kind} ${indicator}`);
		if (found === undefined) return { status: assumed.lookups.statusOfUnknown };
		const query = new Map(pairs);
		const { dayRequests: DayRequests, dayQuota: DayQuota } = this;
		const all: Sections = { ...found, LicenseInfo: { DayRequests, DayQuota } };
		const asked = query.get('sections')?.split(',') ?? Object.keys(all);
		// `count`: most records of each group (6).
		const count = Number(query.get('count') ?? Infinity);
		return {
			body: Object.fromEntries(
				Object.entries(all)
					.filter(([name]) => asked.includes(name))
					.map(([name, value]) => [name, Array.isArray(value) ? value.slice(0, count) : value]),
			),
		};
	}
}
