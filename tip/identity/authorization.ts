/** HTTP Basic in UTF-8, so that a password may hold `:` and any letter (RFC 7617). */
export function basicAuthorization(username: string, password: string): string {
	return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
