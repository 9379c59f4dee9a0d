import type { Compose, ComposeStack } from './compose/compose';
import type {
  CommandOutput,
  ContainerDetails,
  ContainerSpec,
  ContainerSummary,
  ExecOptions,
  ListContainersOptions,
} from './container/container';
import type { KeptContainer } from './container/kept-container';
import type { Engine, Versions } from './engine/engine';
import type { ContainerSnapshot, EngineEvent, EventsOptions, WatchOptions } from './container/events';
import type { Host } from './host/host';
import type { ImageDetails, VolumeDetails } from './image/image';
import type {
  EndpointOptions,
  ListNetworksOptions,
  NetworkDetails,
  NetworkSpec,
  NetworkSummary,
} from './network/network';
import type { PacketFilterOptions, PacketFilterResult } from './host/packet-filter';
import type { Connection, ConnectionsOptions, Listener } from './host/sockets';
import type { Swarm } from './swarm/swarm';

/** Parts of the setting that a caller may replace for some of its commands. */
export interface DockerOverrides {
  /** null: not interruptible, for what has to be put back after an interrupt. */
  signal?: AbortSignal | null;
  /** Takes progress line by line, without line breaks, with no environment value in it. */
  onLine?: (line: string) => void;
  /** Told when one of its commands, Compose's included, has made a network. */
  onNetwork?: (name: string) => void;
}

/**
 * Everything the product asks of Docker and of the host around it. Every method rejects with `DockerError` alone;
 * nothing is printed. Methods that remove or stop take ids that are gone already as done, so each can be repeated.
 */
export interface Docker {
  /** The same engine with another signal or line sink. */
  with(overrides: DockerOverrides): Docker;

  /** Never rejects for a missing part (only with `interrupted` or `timeout`). */
  versions(): Promise<Versions>;
  /** Where and how the engine runs; asked once, for that does not change. Rejects when none answers. */
  engine(): Promise<Engine>;

  compose(stack: ComposeStack): Compose;
  /** The same engine in swarm mode. */
  readonly swarm: Swarm;

  /** All containers, running or not, in one call of the engine: the cost of a no-op. */
  listContainers(options?: ListContainersOptions): Promise<ContainerSummary[]>;
  /** In the order of the ids; one that is gone is left out. */
  inspectContainers(ids: string[]): Promise<ContainerDetails[]>;
  start(ids: string[]): Promise<void>;
  /** `timeoutSeconds` between the stop signal and SIGKILL; default: the container's own. */
  stop(ids: string[], options?: { timeoutSeconds?: number }): Promise<void>;
  /** `signal` default SIGKILL. A container that does not run is no error. */
  kill(ids: string[], options?: { signal?: string }): Promise<void>;
  /** `force` kills what runs; `volumes` takes anonymous volumes along, never named ones. */
  remove(ids: string[], options?: { force?: boolean; volumes?: boolean }): Promise<void>;
  /**
   * Runs a command in a running container. Rejects only when the engine could not (126/127: the command could not be
   * run).
   */
  exec(id: string, argv: string[], options?: ExecOptions): Promise<CommandOutput>;
  /**
   * What the container printed, both streams in one; `tail` default 100 lines; `since` and `until` in milliseconds
   * since the epoch.
   */
  logs(
    id: string,
    options?: { tail?: number; timestamps?: boolean; since?: number; until?: number },
  ): Promise<string>;
  /** Runs a container to its end and removes it, also after an interrupt. `input` becomes its standard input. */
  run(spec: ContainerSpec, options?: { input?: string; timeoutSeconds?: number }): Promise<CommandOutput>;
  /** Starts a container that stays, and resolves with its id. */
  runDetached(spec: ContainerSpec): Promise<string>;

  /**
   * What it takes to make these again as they are; fails where one is gone.
   * @param written paths of files that were written into them after they were made: no mount tells of these
   */
  keepContainers(ids: string[], written?: readonly string[]): Promise<KeptContainer[]>;
  /**
   * Makes and starts a container as it was kept, and resolves with its id. Nothing may have its name. Rejects where the
   * engine has no socket on this host.
   */
  bringBack(kept: KeptContainer): Promise<string>;

  /**
   * Snapshots of the containers: one at once, one after each event of theirs, and one at least every `intervalMs`,
   * so a consumer needs no timer of its own. Without the engine's event stream it polls. Ends with `signal`.
   */
  watch(ids: string[], options?: WatchOptions): AsyncIterable<ContainerSnapshot>;
  /** The engine's events until `signal` or the consumer ends it. */
  events(options?: EventsOptions): AsyncIterable<EngineEvent>;

  listNetworks(options?: ListNetworksOptions): Promise<NetworkSummary[]>;
  /** By name or id, in that order; one that is gone is left out. */
  inspectNetworks(names: string[]): Promise<NetworkDetails[]>;
  /** Resolves with the id. */
  createNetwork(spec: NetworkSpec): Promise<string>;
  /** A network that is gone is no error; one in use is (`network-in-use`). */
  removeNetwork(name: string): Promise<void>;
  /** A container that is connected already is no error (its aliases and address stay as they are). */
  connectNetwork(network: string, id: string, options?: EndpointOptions): Promise<void>;
  /** Not connected, or either gone: no error. */
  disconnectNetwork(network: string, id: string, options?: { force?: boolean }): Promise<void>;

  /** Names of the volumes with these labels (`key` or `key=value`, all must hold). */
  listVolumes(options?: { labelFilters?: string[] }): Promise<string[]>;
  /** By name; one that is gone is left out. */
  inspectVolumes(names: string[]): Promise<VolumeDetails[]>;
  removeVolumes(names: string[]): Promise<void>;

  /** By reference or id as asked; one that the engine lacks is absent. */
  inspectImages(references: string[]): Promise<Map<string, ImageDetails>>;
  pullImage(reference: string): Promise<void>;
  tagImage(source: string, target: string): Promise<void>;
  /** Takes a tag away (and the image with its last tag); one that is gone is no error. */
  removeImage(reference: string): Promise<void>;

  /** What is asked of the host itself. */
  readonly host: Host;
  packetFilter(options?: PacketFilterOptions): Promise<PacketFilterResult>;
  /** Established TCP connections. */
  connections(options?: ConnectionsOptions): Promise<Connection[]>;
  /** Ports of this host that are taken. */
  listeners(): Promise<Listener[]>;
}
