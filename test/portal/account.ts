import { assumed } from './assumed';
import { openTipRefusal } from './openTip';
import type { RecordedRequest } from './records';
import { json, refusal, type Answer } from './routes';

/**
 * Checks HTTP Basic as tip-api.md 2.1 and 3.6 say: UTF-8, 401 when wrong. A token is checked where it
 * opens anything (1, rows 17 to 20), and refused with 403 elsewhere.
 */
export class Accounts {
	/** The exact header a client with plain base64 sends: nearly always enough. */
	private readonly expected = new Set<string>();

	constructor(private readonly users: Record<string, string>) {
		for (const [name, password] of Object.entries(users)) {
			this.expected.add(`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`);
		}
	}

	/** The same for OpenTIP: its token under a header of its own, and no other login (opentip-api.md 2). */
	checkApiKey(request: RecordedRequest): Answer | undefined {
		return request.headers['x-api-key'] === assumed.openTip.token ? undefined : openTipRefusal(401);
	}

	/** The refusal, or undefined when the request may go on. */
	check(request: RecordedRequest, takesToken: boolean): Answer | undefined {
		const header = request.headers.authorization;
		if (header !== undefined && this.expected.has(header)) return undefined;
		const [, scheme = '', value = ''] = /^(\S+) +(.*)$/.exec(header ?? '') ?? [];
		if (takesToken && scheme.toLowerCase() === 'bearer' && value === assumed.token) {
			return undefined;
		}
		if (scheme !== '' && scheme.toLowerCase() !== 'basic') {
			return request.engine
				? refusal(403, assumed.tokenRefused)
				: json(401, assumed.errorBody(401));
		}
		const text = Buffer.from(value, 'base64').toString('utf8');
		const colon = text.indexOf(':');
		const name = text.slice(0, colon);
		if (
			colon > 0 &&
			Object.hasOwn(this.users, name) &&
			this.users[name] === text.slice(colon + 1)
		) {
			return undefined;
		}
		return json(401, assumed.errorBody(401), { 'www-authenticate': assumed.authenticateHeader });
	}
}
