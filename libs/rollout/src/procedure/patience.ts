import { DockerError } from '@itsup/docker';

import type { Clock, RolloutDocker } from '../types';
import { seconds } from './waiting';

/** What it takes to wait for an engine that is being restarted. */
export interface Patience {
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
export async function patiently<T>(patience: Patience, act: () => Promise<T>): Promise<T> {
  const { clock, signal, limitMs, note } = patience;
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
export function patientDocker(docker: RolloutDocker, patience: Patience): RolloutDocker {
  return {
    listService: (...args) => patiently(patience, () => docker.listService(...args)),
    inspect: (...args) => patiently(patience, () => docker.inspect(...args)),
    exec: (...args) => patiently(patience, () => docker.exec(...args)),
    logs: (...args) => docker.logs(...args),
    stop: (...args) => patiently(patience, () => docker.stop(...args)),
    remove: (...args) => patiently(patience, () => docker.remove(...args)),
    start: (...args) => patiently(patience, () => docker.start(...args)),
    snapshot: (...args) => patiently(patience, () => docker.snapshot(...args)),
    restore: (...args) => patiently(patience, () => docker.restore(...args)),
    disconnect: (...args) => patiently(patience, () => docker.disconnect(...args)),
    stir: () => patiently(patience, () => docker.stir()),
  };
}
