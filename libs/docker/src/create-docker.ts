import { hostname, release } from 'node:os';
import { prepareChildren } from './process/child';
import { createRunner } from './process/command-runner';
import { createCompose } from './compose/compose-commands';
import { keepCommands } from './container/keep-commands';
import { containerCommands } from './container/container-commands';
import type { Docker, DockerOverrides } from './docker';
import { engineCommands } from './engine/engine-commands';
import { eventCommands } from './container/event-commands';
import { hostCommands } from './host/host-commands';
import { imageCommands } from './image/image-commands';
import type { Host } from './engine/locate-engine';
import { networkCommands } from './network/network-commands';
import { findPacketFilter } from './host/packet-filter-commands';
import { swarmCommands } from './swarm/swarm-commands';
import { socketCommands } from './host/socket-commands';

/** What the layer needs to know of its surroundings. */
export interface DockerSettings extends DockerOverrides {
  /** Name or path of the command; default `docker`. */
  binary?: string;
  /** The whole environment of every child: PATH, HOME, DOCKER_HOST and so on. */
  env: Record<string, string | undefined>;
  /** This host and user; default: as the operating system tells. */
  host?: Host & { isRoot: boolean };
}

/** The Docker of this host (or of wherever `env` points to). Starts nothing by itself. */
export function createDocker(settings: DockerSettings): Docker {
  const { binary = 'docker', env, signal, onLine, onNetwork, host = thisHost() } = settings;
  const runner = createRunner({ binary, env, signal: signal ?? undefined, onLine, onNetwork });
  const containers = containerCommands(runner);
  const images = imageCommands(runner);
  const engine = engineCommands(runner, host);
  const networks = networkCommands(runner);
  return {
    with: (overrides) => createDocker({ ...settings, ...overrides }),
    prepare: prepareChildren,
    compose: (stack) => createCompose(runner, stack),
    swarm: swarmCommands(runner),
    ...engine,
    ...containers,
    ...networks,
    ...keepCommands(runner, { ...engine, ...images, ...networks, ...containers }),
    ...images,
    ...eventCommands(runner, containers.inspectContainers),
    ...socketCommands(runner),
    host: hostCommands(runner),
    packetFilter: (options = {}) =>
      findPacketFilter({ ...engine, ...containers, ...images }, runner, host.isRoot, options),
  };
}

function thisHost(): Host & { isRoot: boolean } {
  return { hostName: hostname(), kernel: release(), isRoot: process.getuid?.() === 0 };
}
