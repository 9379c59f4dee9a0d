/** Why a rollout cannot go on; the message is one line for the operator, the details are shown below it. */
export class RolloutError extends Error {
  override readonly name = 'RolloutError';

  constructor(
    message: string,
    readonly details: string[] = [],
  ) {
    super(message);
  }
}

/** The rollout was interrupted by Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** Nothing was answered in the time given; the connection may be open all the same. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}
