import type { CodeFacts, Facts, TipError } from '../../../tip/values/error';

/** What happened, in one sentence without a full stop; and how to get unstuck, in whole sentences. */
export type Sentence = readonly [message: string, advice: string];

/** The sentence for a code: as it is, or made with the facts of the case. */
export type Wording = Sentence | ((facts: Facts, error: TipError) => Sentence);

/** The sentences for all codes of one room; leaving one out does not compile. */
export type Wordings<Codes extends Record<string, CodeFacts>> = Readonly<
	Record<keyof Codes, Wording>
>;

/** What is wrong with a field, said with its label. */
export type FieldWording = (label: string, facts: Facts) => Sentence;
