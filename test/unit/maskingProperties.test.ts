import * as fc from 'fast-check';
import { TextMask } from '../../tip/values/masking';
import { ESCAPES, FORMS, SECRETS } from './maskingForms';

describe('Text that is shown', () => {
	it.each(SECRETS)(
		'has the secret %s masked when a form of it is escaped once more, or twice',
		(secret) => {
			const mask = new TextMask([secret]);
			for (const code of Object.values(FORMS)) {
				for (const once of Object.values(ESCAPES)) {
					expect(mask.text(`"${once(code(secret))}"`)).toBe('"***"');
					for (const twice of Object.values(ESCAPES)) {
						expect(mask.text(`"${twice(once(code(secret)))}"`)).toBe('"***"');
					}
				}
			}
		},
	);

	it('has any secret masked in any form', () => {
		const secret = fc
			.string({ unit: 'grapheme', minLength: 4, maxLength: 24 })
			.filter((text) => text.trim().length > 3);
		const anyOf = (forms: Record<string, (text: string) => string>) =>
			fc.constantFrom(...Object.values(forms));
		fc.assert(
			fc.property(
				secret,
				anyOf(FORMS),
				fc.array(anyOf(ESCAPES), { maxLength: 2 }),
				(text, code, escapes) => {
					const quoted = escapes.reduce((inner, escape) => escape(inner), code(text));
					expect(new TextMask([text]).text(`Says: "${quoted}".`)).toBe('Says: "***".');
				},
			),
			{ numRuns: 5000, seed: 1406 },
		);
	});
});
