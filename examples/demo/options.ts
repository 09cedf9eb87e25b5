import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export type DemoEngine = 'sandbox' | 'tae';

export interface DemoOptions {
	engines: DemoEngine[];
	tasks: string[];
	/** Left out: the embedded stand-in portal. */
	realPortal?: Record<
		'baseUrl' | 'username' | 'password' | 'certificate' | 'passphrase' | 'caCertificate',
		string
	>;
}

export const HELP = `Rescans a list of tasks through n8n's own engine and prints what happened.

  npm start                         against the embedded stand-in portal
  npm start -- [flags]              against a real portal; every rescan there uses quota.
                                    The tasks run with the settings they had before

  --base-url URL                    the portal, https://tip.kaspersky.com
  --username NAME                   user name of the account
  --password-file FILE              file with the password
  --cert FILE                       client certificate: PEM with the private key, or the PFX itself
  --passphrase-file FILE            file with the password of the key or PFX, if there is one
  --ca FILE                         PEM of the authority to trust, on networks that inspect TLS
  --task ID                         task to rescan; may be given several times
  --engine sandbox|tae|both         default: both
  --help                            this text

Secrets are read from files only: a command line can be seen by other users of the machine.
`;

/** @throws Error with a sentence on what to change */
export function readDemoOptions(args: string[]): DemoOptions | 'help' {
	const { values } = parseArgs({
		args,
		options: {
			'base-url': { type: 'string' },
			username: { type: 'string' },
			'password-file': { type: 'string' },
			cert: { type: 'string' },
			'passphrase-file': { type: 'string' },
			ca: { type: 'string' },
			task: { type: 'string', multiple: true },
			engine: { type: 'string', default: 'both' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return 'help';

	const { engine } = values;
	if (engine !== 'sandbox' && engine !== 'tae' && engine !== 'both') {
		throw new Error(`--engine is '${engine}'; it takes sandbox, tae or both`);
	}
	const engines: DemoEngine[] = engine === 'both' ? ['sandbox', 'tae'] : [engine];
	const tasks = values.task ?? [];

	const portalFlags = ['base-url', 'username', 'password-file', 'cert'] as const;
	const isReal = [...portalFlags, 'passphrase-file' as const, 'ca' as const].some(
		(flag) => values[flag] !== undefined,
	);
	if (!isReal) return { engines, tasks };

	const missing = portalFlags.filter((flag) => values[flag] === undefined);
	if (missing.length > 0) {
		throw new Error(`A real portal also needs ${missing.map((flag) => `--${flag}`).join(', ')}`);
	}
	if (tasks.length === 0) throw new Error('A real portal also needs at least one --task');
	return {
		engines,
		tasks,
		realPortal: {
			baseUrl: values['base-url']!,
			username: values.username!,
			password: readSecret(values['password-file']!),
			certificate: readCertificate(values.cert!),
			passphrase:
				values['passphrase-file'] === undefined ? '' : readSecret(values['passphrase-file']),
			caCertificate: values.ca === undefined ? '' : readFileSync(values.ca, 'utf8'),
		},
	};
}

/** A file's text without the line end that editors put there. */
function readSecret(path: string): string {
	return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}

/** PEM as it is; a PFX, which is binary, as the base64 that the credential takes. */
function readCertificate(path: string): string {
	const bytes = readFileSync(path);
	return bytes.includes('-----BEGIN') ? bytes.toString('utf8') : bytes.toString('base64');
}
