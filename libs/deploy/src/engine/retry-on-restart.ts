import type { DeployContext, Reporter, System } from '../context';
import { retryUntilAnswer } from '@itsup/rollout';

const LIMIT_MS = 60_000;

/** What waiting for the engine takes. */
export type RetryContext = Pick<DeployContext, 'signal'> & {
  system: Pick<System, 'now' | 'sleep'>;
  reporter: Pick<Reporter, 'line'>;
};

/**
 * Repeats an act, which has to be repeatable, while the engine does not answer: one that is restarted in the middle of
 * a deploy is no reason to leave the rest undone.
 */
export function retryOnRestart<T>(context: RetryContext, stack: string, act: () => Promise<T>): Promise<T> {
  return retryUntilAnswer(
    {
      clock: context.system,
      signal: context.signal ?? never(),
      limitMs: LIMIT_MS,
      note: (text) => context.reporter.line(stack, text),
    },
    act,
  );
}

/** For a context without a signal: one that never aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
