import { DockerError } from '@itsup/docker';

import type { Clock, RolloutDocker } from '../types';
import { seconds } from './waiting';

/** What it takes to wait for an engine that is being restarted. */
export interface RetryOptions {
  clock: Clock;
  signal: AbortSignal;
  limitMs: number;
  note(text: string): void;
}

const againAfterMs = 500;

/**
 * Repeats an act until the engine answers: with live restore the containers go on serving while it restarts, and a
 * rollout has no reason to give up. The act has to be repeatable.
 */
export async function retryUntilAnswer<T>(options: RetryOptions, act: () => Promise<T>): Promise<T> {
  const { clock, signal, limitMs, note } = options;
  let since: number | null = null;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!DockerError.is(error, 'engine-unreachable') || signal.aborted) throw error;
      if (since === null) {
        since = clock.now();
        note(`waiting for the engine, which does not answer (at most ${seconds(limitMs)})`);
      } else if (clock.now() - since >= limitMs) throw error;
      await clock.sleep(againAfterMs, signal);
    }
  }
}

/** The same commands, each repeated until the engine answers. */
export function retryingDocker(docker: RolloutDocker, options: RetryOptions): RolloutDocker {
  return {
    listService: (...args) => retryUntilAnswer(options, () => docker.listService(...args)),
    listRunning: () => retryUntilAnswer(options, () => docker.listRunning()),
    inspect: (...args) => retryUntilAnswer(options, () => docker.inspect(...args)),
    exec: (...args) => retryUntilAnswer(options, () => docker.exec(...args)),
    logs: (...args) => docker.logs(...args),
    stop: (...args) => retryUntilAnswer(options, () => docker.stop(...args)),
    remove: (...args) => retryUntilAnswer(options, () => docker.remove(...args)),
    start: (...args) => retryUntilAnswer(options, () => docker.start(...args)),
    snapshot: (...args) => retryUntilAnswer(options, () => docker.snapshot(...args)),
    restore: (...args) => retryUntilAnswer(options, () => docker.restore(...args)),
    disconnect: (...args) => retryUntilAnswer(options, () => docker.disconnect(...args)),
    stir: () => retryUntilAnswer(options, () => docker.stir()),
  };
}
