/** The portal's answer to an accepted request, as an object an item can hold. */
export type TipAnswer = Record<string, unknown>;
