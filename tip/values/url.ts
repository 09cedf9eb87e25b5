/**
 * The address a text is; undefined for one that is none. `URL.canParse` is not used: in Node 20 and 22,
 * once it has been called some thousand times, it says no to every address with a letter such as `ü`.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}
