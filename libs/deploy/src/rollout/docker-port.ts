import type { ContainerDetails, Docker } from '@itsup/docker';

import type { ContainerFacts, RolloutDocker } from './types';

/** What a rollout uses of the engine, through libs/docker. */
export function rolloutDocker(docker: Docker): RolloutDocker {
  // What puts things right after an interrupt must not be interrupted itself; the rollout watches the signal on its own.
  const steady = docker.with({ signal: null });
  const inspect = async (ids: string[]): Promise<ContainerFacts[]> =>
    ids.length === 0 ? [] : (await steady.inspectContainers(ids)).map(containerFacts);
  return {
    listService: async (composeProject, service) => {
      const found = await steady.listContainers({
        labelFilters: [
          `com.docker.compose.project=${composeProject}`,
          `com.docker.compose.service=${service}`,
        ],
      });
      return inspect(found.filter(({ compose }) => !compose?.oneoff).map(({ id }) => id));
    },
    inspect,
    exec: async (id, command, { timeoutMs }) => {
      const { exitCode, stdout, stderr } = await steady.exec(id, command, {
        timeoutSeconds: Math.ceil(timeoutMs / 1000),
      });
      return { exitCode, output: `${stdout}${stderr}` };
    },
    logs: (id, lines) => steady.logs(id, { tail: lines }),
    stop: (ids, { graceSeconds }) =>
      steady.stop(ids, graceSeconds === null ? {} : { timeoutSeconds: graceSeconds }),
    remove: (ids, { force }) => steady.remove(ids, { force, volumes: true }),
  };
}

export function containerFacts(details: ContainerDetails): ContainerFacts {
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
          },
    labels: details.labels,
    addresses: Object.fromEntries(
      Object.entries(details.networks).flatMap(([name, { ipv4, ipv6 }]) => {
        const address = ipv4 ?? ipv6;
        return address === null ? [] : [[name, address]];
      }),
    ),
    exposedPorts: [],
  };
}
