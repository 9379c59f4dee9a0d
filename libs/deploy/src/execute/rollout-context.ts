import { type KeptContainer, type ContainerDetails, type Docker, ofComposeProject } from '@itsup/docker';

import type { DeployContext } from '../context';
import {
  createConnectionTable,
  openRelay,
  type ContainerFacts,
  type ProxyAccess,
  type RolloutContext,
  type RolloutDocker,
  type RolloutEvent,
} from '@itsup/rollout';
import { getText, tcpProbe } from '../proxy/network-probes';
import { ROLLOUT_WORDS, waitsFor } from './progress-words';
import { never } from '../engine/outlast';
import { stirTraefik } from '../proxy/stir-traefik';

/** What a rollout needs, from what a deploy has. */
export function rolloutContext(context: DeployContext, proxy: ProxyAccess | null): RolloutContext {
  return {
    // An interrupt must not end the commands that put things back; the rollout minds the signal itself.
    docker: rolloutDocker(context.docker.with({ signal: null })),
    get: getText,
    tcpProbe,
    clock: context.system,
    connections: createConnectionTable(),
    proxy,
    openRelay,
    pinFolder: context.state.dynamicDir,
    report: reportRollout(context),
    signal: context.signal ?? never(),
  };
}

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

function rolloutDocker(docker: Docker): RolloutDocker {
  const exposedPorts = new Map<string, string[]>();
  const facts = (ids: string[]): Promise<ContainerFacts[]> => factsOf(docker, ids, exposedPorts);
  return {
    listService: async (project, service) => {
      const listed = await docker.listContainers({
        labelFilters: ofComposeProject(project, service),
      });
      return facts(listed.filter((one) => one.compose?.oneoff === false).map((one) => one.id));
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
    snapshot: (ids) => docker.keepContainers(ids),
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
    stir: () => stirTraefik(docker),
  };
}

/** A container as readiness and rollouts look at it. */
export function toFacts(details: ContainerDetails, exposed: string[]): ContainerFacts {
  const { health, healthcheck } = details;
  return {
    id: details.id,
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

/** Tells what a rollout is at. */
export function reportRollout(context: Pick<DeployContext, 'reporter'>): (event: RolloutEvent) => void {
  return (event) => report(context.reporter, event);
}

function report(reporter: DeployContext['reporter'], event: RolloutEvent): void {
  switch (event.type) {
    case 'step':
      reporter.status?.(event.project, `${event.service}: ${ROLLOUT_WORDS[event.step]}`);
      break;
    case 'waiting':
      reporter.status?.(event.project, `${event.service}: ${waitsFor(event)}`);
      break;
    case 'note':
      reporter.line(event.project, `${event.service}: ${event.text}`);
  }
}
