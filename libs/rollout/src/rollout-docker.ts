import { type ContainerDetails, type Docker, type KeptContainer, ofComposeProject } from '@itsup/docker';

import type { ContainerFacts, RolloutDocker } from './types';

/**
 * Containers as rollouts look at them; ids that are gone are left out.
 * @param exposedPorts what is known of images, by id, which names one content for good; grows
 */
export async function factsOf(
  docker: Docker,
  ids: string[],
  exposedPorts = new Map<string, string[]>(),
): Promise<ContainerFacts[]> {
  const details = ids.length === 0 ? [] : await docker.inspectContainers(ids);
  const unknown = new Set(details.map(({ imageId }) => imageId).filter((id) => !exposedPorts.has(id)));
  if (unknown.size > 0) {
    const images = await docker.inspectImages([...unknown]);
    for (const [id, image] of images) exposedPorts.set(id, image.exposedPorts);
  }
  return details.map((one) => toFacts(one, exposedPorts.get(one.imageId) ?? []));
}

/**
 * What a rollout does to the engine, by the commands of `libs/docker`.
 * @param stir makes Traefik look at all containers again
 */
export function rolloutDocker(docker: Docker, stir: () => Promise<void>): RolloutDocker {
  const exposedPorts = new Map<string, string[]>();
  const facts = (ids: string[]): Promise<ContainerFacts[]> => factsOf(docker, ids, exposedPorts);
  return {
    listService: async (project, service) => {
      const listed = await docker.listContainers({
        labelFilters: ofComposeProject(project, service),
      });
      return facts(listed.filter((one) => one.compose?.oneoff === false).map((one) => one.id));
    },
    listRunning: async () => {
      // No filter of the engine's reads names and booleans as Traefik does: whoever asks judges the labels.
      const listed = await docker.listContainers({});
      return facts(listed.filter(({ state }) => state === 'running').map(({ id }) => id));
    },
    inspect: facts,
    exec: async (id, command, { timeoutMs }) => {
      const { exitCode, stdout, stderr } = await docker.exec(id, command, {
        timeoutSeconds: timeoutMs / 1000,
      });
      return { exitCode, output: stdout + stderr };
    },
    logs: (id, lines) => docker.logs(id, { tail: lines }),
    stop: (ids, { graceSeconds }) =>
      docker.stop(ids, graceSeconds === null ? undefined : { timeoutSeconds: graceSeconds }),
    remove: (ids, { force, keepVolumes = false }) => docker.remove(ids, { force, volumes: !keepVolumes }),
    start: (ids) => docker.start(ids),
    snapshot: (ids, written) => docker.keepContainers(ids, written),
    restore: async (snapshot) => {
      const kept = snapshot as readonly KeptContainer[];
      const present = await docker.inspectContainers(kept.map(({ id }) => id));
      const ids: string[] = [];
      for (const one of kept) {
        const isThere = present.some(({ id }) => id === one.id);
        if (isThere) await docker.start([one.id]);
        ids.push(isThere ? one.id : await docker.bringBack(one));
      }
      return ids;
    },
    disconnect: (network, id) => docker.disconnectNetwork(network, id),
    stir,
  };
}

/** A container as readiness and rollouts look at it. */
export function toFacts(details: ContainerDetails, exposed: string[]): ContainerFacts {
  const { health, healthcheck } = details;
  return {
    id: details.id,
    imageId: details.imageId,
    name: details.name,
    status: details.state,
    exitCode: details.exitCode,
    oomKilled: details.oomKilled,
    restartCount: details.restartCount,
    error: details.error,
    startedAt: details.startedAt === null ? 0 : Date.parse(details.startedAt),
    health:
      health === null || healthcheck === null
        ? null
        : {
            status: health.status,
            interval: healthcheck.intervalMs,
            timeout: healthcheck.timeoutMs,
            startPeriod: healthcheck.startPeriodMs,
            retries: healthcheck.retries,
            log: health.log.map(({ exitCode, output }) => ({ exitCode, output })),
            test: healthcheck.test,
            shell: healthcheck.shell,
          },
    labels: details.labels,
    addresses: Object.fromEntries(
      // As Traefik takes it: IPv4 where there is one.
      Object.entries(details.networks).flatMap(([name, { ipv4, ipv6 }]) => {
        const address = ipv4 ?? ipv6;
        return address === null ? [] : [[name, address]];
      }),
    ),
    exposedPorts: portsOf(exposed, details),
    hasData: details.mounts.some(({ type, readOnly }) => !readOnly && (type === 'volume' || type === 'bind')),
    pid: details.pid,
  };
}

function portsOf(exposed: string[], details: ContainerDetails): number[] {
  const ports = [
    ...exposed.map((port) => Number.parseInt(port, 10)),
    ...details.ports.map((port) => port.containerPort),
  ];
  return [...new Set(ports)].sort((a, b) => a - b);
}
