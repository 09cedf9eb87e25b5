import fc from 'fast-check';
import { readIndicator, type IndicatorKind } from '../../tip/lookup/indicator';
import { lookupRequest } from '../../tip/lookup/request';
import { TipError } from '../../tip/values/error';
import { requestTarget } from '../../tip/values/request';

/** The same texts in every run; `npm run test:seeds` or a seed of one's own draws others. */
const SEED = Number(process.env.TEST_SEED ?? 20_261_125);

const pieces = fc.constantFrom(
	...[
		'http',
		'hxxp',
		'HXXPS',
		'://',
		'[:]//',
		':\\\\',
		'//',
		'/',
		'\\',
		'\\\\',
		'mailto:',
		'file:///',
	],
	...[
		'[.]',
		'.',
		'(dot)',
		' dot ',
		'。',
		'．',
		'[.',
		'.]',
		'[',
		']',
		'@',
		'[@]',
		':',
		'[:]',
		':80',
		'#',
		'?',
	],
	...[
		'%',
		'%2F',
		'%zz',
		'www.',
		'example',
		'com',
		'evil.example',
		'exe',
		'ü',
		'xn--',
		'xn--bcher-kva',
		'-',
	],
	...[
		' ',
		'\t',
		'\n',
		'"',
		"'",
		'“',
		'”',
		'„',
		'«',
		'「',
		'」',
		'`',
		'<',
		'>',
		'|',
		'](',
		'(',
		')',
		'{',
		'}',
	],
	...[
		'<a href="',
		'</a>',
		'[url=',
		'[/url]',
		'&amp;',
		'&#x2f;',
		'→',
		'•',
		'- ',
		'1. ',
		'[1] ',
		'☠',
		'️',
		'🚨',
	],
	...[
		'IP: ',
		'Domain - ',
		'sha256=',
		'MD5 (x) = ',
		'imphash: ',
		'c2',
		'1',
		'7',
		'0',
		'010',
		'0x7f',
		'255',
		'24',
	],
	...[
		'203.0.113.7',
		'203.0.113.',
		'3405803783',
		'::1',
		'::ffff:',
		'2001:db8::',
		'ab',
		'xxx',
		'*',
		',',
		';',
		'…',
	],
	...[
		'44d88612fea8a8f36de82e1278abb02f',
		'\u200b',
		'\u200d',
		'\u200e',
		'\ufeff',
		'İ',
		'Σ',
		'ß',
		'\ud800',
		'😀',
	],
	...[
		'{{',
		'}}',
		'undefined',
		'ｅ',
		'１',
		'²',
		'·',
		'l·l',
		'\u0301',
		'نامه',
		'ی',
		'\u200c',
		'=',
		'_',
		'~',
	],
);
const texts = fc.oneof(
	{ weight: 5, arbitrary: fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')) },
	{
		weight: 3,
		arbitrary: fc
			.array(pieces, { maxLength: 10 })
			.map((parts) => `http://example.com/${parts.join('')}`),
	},
	fc.webUrl({ withFragments: true, withQueryParameters: true }),
	fc.ipV6(),
	fc.ipV4Extended(),
	fc.domain(),
	fc.emailAddress(),
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const kinds = fc.constantFrom<IndicatorKind | undefined>('hash', 'ip', 'domain', 'url', undefined);

describe('Any text at all', () => {
	it('is refused with a reason, or has a normal form that is its own', () => {
		let accepted = 0;
		fc.assert(
			fc.property(texts, kinds, (text, kind) => {
				let first;
				try {
					first = readIndicator(text, kind);
				} catch (thrown) {
					if (!(thrown instanceof TipError)) throw thrown;
					return;
				}
				accepted++;
				expect(readIndicator(first.value, first.kind)).toEqual(first);
				const [path] = requestTarget(lookupRequest(first)).split('?');
				// One path segment, percent-encoded throughout; not always as UTF-8, since the input may not be.
				expect(path).toMatch(/^\/api\/(hash|ip|domain|url)\/([A-Za-z0-9._~-]|%[0-9A-F]{2})+$/);
			}),
			{ numRuns: 100_000, seed: SEED },
		);
		// Else it says nothing.
		expect(accepted).toBeGreaterThan(10_000);
	});

	it('of 1 MB of one character is refused by its length alone', () => {
		fc.assert(
			fc.property(
				fc.oneof(pieces, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
				(piece) => {
					const text = piece.repeat(Math.ceil(1_048_576 / piece.length));
					let reason: unknown;
					try {
						readIndicator(text);
					} catch (thrown) {
						({ reason } = (thrown as TipError).facts);
					}
					expect(reason).toBe('tooLong');
				},
			),
			{ numRuns: 200, seed: SEED },
		);
	});
});
