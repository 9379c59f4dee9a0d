import type { Tree } from '@itsup/traefik';
import { takenPort } from '../redirect/free-ports';
import { awaitPing, startInstance } from './instances';
import { makeAcmeFolder } from '../state';
import type { HandoverContext, HandoverLimits, HandoverRequest } from '../types';
import { RolloutError } from '../../procedure/rollout-error';
import { trialConfiguration } from './shadow-configuration';
import type { Waiter } from '../../procedure/waiting';

/**
 * Starts Traefik with the next configuration in a network namespace of its own: whatever it does, it disturbs nobody,
 * and no authority is asked. It keeps its resolvers, for Traefik ends at a key of theirs that it does not know, and has
 * no certificates.
 * @throws RolloutError when a port that it wants is taken, or it does not come up
 */
export async function tryNext(
  context: HandoverContext,
  request: HandoverRequest,
  { current, next }: { current: Tree; next: Tree },
  waiter: Waiter,
  { trialTimeout: limitMs, interval: intervalMs }: HandoverLimits,
): Promise<void> {
  const taken = takenPort(current, next, await context.docker.listeners());
  if (taken !== null) throw new RolloutError(taken);
  const acme = `${await makeAcmeFolder(request.folder)}:/acme`;
  const id = await startInstance(context, request, 'trial', trialConfiguration(next), 'none', [acme]);
  try {
    await awaitPing(context, id, 'trial', waiter, { limitMs, intervalMs });
  } finally {
    await context.docker.remove([id], { force: true, volumes: true });
  }
}
