/** A deploy that was interrupted where more is to say of what runs now than that it is what ran before. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  /** @param state what serves, what does not and what is left, in words */
  constructor(readonly state: string) {
    super(`interrupted; ${state}`);
  }
}
