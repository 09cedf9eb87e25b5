import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lock from '../../package-lock.json';
import * as packageJson from '../../package.json';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

type Entry = { link?: boolean; integrity?: string; engines?: { node?: string } };

const entries = Object.entries(lock.packages as unknown as Record<string, Entry>).filter(
	([place, { link }]) => place !== '' && !link,
);

describe('The lock file', () => {
	it('has a hash for each package', () => {
		expect(entries.length).toBeGreaterThan(500);
		expect(entries.filter(([, { integrity }]) => !integrity).map(([place]) => place)).toEqual([]);
	});

	it('names no host', () => {
		expect(read('package-lock.json')).not.toMatch(/"resolved"|https:\/\/registry/);
	});
});

/** Node versions: the oldest supported n8n runs on 20.19 and 22, the newest on 24. */
describe('The oldest Node', () => {
	const OLDEST = '20.19';

	it('is the same for npm, the bundle and CI', () => {
		expect(packageJson.engines.node).toBe(`>=${OLDEST}.0`);
		expect(read('gulpfile.js')).toContain(`target: 'node${OLDEST}'`);
		expect(read('.github/workflows/ci.yml')).toMatch(/node: \['20\.19', '22', '24'\]/);
		expect(packageJson.devDependencies['@types/node']).toMatch(/^\^20\./);
	});

	it.each(['20.19.6', '22.22.0', '24.11.0'])(
		'%s is let in by every package without a word',
		(version) => {
			const refusing = entries.filter(([, { engines }]) => !admits(engines?.node ?? '*', version));
			expect(refusing.map(([place, { engines }]) => `${place} wants ${engines?.node}`)).toEqual([]);
		},
	);
});

/** The few forms of a range that packages use for `engines`. */
function admits(range: string, version: string): boolean {
	const numbers = (text: string) => text.split('.').map((part) => Number(part) || 0);
	const compare = (left: string, right: string) => {
		const [a, b] = [numbers(left), numbers(right)];
		const at = [0, 1, 2].find((index) => (a[index] ?? 0) !== (b[index] ?? 0)) ?? 0;
		return (a[at] ?? 0) - (b[at] ?? 0);
	};
	return range.split('||').some((alternative) =>
		[...alternative.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?([\dx*][\d.x*]*)/g)].every(
			([, operator = '=', wanted = '*']) => {
				const order = compare(version, wanted);
				const major = numbers(version)[0] === numbers(wanted)[0];
				if (wanted.startsWith('*')) return true;
				if (operator === '>=') return order >= 0;
				if (operator === '>') return order > 0;
				if (operator === '<=') return order <= 0 || major;
				if (operator === '<') return order < 0;
				return major && (operator === '=' || order >= 0);
			},
		),
	);
}
