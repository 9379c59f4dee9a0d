import type { EndpointOptions } from '../network/network';
import type { HostPort } from './host-port';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

/** What Compose wrote on a container; an empty string where the label is missing. */
export interface ComposeIdentity {
  project: string;
  service: string;
  configHash: string;
  /** Number of the replica, from 1. */
  number: number;
  /** No replica of the service: started by `compose run`, or what a hook left behind, which has no number. */
  oneoff: boolean;
  workingDir: string;
  configFiles: string[];
  /** Id of the image at creation. */
  imageId: string;
}

/** One line of the listing: what the engine tells without an inspection. */
export interface ContainerSummary {
  /** 64 hexadecimal digits. */
  id: string;
  name: string;
  /** As the container was created with: a reference, or an id when its tag has moved on. */
  image: string;
  state: ContainerState;
  /** The engine's words: `Up 2 hours (healthy)`. */
  status: string;
  /** null: no health check. */
  health: HealthStatus | null;
  /** Names of the networks that it is attached to. */
  networks: string[];
  /**
   * What is mounted: paths of this host and names of volumes. A path with a comma comes in pieces; an inspection has it
   * whole.
   */
  mounts: string[];
  /** Ports of the host that it has; none while it does not run. */
  ports: HostPort[];
  /** null: not of Compose. */
  compose: ComposeIdentity | null;
  /** The asked-for labels that are there and not empty. */
  labels: Record<string, string>;
}

export interface ListContainersOptions {
  /** `key` (has the label) or `key=value`; all must hold. */
  labelFilters?: string[];
  /** Further labels to read, by key. */
  labels?: string[];
}

export interface HealthProbe {
  /** RFC 3339. */
  start: string;
  end: string;
  exitCode: number;
  output: string;
}

/** The effective health check, from the Compose file or the image, the engine's defaults filled in. Milliseconds. */
export interface HealthcheckSettings {
  test: string[];
  /** What a check in the shell form is run by. */
  shell: string[];
  intervalMs: number;
  timeoutMs: number;
  startPeriodMs: number;
  startIntervalMs: number;
  retries: number;
}

export interface ContainerNetwork {
  networkId: string;
  /** null while the container does not run. */
  ipv4: string | null;
  ipv6: string | null;
  gateway: string | null;
  aliases: string[];
  /** What puts it there again as it is. */
  endpoint: EndpointOptions;
}

export interface ContainerMount {
  type: string;
  /** Volume's name; null for a bind. */
  name: string | null;
  source: string;
  destination: string;
  readOnly: boolean;
}

export interface PublishedPort {
  containerPort: number;
  protocol: string;
  hostIp: string;
  hostPort: number;
}

export interface ContainerDetails {
  id: string;
  name: string;
  image: string;
  imageId: string;
  labels: Record<string, string>;
  /** RFC 3339. */
  createdAt: string;
  state: ContainerState;
  running: boolean;
  /** Process id on the engine's host; 0 when not running. */
  pid: number;
  exitCode: number;
  oomKilled: boolean;
  /** Why the engine could not start it; empty: it could. */
  error: string;
  restartCount: number;
  /** RFC 3339; null: never. */
  startedAt: string | null;
  finishedAt: string | null;
  /** null: no health check. */
  health: { status: HealthStatus; failingStreak: number; log: HealthProbe[] } | null;
  healthcheck: HealthcheckSettings | null;
  /** By network name. */
  networks: Record<string, ContainerNetwork>;
  networkMode: string;
  /** Other containers whose network, memory, processes or volumes it uses, as asked for: ids where Compose made it. */
  joins: string[];
  mounts: ContainerMount[];
  restartPolicy: { name: string; maximumRetryCount: number };
  /** Published ones, as asked for (also while the container does not run). */
  ports: PublishedPort[];
  stopSignal: string | null;
  stopTimeoutSeconds: number | null;
  /** As asked for, `uid[:gid]` or a name; empty: the image's, root as a rule. */
  user: string;
}

/** A container that is ours rather than Compose's: a helper, a trial. */
export interface ContainerSpec {
  image: string;
  /** Replaces the image's entry point. */
  entrypoint?: string;
  command?: string[];
  name?: string;
  labels?: Record<string, string>;
  /** Network name, `none`, `host` or `container:<id>`; default: the engine's. */
  network?: string;
  /** More networks by name, under no alias. */
  moreNetworks?: string[];
  /** Containers whose volumes and bind mounts it gets, at the same places. */
  volumesFrom?: string[];
  /** Values reach the container through the child's environment, not argv. */
  env?: Record<string, string>;
  /** `source:target[:ro]`. */
  binds?: string[];
  workingDir?: string;
  user?: string;
  capDrop?: string[];
  capAdd?: string[];
  securityOpt?: string[];
  /** The container's own file system cannot be written to. */
  readOnly?: boolean;
  /** Paths of folders in memory, with options after a colon. */
  tmpfs?: string[];
  pidsLimit?: number;
  privileged?: boolean;
  pid?: 'host' | `container:${string}`;
  /** Default: it is not started again. */
  restart?: 'unless-stopped';
  /** Default `never`: an image that the engine lacks is an error, not a surprise download. */
  pull?: 'always' | 'missing' | 'never';
}

export interface ExecOptions {
  user?: string;
  workingDir?: string;
  privileged?: boolean;
  /** Values reach the container through the child's environment, not argv. */
  env?: Record<string, string>;
  timeoutSeconds?: number;
}

/** What a command left behind; a non-zero exit code is the caller's to judge. */
export interface CommandOutput {
  exitCode: number;
  stdout: string;
  stderr: string;
}
