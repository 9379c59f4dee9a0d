import { UserError } from '@itsup/config';
import type { Docker, SwarmNode, SwarmService, SwarmTask } from '@itsup/docker';

import type { ObservedService } from '../swarm/plan-swarm';

/** Codes of what keeps this machine from looking at a swarm. */
export const NO_SWARM = 'no-swarm';
export const NO_MANAGER = 'no-manager';

/** The swarm as one look at it found it. */
export interface SwarmFacts {
  /** The machine that the command runs on. */
  nodeId: string;
  nodes: SwarmNode[];
  services: SwarmService[];
  tasks: SwarmTask[];
}

/**
 * Looks at the whole swarm once, whatever the number of stacks.
 * @throws UserError where this machine is in no swarm, or is no manager of it
 */
export async function observeSwarm(docker: Pick<Docker, 'swarm'>): Promise<SwarmFacts> {
  const { state, isManager, nodeId, error } = await docker.swarm.state();
  if (state !== 'active') {
    throw new UserError({
      code: NO_SWARM,
      severity: 'error',
      message: `projects/itsup.yml says \`engine: swarm\`, and this machine is in no swarm${error === '' ? '' : `: ${error}`}`,
      help: 'make it one: itsup swarm init; or bring it into another: itsup swarm join-command, on a manager of that',
    });
  }
  if (!isManager) {
    throw new UserError({
      code: NO_MANAGER,
      severity: 'error',
      message: 'this machine is a worker of its swarm: only managers know what runs and can change it',
      help: 'run it on a manager, or make this one: docker node promote <this node>, on a manager',
    });
  }
  const [nodes, services, tasks] = await Promise.all([
    docker.swarm.listNodes(),
    docker.swarm.listServices(),
    docker.swarm.listTasks(),
  ]);
  return { nodeId, nodes, services, tasks };
}

/** The services of a stack by the name that the Compose file has for them. */
export function servicesOf(
  { services, tasks }: Pick<SwarmFacts, 'services' | 'tasks'>,
  projectName: string,
): Map<string, ObservedService> {
  const own = services.filter(({ stack }) => stack === projectName);
  return new Map(
    own.map((service) => [
      service.name.slice(projectName.length + 1),
      { service, tasks: tasks.filter(({ serviceId }) => serviceId === service.id) },
    ]),
  );
}
