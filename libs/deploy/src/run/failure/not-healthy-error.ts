import type { Problem } from '@itsup/config';

/** Containers that did not come up: what is wrong with the first of them, and what it said. */
export class NotHealthyError extends Error {
  override readonly name = 'NotHealthyError';

  constructor(
    readonly problem: Problem,
    /** Health log and last lines of the container. */
    readonly details: string[],
  ) {
    super(problem.message);
  }
}
