import { defaultLimits } from '../procedure/limits';
import type { Waiter } from '../procedure/waiting';
import type { ContainerFacts, RolloutContext } from '../types';
import { awaitReady } from './await-ready';

export interface StartedOptions {
  /** Ends the sentence `waiting for …`. */
  what: string;
  /** As of `awaitReady`. */
  deadlineMs: (container: ContainerFacts) => number | null;
  /** Whether an end with exit code 0 is success. */
  mayFinish: (container: ContainerFacts) => boolean;
  onWaiting: Waiter['onWaiting'];
}

/**
 * `awaitReady` for containers that were started and not rolled: nothing else serves meanwhile. Without a Traefik no
 * port is asked, for nobody comes from where it would be.
 *
 * @throws NotReady as of `awaitReady`, Interrupted
 */
export async function awaitStarted(
  context: RolloutContext,
  started: ContainerFacts[],
  { what, deadlineMs, mayFinish, onWaiting }: StartedOptions,
): Promise<ContainerFacts[]> {
  const { clock, signal, proxy } = context;
  const deadline = context.deadline?.bind(context);
  return awaitReady(context, started, {
    deadlineMs,
    limits: { ...defaultLimits, ...context.limits },
    waiter: { clock, signal, ...(deadline && { deadline }), onWaiting },
    ports: proxy !== null,
    mayFinish,
    what,
  });
}
