import type { INode } from 'n8n-workflow';
import { nodeFault } from '../../nodes/shared/faults';
import { toNodeError } from '../../nodes/shared/nodeError';
import { TipError } from '../../tip/values/error';
import { badInput } from '../../tip/values/input';

const node: INode = {
	...{ id: '1', name: 'Kaspersky TIP', type: 'kasperskyTip', typeVersion: 1 },
	...{ position: [0, 0], parameters: {} },
};

const refused = (code: string, status: number, errorId?: string) =>
	new TipError({ code, kind: 'portal', outcome: 'rejected', status, errorId });
const notSent = (code: string, kind: TipError['kind']) =>
	new TipError({ code, kind, outcome: 'notSent' });

describe('What n8n is told of the cause, for triggers to wait by', () => {
	it.each<[string, string | undefined, TipError]>([
		['a used-up quota', 'quota-exhausted', refused('portal.quotaUsedUp', 403)],
		['items after a used-up quota', 'quota-exhausted', nodeFault('quota.usedUp')],
		['the own bound', 'quota-exhausted', nodeFault('quota.floor')],
		['a quota by its name', 'quota-exhausted', refused('portal.forbidden', 403, 'quota-exceeded')],
		['too many requests', 'rate-limited', refused('portal.tooManyRequests', 429, 'quota-exceeded')],
		['a redirect', 'configuration-invalid', refused('portal.redirect', 302)],
		['another authority', 'configuration-invalid', notSent('tls.untrusted', 'network')],
		['a field filled in wrongly', 'configuration-invalid', badInput('taskId', 'empty')],
		['a wrong certificate', 'credential-invalid', notSent('certificate.noKey', 'credential')],
		['no connection', 'temporarily-unavailable', notSent('network.refused', 'network')],
		['a fault of the portal', 'temporarily-unavailable', refused('portal.serverFault', 500)],
		['a task nobody knows', undefined, refused('portal.notFound', 404)],
	])('%s: %s', (_what, cause, error) => {
		expect(toNodeError(node, error, {}, 'advice').failure?.cause).toBe(cause);
	});
});
