import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject, INode, IRun } from 'n8n-workflow';
import { SENSITIVE_PARAMETERS } from '../../tip/tasks/parameters';

/** A run of this many characters of a secret is a leak; shorter secrets are looked for whole. */
const WINDOW = 12;
const SHORTEST_SECRET = 4;
/** More than this of one run is not read: the errors come first, then the items. In characters. */
const MOST_READ = 4_000_000;

/**
 * Looks for any piece of a secret in everything that n8n would store of an execution: items, errors
 * with their stacks and causes (hidden properties too), hints.
 *
 * @returns where a secret shows, with some text around it; empty when none does
 */
export function findLeaks(
	run: IRun,
	credentials: Record<string, ICredentialDataDecryptedObject>,
	nodes: INode[],
): string[] {
	const { error, runData } = run.data.resultData;
	const errors = [error, ...Object.values(runData).flatMap((runs) => runs.map((one) => one.error))];
	const shown = [
		...errors.map((one) => inspect(one, { depth: 12, showHidden: true, maxStringLength: null })),
		JSON.stringify(errors),
		JSON.stringify(errorItems(run)),
	].join('\n');
	const text = `${shown}\n${JSON.stringify(run.data.resultData.runData)}`.slice(0, MOST_READ);

	return [
		...secretsOf(credentials).map((secret) => [text, secret] as const),
		// Who reads an answer has typed it into the workflow, and `infected` is a verdict too.
		...typedSecrets(nodes).map((secret) => [shown.slice(0, MOST_READ), secret] as const),
	].flatMap(([where, secret]) => {
		const at = indexOfPiece(where, secret);
		return at < 0 ? [] : [`…${where.slice(Math.max(0, at - 60), at + 60)}…`];
	});
}

/** Items that say what went wrong, in this package's words. */
function errorItems(run: IRun) {
	return Object.values(run.data.resultData.runData)
		.flat()
		.flatMap(({ data }) => data?.main?.flat() ?? [])
		.filter((item) => item?.json.error !== undefined);
}

function secretsOf(credentials: Record<string, ICredentialDataDecryptedObject>): string[] {
	return Object.values(credentials).flatMap((data) => {
		const [username, password, certificate, passphrase, token] = [
			data.username,
			data.password,
			data.certificate,
			data.passphrase,
			data.token,
		].map((value) => (typeof value === 'string' ? value : ''));
		const keys = [...certificate!.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)/g)].map(
			([, body]) => body!.replace(/\s+/g, ''),
		);
		const basic = Buffer.from(`${username}:${password}`).toString('base64');
		return [password!, passphrase!, token!, basic, ...keys];
	});
}

/** Passwords typed into a field of a node, as text. */
function typedSecrets(nodes: INode[]): string[] {
	return nodes.flatMap(({ parameters }) => {
		const fields = (parameters.additionalFields ?? {}) as Record<string, unknown>;
		return SENSITIVE_PARAMETERS.map((name) => fields[name]).filter(
			(value): value is string => typeof value === 'string' && !value.startsWith('='),
		);
	});
}

function indexOfPiece(text: string, secret: string): number {
	if (secret.length < SHORTEST_SECRET) return -1;
	if (secret.length <= WINDOW) return text.indexOf(secret);
	const pieces = new Set<string>();
	for (let at = 0; at + WINDOW <= secret.length; at++) pieces.add(secret.slice(at, at + WINDOW));
	for (const piece of pieces) {
		const at = text.indexOf(piece);
		if (at >= 0) return at;
	}
	return -1;
}
