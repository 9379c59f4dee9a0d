import type { Docker, SwarmTask } from '@itsup/docker';
import type { ContainerFacts, TasksOf } from '@itsup/rollout';
import { labelsOfDocker } from '@itsup/traefik';

import type { ObservedService } from '../../swarm/plan-swarm';
import { servicesOf } from '../swarm-facts';

/** The services of a stack as they are at this moment. */
export async function servicesNow(
  docker: Pick<Docker, 'swarm'>,
  projectName: string,
): Promise<Map<string, ObservedService>> {
  const [services, tasks] = await Promise.all([docker.swarm.listServices(), docker.swarm.listTasks()]);
  return servicesOf({ services, tasks }, projectName);
}

export function runningOf({ tasks }: ObservedService): SwarmTask[] {
  return tasks.filter(({ state, desiredState }) => state === 'running' && desiredState === 'running');
}

/** A task as a container of Compose would be told of. */
export function factsOf(
  service: string,
  task: Pick<SwarmTask, 'id' | 'slot' | 'createdAt' | 'addresses' | 'image'>,
  labels: Readonly<Record<string, string>>,
): ContainerFacts {
  return {
    ...{ id: task.id, name: `${service}.${task.slot}`, status: 'running', exitCode: 0, oomKilled: false },
    ...{ restartCount: 0, error: '', startedAt: Date.parse(task.createdAt), health: null },
    labels: labelsOfDocker(labels),
    addresses: task.addresses,
    exposedPorts: [],
    // Two with data do not run side by side, so none comes here.
    hasData: false,
    imageId: task.image,
  };
}

/**
 * The running tasks of services, as containers.
 * @param labelsOf with which; absent: with those that are live
 */
export async function tasksOf(
  docker: Pick<Docker, 'swarm'>,
  projectName: string,
  names: readonly string[],
  labelsOf?: (name: string) => Readonly<Record<string, string>>,
): Promise<TasksOf> {
  const seen = await servicesNow(docker, projectName);
  return new Map(
    names.map((name) => {
      const one = seen.get(name);
      const tasks = one === undefined ? [] : runningOf(one);
      const labels = labelsOf?.(name) ?? one?.service.labels ?? {};
      return [name, tasks.map((task) => factsOf(name, task, labels))];
    }),
  );
}
