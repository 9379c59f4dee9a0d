import { UserError, type Workspace } from '@itsup/config';
import type { TopologyHealth } from '@itsup/artifacts';

import { statusOf } from './status-of';
import type { DeployContext } from '../../context';
import { PROXY_STACK, type StackStatus } from '../../requests';
import { isEngineAbsent } from '../../engine/list-engine';
import { NO_MANAGER, NO_SWARM } from '../../on-swarm/swarm-facts';

/**
 * How what a topology draws runs, in the words of `status`. Changes nothing.
 * @returns null where no engine or no swarm answers, or no proxy runs: then the sources are all there is to draw
 */
export async function topologyHealth(
  context: DeployContext,
  workspace: Workspace,
): Promise<TopologyHealth | null> {
  try {
    return healthFrom(await statusOf(context, { workspace }), context.system.now());
  } catch (error) {
    if (isEngineAbsent(error) || isWithoutSwarm(error)) return null;
    throw error;
  }
}

/** `engine: swarm` where there is none that this machine could ask. */
function isWithoutSwarm(error: unknown): boolean {
  return (
    error instanceof UserError && error.problems.some(({ code }) => code === NO_SWARM || code === NO_MANAGER)
  );
}

/** The same from what `status` found. Pure. */
export function healthFrom(statuses: readonly StackStatus[], now: number): TopologyHealth | null {
  const proxy = statuses.find(({ stack }) => stack === PROXY_STACK);
  const isUp = proxy?.services.some(({ containers }) => containers.some(({ state }) => state === 'running'));
  if (isUp !== true) return null;
  const services: Record<string, { isWell: boolean; text: string }> = {};
  for (const { stack, services: own } of statuses) {
    for (const service of own) services[`${stack}:${service.service}`] = healthOf(service);
  }
  const problems = Object.fromEntries(
    statuses.flatMap(({ stack, unserved }) =>
      unserved.length === 0 ? [] : [[stack, unserved.map(({ message }) => message)] as const],
    ),
  );
  return { at: new Date(now).toISOString(), services, problems };
}

/** `2 of 2 healthy`, `unhealthy`, `does not run`. One that ended well, as a migration does, is well. */
function healthOf({ wanted, containers }: StackStatus['services'][number]): {
  isWell: boolean;
  text: string;
} {
  const running = containers.filter(({ state }) => state === 'running');
  const fit = running.filter(({ health }) => health === null || health === 'healthy');
  const count = wanted ?? containers.length;
  const word = running.some(({ health }) => health === 'healthy') ? 'healthy' : 'running';
  if (containers.some(({ health, state }) => state === 'running' && health === 'unhealthy'))
    return { isWell: false, text: 'unhealthy' };
  if (running.length === 0) {
    const hasEnded = containers.length > 0 && containers.every(({ status }) => /^exited \(0\)/i.test(status));
    return hasEnded || count === 0 ? { isWell: true, text: 'done' } : { isWell: false, text: 'does not run' };
  }
  const isWell = fit.length >= count;
  return { isWell, text: count === 1 && isWell ? word : `${fit.length} of ${count} ${word}` };
}
