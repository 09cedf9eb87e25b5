import type { Publication } from './list';

const SLUG_LENGTH = 80;
/** How much of a name is looked at: some letters become many when they are normalised. */
const NAME_LENGTH = 4 * SLUG_LENGTH;

/** What a file is for; it decides its name, and its type where the content says too little. */
export type FileRole = 'execsum' | 'iocs' | 'pdf' | 'yara';

export interface FileName {
	fileName: string;
	mimeType: string;
}

/** Name and type of a file of a report, after its publication. */
export function nameReportFile(publication: Publication, role: FileRole, head: Buffer): FileName {
	const name = slug(publication.name) || `report-${slug(publication.id) || 'unnamed'}`;
	const suffix = { execsum: '-execsum', iocs: '-iocs', pdf: '', yara: '' }[role];
	return named(`${name}${suffix}`, role, head);
}

/** Name and type of a master file. */
export function nameMasterFile(role: 'iocs' | 'yara', group: string, head: Buffer): FileName {
	return named(`master-${role === 'iocs' ? 'ioc' : 'yara'}-${slug(group)}`, role, head);
}

/** Letters and digits of any script in lower case, parted by hyphens. */
function slug(value: unknown): string {
	if (typeof value !== 'string' && typeof value !== 'number') return '';
	const text = String(value).slice(0, NAME_LENGTH).toWellFormed().normalize('NFKC').toLowerCase();
	const joined = text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
	const cut = [...joined.join('-')].slice(0, SLUG_LENGTH).join('');
	return cut.endsWith('-') ? cut.slice(0, -1) : cut;
}

function named(name: string, role: FileRole, head: Buffer): FileName {
	const [extension, mimeType] = typeOf(role, head);
	return { fileName: `${name}.${extension}`, mimeType };
}

/** What a file is by its first bytes; text is taken for what the file is for. */
function typeOf(role: FileRole, head: Buffer): [extension: string, mimeType: string] {
	if (beginsWith(head, '%PDF-')) return ['pdf', 'application/pdf'];
	if (beginsWith(head, 'PK\u0003\u0004')) return ['zip', 'application/zip'];
	if (head.includes(0)) return ['bin', 'application/octet-stream'];
	const text = head
		.toString('utf8')
		.replace(/^\uFEFF/, '')
		.trimStart();
	if (/^<(!doctype\s+)?html/i.test(text)) return ['html', 'text/html'];
	if (text.startsWith('<')) return ['xml', 'application/xml'];
	if (role === 'yara') return ['yar', 'text/plain'];
	if (/^[[{]/.test(text)) return ['json', 'application/json'];
	const [firstLine = ''] = text.split('\n', 1);
	return role === 'iocs' && /[,;\t]/.test(firstLine) ? ['csv', 'text/csv'] : ['txt', 'text/plain'];
}

/** Whether bytes begin with these, each character one byte. */
export function beginsWith(bytes: Buffer, magic: string): boolean {
	return bytes.subarray(0, magic.length).toString('latin1') === magic;
}
