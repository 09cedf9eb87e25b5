/** An address in its parts, the host refanged: harmless spellings undone. */
export interface Address {
	/** In lower case and refanged; undefined when there is none. */
	readonly scheme?: string;
	/** With a scheme or `//` in front: what follows is a host, whatever it looks like. */
	readonly isAbsolute: boolean;
	/** Up to the path: host, port, and credentials before an `@`. */
	readonly authority: string;
	/** Path, query and fragment, nearly as they are. */
	readonly tail: string;
}

/** Full stops of other scripts and widths, as IDNA and keyboards have them. */
const STOPS = '.\u3002\uFF0E\uFF61\u2024\uFE52\uFE12\u06D4\u0964\u0589\u1362\u1803\u1809';
const OPEN = '[[({<]';
const CLOSE = '[\\])}>]';

/** What is read in a host, and as what; the first that fits. */
const HOST_SPELLINGS: ReadonlyArray<readonly [RegExp, string]> = [
	[
		new RegExp(
			`\\s{0,2}${OPEN}\\s{0,2}(?:[${STOPS}]|dot|d0t|point|punkt|punto|точка)\\s{0,2}${CLOSE}\\s{0,2}`,
			'iuy',
		),
		'.',
	],
	[new RegExp(`[[({][${STOPS}]|[${STOPS}][\\])}]|\\\\\\.|\\sdot\\s|[${STOPS}]`, 'iuy'), '.'],
	[new RegExp(`\\s{0,2}${OPEN}\\s{0,2}(?:@|at)\\s{0,2}${CLOSE}\\s{0,2}|\\sat\\s|＠`, 'iuy'), '@'],
	[new RegExp(`${OPEN}\\s?[:：]\\s?${CLOSE}|：`, 'uy'), ':'],
];

const BRACKETED_SLASH = new RegExp(`${OPEN}\\s?/{1,2}\\s?${CLOSE}`, 'uy');

const COLON = `(?:${OPEN}\\s?:\\s?${CLOSE}|[:：])\\s{0,2}`;
const SCHEME = new RegExp(
	`^(?:${OPEN}([a-z][a-z0-9+*_-]{1,20})${CLOSE}|([a-z][a-z0-9+*_-]{1,20}))\\s{0,2}` +
		`(?:${OPEN}\\s?:\\s?(?://|\\\\\\\\)\\s?${CLOSE}|${COLON}(?:${OPEN}/{1,2}${CLOSE}){1,2}|${COLON}([/\\\\]+))\\s{0,2}[/\\\\]*`,
	'iu',
);

/** How people write http so that nothing can be clicked. */
const DEFANGED_HTTP = /^h(?:xx|tx|xt|\*\*|__)p(s?)$/;
const WEB_SCHEME = /^(?:https?|s?ftps?|wss?)$/;

/**
 * Takes an address apart and undoes the ways in which addresses are made harmless to click on. Only
 * the host is refanged: what is after it stays as it is, but for what can't be part of an address.
 */
export function splitAddress(text: string): Address {
	const found = SCHEME.exec(text);
	const scheme = refangedScheme(found?.[1] ?? found?.[2]);
	// `http:/host` is a slip of the hand; with any other word one slash says nothing.
	const hasScheme = scheme !== undefined && (found![3]?.length !== 1 || WEB_SCHEME.test(scheme));
	const relative = hasScheme ? found! : /^(?:\/\/|\[\/\/\])[/\\]*/.exec(text);
	const start = relative?.[0].length ?? 0;
	const { authority, tail } = splitHost(text, start);
	return {
		...(hasScheme && { scheme }),
		isAbsolute: relative !== null,
		authority,
		tail: refangTail(tail),
	};
}

function refangedScheme(written: string | undefined): string | undefined {
	return written
		?.toLowerCase()
		.replace(DEFANGED_HTTP, 'http$1')
		.replace(/^fxp(?=s?$)/, 'ftp');
}

function splitHost(text: string, start: number): Pick<Address, 'authority' | 'tail'> {
	let authority = '';
	let index = start;
	while (index < text.length) {
		const read = HOST_SPELLINGS.find(([spelling]) => {
			spelling.lastIndex = index;
			return spelling.test(text);
		});
		if (read !== undefined) {
			authority += read[1];
			index = read[0].lastIndex;
			continue;
		}
		BRACKETED_SLASH.lastIndex = index;
		if (BRACKETED_SLASH.test(text)) {
			return { authority, tail: `/${text.slice(BRACKETED_SLASH.lastIndex)}` };
		}
		if ('/?#\\'.includes(text[index]!)) break;
		authority += text[index++]!;
	}
	return { authority: authority.trim(), tail: text.slice(index) };
}

/** `hxxp:` of an address within the address, and bracketed dots, colons and slashes. */
function refangTail(tail: string): string {
	return tail
		.replace(/\[(:\/\/|[.:/])\]/g, '$1')
		.replace(/\[:\](?=\/\/)/g, ':')
		.replace(/\bhxxp(s?)(?=:|%3a)/gi, 'http$1');
}
