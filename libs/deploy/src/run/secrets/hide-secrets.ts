import { createRedactor, type Redactor } from '@itsup/docker';

import type { SecretsReader } from '../../desired/environment/secrets';
import type { Run } from '../run';

export interface StackRun extends Run {
  /** Of any text that may hold what a container printed. */
  hide: Redactor;
}

/**
 * The same run for one stack, whose reporter puts `${NAME}` in the place of every secret that the stack was given: a
 * container that fails may print them, and Nx keeps what a task prints.
 */
export function hideSecrets(shared: Run): StackRun {
  const { hide, secrets } = hidingReader(shared.secrets);
  const { reporter } = shared.context;
  return {
    ...shared,
    hide,
    secrets,
    context: {
      ...shared.context,
      reporter: {
        line: (stack, text) => reporter.line(stack, hide(text)),
        status: (stack, text, detail) =>
          reporter.status?.(stack, hide(text), detail === undefined ? undefined : hide(detail)),
      },
    },
  };
}

/** The same reader, and a redactor of all that it has read so far. */
export function hidingReader(read: SecretsReader): { secrets: SecretsReader; hide: Redactor } {
  const redactors = new Map<string, Redactor>();
  return {
    hide: (text) => [...redactors.values()].reduce((hidden, redact) => redact(hidden), text),
    secrets: async (context) => {
      const secrets = await read(context);
      redactors.set(context, createRedactor(secrets.variables));
      return secrets;
    },
  };
}
