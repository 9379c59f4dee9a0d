import { hostname, release } from 'node:os';
import { createRunner } from './process/command-runner';
import { findComposePlugin, type ComposePlugin } from './process/compose-plugin';
import { createCompose } from './compose/compose-commands';
import { keepCommands } from './container/keep-commands';
import { containerCommands } from './container/container-commands';
import type { Docker, DockerOverrides } from './docker';
import { engineCommands } from './engine/engine-commands';
import { createReader } from './engine/engine-reader';
import { findSocket } from './engine/find-socket';
import { eventCommands } from './container/event-commands';
import { hostCommands } from './host/host-commands';
import { imageCommands } from './image/image-commands';
import type { HostPlatform } from './engine/locate-engine';
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
  /** Where the engine answers on this host; null: ask by command alone; default: found out from `env`. */
  socket?: string | null;
  /** This host and user; default: as the operating system tells. */
  host?: HostPlatform & { isRoot: boolean };
}

/** The Docker of this host (or of wherever `env` points to). Starts nothing by itself. */
export function createDocker(settings: DockerSettings): Docker {
  const { binary = 'docker', env } = settings;
  return dockerOf(settings, {
    composePlugin: findComposePlugin(binary, env),
    socket: settings.socket === undefined ? findSocket(binary, env) : settings.socket,
  });
}

/** What is found out once, whatever is replaced for some commands. */
interface Shortcuts {
  composePlugin: ComposePlugin;
  socket: string | null;
}

function dockerOf(settings: DockerSettings, shortcuts: Shortcuts): Docker {
  const { binary = 'docker', env, onLine, onNetwork, host = thisHost() } = settings;
  const signal = settings.signal ?? undefined;
  const { composePlugin } = shortcuts;
  const runner = createRunner({ binary, env, signal, onLine, onNetwork, composePlugin });
  const reader = createReader(shortcuts.socket, signal);
  const containers = containerCommands(runner, reader);
  const images = imageCommands(runner, reader);
  const engine = engineCommands(runner, reader, host);
  const networks = networkCommands(runner, reader, engine);
  return {
    with: (overrides) => dockerOf({ ...settings, ...overrides }, shortcuts),
    compose: (stack) => createCompose(runner, stack),
    swarm: swarmCommands(runner, engine.engine),
    ...engine,
    ...containers,
    ...networks,
    ...keepCommands(runner, { ...engine, ...images, ...networks, ...containers }),
    ...images,
    ...eventCommands(runner, reader, containers.inspectContainers),
    ...socketCommands(runner),
    host: hostCommands(runner),
    packetFilter: (options = {}) =>
      findPacketFilter({ ...engine, ...containers, ...images }, runner, host.isRoot, options),
  };
}

function thisHost(): HostPlatform & { isRoot: boolean } {
  return { hostName: hostname(), kernel: release(), isRoot: process.getuid?.() === 0 };
}
