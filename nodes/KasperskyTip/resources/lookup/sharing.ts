import { NOTHING_KNOWN } from '../../../../tip/lookup/answer';
import { withoutQuota } from '../../../../tip/lookup/quota';
import type { Sharing } from '../operation';

/** What is known of an indicator is the same for all who ask; each request may count for the quota. */
export const sharedLookups: Sharing = { lasting: withoutQuota, nothingKnown: NOTHING_KNOWN };
