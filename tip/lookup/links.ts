import { hasKnownEnding, readHost } from './host';
import { refuse, showIndicator } from './reasons';
import { splitAddress } from './refang';

/** An address and the words that a link shows for it. */
interface Link {
	target: string;
	label: string;
}

const BEGINS_LIKE_ADDRESS = /^[[({]?(?:h(?:tt|xx|tx|xt|\*\*|__)ps?|s?ftps?|fxps?|mailto|www)\b/i;

/**
 * The one address out of a link as chats, mails, tickets and pages write it; any other text as it is.
 * It is the address that the link leads to; where a program made the link of an address that someone
 * typed, it is what was typed.
 *
 * @throws TipError `input` when the link shows another host than it leads to
 */
export function outOfLink(text: string): string {
	const link = READERS.map((read) => read(text)).find((found) => found !== undefined);
	if (link === undefined) return text;
	const target = withoutEntities(link.target.trim());
	const label = withoutEntities(link.label.trim());
	if (label === '' || target === '') return target === '' ? label : target;
	if (isSameAddress(target, label)) return splitAddress(label).isAbsolute ? target : label;
	const leadsTo = hostIn(target);
	const shows = hostIn(label);
	if (leadsTo !== undefined && shows !== undefined && leadsTo !== shows) {
		throw refuse('twoReadings', text, { readings: [label, target].map(showIndicator) });
	}
	return target;
}

const READERS: ReadonlyArray<(text: string) => Link | undefined> = [
	// HTML: <a href="target">label</a>
	(text) => {
		const tag = /^<a\s([^>]*)>/i.exec(text);
		const href =
			tag && /\shref\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(` ${tag[1]!}`);
		if (!href) return undefined;
		const rest = text.slice(tag[0].length);
		const end = rest.search(/<\/a\s*>/i);
		if (end >= 0 && !/^<\/a\s*>[\s.,;]*$/i.test(rest.slice(end))) return undefined;
		const label = (end < 0 ? rest : rest.slice(0, end)).replace(/<[^<>]*>/g, '');
		return { target: href[1] ?? href[2] ?? href[3]!, label };
	},
	// Slack: <target|label>; and <target>, in which Slack writes &amp;
	(text) => {
		const found = /^<([^<>|\s]+)(?:\|([^<>]*))?>$/.exec(text);
		return found === null ? undefined : { target: found[1]!, label: found[2] ?? '' };
	},
	// Markdown: [label](target "title"), ![label](<target>)
	(text) => {
		const middle = text.indexOf('](');
		if (middle < 0 || !/^!?\[/.test(text) || !text.endsWith(')')) return undefined;
		const [target = ''] = text.slice(middle + 2, -1).split(/\s["'(]/, 1);
		const label = text.slice(text.indexOf('[') + 1, middle);
		return { target: target.trim().replace(/^<(.*)>$/, '$1'), label };
	},
	// Jira: [label|target], [target|target|smart-link]; MediaWiki: [target label]
	(text) => {
		if (!/^\[[^[\]]+\]$/.test(text)) return undefined;
		const parts = text.slice(1, -1).split('|');
		if (parts.length > 1) {
			const target = parts.find((part, index) => index > 0 && BEGINS_LIKE_ADDRESS.test(part));
			return { target: target ?? parts[0]!, label: target === undefined ? '' : parts[0]! };
		}
		const blank = text.indexOf(' ');
		if (blank < 0 || !BEGINS_LIKE_ADDRESS.test(parts[0]!)) return undefined;
		return { target: text.slice(1, blank), label: text.slice(blank + 1, -1) };
	},
	// BBCode: [url]target[/url], [url=target]label[/url]
	(text) => {
		const middle = text.indexOf(']');
		if (!/^\[url[=\]]/i.test(text) || !/\[\/url\]$/i.test(text)) return undefined;
		const label = text.slice(middle + 1, -'[/url]'.length);
		// In `[url]` there is no target: it is the label.
		return { target: text.slice('[url='.length, middle), label };
	},
	// Mail as plain text: label<target>, Name <someone@example.com>
	(text) => {
		const start = text.lastIndexOf('<');
		if (start < 1 || !text.endsWith('>') || text.startsWith('<')) return undefined;
		const target = text.slice(start + 1, -1).trim();
		const isMail = target.includes('@') && !/[\s/]/.test(target);
		if (!isMail && !BEGINS_LIKE_ADDRESS.test(target)) return undefined;
		return { target, label: isMail ? '' : text.slice(0, start) };
	},
];

/** The same but for scheme, a slash at the end and case: a program made the one of the other. */
function isSameAddress(a: string, b: string): boolean {
	const [first, second] = [a, b].map((text) => {
		const { authority, tail } = splitAddress(text.replace(/^mailto:/i, ''));
		return `${authority}${tail}`.toLowerCase().replace(/\/$/, '');
	});
	return first === second;
}

/** The host of an address; undefined for words that are none. */
function hostIn(text: string): string | undefined {
	const { authority, isAbsolute } = splitAddress(text);
	try {
		const host = readHost(authority.slice(authority.lastIndexOf('@') + 1));
		if (host === undefined) return undefined;
		const isHost = host.kind !== 'name' || isAbsolute || hasKnownEnding(host.value);
		return isHost ? host.value.replace(/^www\./, '') : undefined;
	} catch {
		return undefined;
	}
}

function withoutEntities(text: string): string {
	return text
		.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7}));/gi, (entity, hex?: string, decimal?: string) => {
			const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
			return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
				? entity
				: String.fromCodePoint(code);
		})
		.replace(/&lt;/gi, '<')
		.replace(/&gt;/gi, '>')
		.replace(/&quot;/gi, '"')
		.replace(/&amp;/gi, '&');
}
