import { CHECK_REQUEST } from '../../../../tip/lookup/request';
import { quotaOf } from '../../../../tip/lookup/quota';
import type { Operation } from '../operation';

/**
 * What is left of the day (tip-api.md 6): the smallest lookup there is says it. That it counts as one
 * itself is inferred.
 */
export const getQuota: Operation = {
	option: {
		name: 'Get Quota',
		action: 'Get the quota of the day (uses one lookup)',
		description: 'Uses one lookup: get how many requests are made and left today',
	},
	fields: [],
	plan: () => ({
		request: CHECK_REQUEST,
		about: {},
		toItems: (answer) => {
			const { used, perDay, left, accessType, tokenExpires } = quotaOf(answer);
			return [
				{
					json: {
						requestsUsed: used ?? null,
						requestsLeft: left ?? null,
						requestsPerDay: perDay ?? null,
						accessType: accessType ?? null,
						tokenExpires: tokenExpires ?? null,
					},
				},
			];
		},
	}),
};
