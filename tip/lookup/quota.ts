import type { TipAnswer } from '../values/answer';
import { numberOf, objectOf, textOf } from './read';

export interface Quota {
	/** Requests made today. */
	used?: number;
	/** Requests a day, in all. */
	perDay?: number;
	left?: number;
	/** `Commercial`, `Trial`. */
	accessType?: string;
	/** When the API token ends; absent without a token. */
	tokenExpires?: string;
}

/** `LicenseInfo` (tip-api.md 6 and 6.2): requests made today, how many are left, and the token's end. */
export function quotaOf(answer: TipAnswer): Quota {
	const license = objectOf(answer.LicenseInfo);
	const used = numberOf(license?.DayRequests);
	const perDay = numberOf(license?.DayQuota);
	return {
		used,
		perDay,
		left: used === undefined || perDay === undefined ? undefined : Math.max(0, perDay - used),
		accessType: textOf(license?.AccessType),
		tokenExpires: textOf(license?.TokenExpirationDate),
	};
}

/** An answer as it is true later too: what is left of the day's quota is not. */
export function withoutQuota(answer: TipAnswer): TipAnswer {
	const lasting = { ...answer };
	delete lasting.LicenseInfo;
	return lasting;
}
