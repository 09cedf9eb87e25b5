import type { Portal } from '../portal';

/** What a proxy demands whose password must not be heard either. */
export const PROXY_LOGIN = { username: 'user', password: 'proxy-passw0rd' };

/** The secrets of a login and of a proxy's, and others, as they stand in requests and their headers. */
export function secretForms({ username, password }: Portal, ...others: string[]): string[] {
	const proxy = `${PROXY_LOGIN.username}:${PROXY_LOGIN.password}`;
	return [
		password,
		encodeURIComponent(password),
		base64(`${username}:${password}`),
		PROXY_LOGIN.password,
		base64(proxy),
		...others,
		'PRIVATE KEY',
	];
}

function base64(text: string): string {
	return Buffer.from(text).toString('base64');
}
