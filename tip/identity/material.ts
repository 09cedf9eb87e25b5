import type { X509Certificate } from 'node:crypto';
import { filesInBase64, isArchive } from './base64';
import {
	certificatesInBundle,
	contentsOf,
	KEY_LABELS,
	parseCertificate,
	type Contents,
} from './contents';
import { withoutEscapes } from './escapes';
import { certificateFault } from './faults';
import { isCutShort, readPem, toPem, withoutNoise, type PemBlock } from './pem';

/** A file in a file in a file: more is no accident. */
const DEEPEST = 4;

/** Files looked at, of whatever kind; the largest bundle of authorities holds a few hundred. */
const MOST_LOOKED_AT = 5000;

/** What was found in a pasted text. */
export interface Material {
	pfx: Buffer[];
	certificates: X509Certificate[];
	keys: PemBlock[];
	/** What else it is, which can't be used but should be named. */
	others: Set<Exclude<Contents, 'pfx' | 'certificate'> | 'archive'>;
	/** Labels of blocks that are cut short or hold something else; empty for a file without a label. */
	broken: string[];
}

/**
 * Reads certificates, keys and PFX out of a text, in whatever wrapping: PEM and base64, encoded twice,
 * in UTF-16, escaped, quoted, the two halves each in another way.
 *
 * @param most more files than this are no credential, and are refused
 * @throws TipError `certificate.tooMany`
 */
export function readMaterial(text: string, most = Infinity): Material {
	const material: Material = {
		pfx: [],
		certificates: [],
		keys: [],
		others: new Set(),
		broken: [],
	};
	new Reader(material, most).text(text, 0);
	return material;
}

/** Whether there is anything to be read in it. */
export function isBlank(text: string): boolean {
	return withoutNoise(text) === '';
}

class Reader {
	#count = 0;
	#lookedAt = 0;

	constructor(
		readonly material: Material,
		readonly most: number,
	) {}

	text(text: string, depth: number): void {
		const { blocks, broken, outside } = readPem(withoutEscapes(text));
		this.material.broken.push(...broken);
		for (const block of blocks) this.#block(block, depth);
		for (const file of outside.flatMap((piece) => filesInBase64(piece))) this.#file(file, depth);
	}

	#block(block: PemBlock, depth: number): void {
		const { der, label } = block;
		const isOldEncrypted = block.headers['DEK-Info'] !== undefined;
		if (!isOldEncrypted && this.#file(der, depth, label)) return;
		this.#oneMore();
		if (label.endsWith('PRIVATE KEY')) this.material.keys.push(block);
		else if (label === 'CERTIFICATE') this.material.broken.push(label);
		else if (label === 'CERTIFICATE REQUEST') this.material.others.add('request');
		else if (label === 'PKCS7') this.material.others.add('bundle');
		else if (label.endsWith('PUBLIC KEY')) this.material.others.add('publicKey');
	}

	/**
	 * Takes a file for what is in it, whatever its label says: markers are edited by hand, and
	 * `certutil -encode` of Windows puts those of a certificate around any file.
	 *
	 * @returns whether it is known what it is
	 */
	#file(bytes: Buffer, depth: number, label?: string): boolean {
		if (++this.#lookedAt > MOST_LOOKED_AT) return true;
		const contents = contentsOf(bytes);
		if (contents === undefined) return this.#unknownFile(bytes, depth, label);
		this.#oneMore();
		if (contents === 'pfx') this.material.pfx.push(bytes);
		else if (contents === 'certificate') this.material.certificates.push(parseCertificate(bytes)!);
		else if (contents in KEY_LABELS) this.#key(bytes, contents as keyof typeof KEY_LABELS);
		else {
			this.material.others.add(contents as 'bundle');
			if (contents === 'bundle') {
				const certificates = certificatesInBundle(bytes);
				certificates.forEach(() => this.#oneMore());
				this.material.certificates.push(...certificates);
			}
		}
		return true;
	}

	#key(der: Buffer, contents: keyof typeof KEY_LABELS): void {
		const label = KEY_LABELS[contents];
		this.material.keys.push({ label, headers: {}, pem: toPem(label, der), der });
	}

	#unknownFile(bytes: Buffer, depth: number, label?: string): boolean {
		if (isArchive(bytes)) {
			this.material.others.add('archive');
			return true;
		}
		if (label === undefined && isCutShort(bytes)) {
			this.material.broken.push('');
			return true;
		}
		if (depth >= DEEPEST || !holdsText(bytes)) return false;
		const { pfx, certificates, keys, others, broken } = this.material;
		const before = pfx.length + certificates.length + keys.length + others.size + broken.length;
		this.text(textOf(bytes), depth + 1);
		return before < pfx.length + certificates.length + keys.length + others.size + broken.length;
	}

	#oneMore(): void {
		if (++this.#count > this.most) throw certificateFault('certificate.tooMany');
	}
}

/** Whether bytes are text, and not the binary form of something unknown. */
function holdsText(bytes: Buffer): boolean {
	const head = bytes.subarray(0, 64).toString('latin1').replaceAll('\0', '');
	return /^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)?[\t\n\r -~]{8}/.test(head);
}

/** UTF-16 in either order of bytes reads well as single bytes: the zeros among them are noise. */
function textOf(bytes: Buffer): string {
	return bytes.subarray(0, 64).includes(0) ? bytes.toString('latin1') : bytes.toString('utf8');
}
