import type { DeployContext } from '../context';
import { patiently } from '@itsup/rollout';

const LIMIT_MS = 60_000;

/**
 * Repeats an act, which has to be repeatable, while the engine does not answer: one that is restarted in the middle of a
 * deploy is no reason to leave the rest undone.
 */
export function outlast<T>(context: DeployContext, stack: string, act: () => Promise<T>): Promise<T> {
  return patiently(
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
