import { CONNECTION_CODES } from '../../../tip/connection/faults';
import { CERTIFICATE_CODES, CREDENTIAL_CODES } from '../../../tip/identity/faults';
import { OPENTIP_CODES } from '../../../tip/openTip/faults';
import { PORTAL_CODES } from '../../../tip/portal/faults';
import { REPORT_CODES } from '../../../tip/reports/faults';
import { TASK_CODES } from '../../../tip/tasks/faults';
import type { CodeFacts } from '../../../tip/values/error';
import { NODE_CODES } from '../faults';

/** Every code but those of single fields, `input.<field>`. */
export const CODES: Readonly<Record<string, CodeFacts>> = {
	...CERTIFICATE_CODES,
	...CONNECTION_CODES,
	...CREDENTIAL_CODES,
	...NODE_CODES,
	...OPENTIP_CODES,
	...PORTAL_CODES,
	...REPORT_CODES,
	...TASK_CODES,
};
