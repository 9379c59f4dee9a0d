/** One container as the engine describes it; durations in milliseconds. */
export interface ContainerFacts {
  /** Full id. */
  id: string;
  /** Full id of its image. */
  imageId: string;
  /** Without the leading slash. */
  name: string;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  exitCode: number;
  oomKilled: boolean;
  restartCount: number;
  /** The engine's own error at start (`OCI runtime create failed …`); empty when there is none. */
  error: string;
  /** Milliseconds since the epoch; 0 when it never started. */
  startedAt: number;
  /** null: the container has no health check. */
  health: HealthFacts | null;
  labels: Record<string, string>;
  /** Address by the network's name; networks without an address (not running) are left out. */
  addresses: Record<string, string>;
  /** Ports the image or the Compose file exposes, TCP and UDP alike, ascending. */
  exposedPorts: number[];
  /** It has a volume or a folder of the host that it may write to. */
  hasData: boolean;
  /** Of its main process on this host; 0 or absent: none, or not known. */
  pid?: number;
}

export interface HealthFacts {
  status: 'starting' | 'healthy' | 'unhealthy';
  /** Of the effective health check, Docker's defaults applied (30 s, 30 s, 0, 3). */
  interval: number;
  timeout: number;
  startPeriod: number;
  retries: number;
  /** Docker keeps the last five; oldest first. */
  log: { exitCode: number; output: string }[];
  /** The command of the check, also for the drain convention (`test ! -f /tmp/drain`). */
  test: string[];
  /** What a check in the shell form is run by; absent: `/bin/sh -c`. */
  shell?: string[];
}

/** The part of libs/docker that a rollout uses. Every method rejects with libs/docker's typed errors. */
export interface RolloutDocker {
  /**
   * All containers of one Compose service, stopped ones included, one-off ones (`compose run`) not; by label, never by
   * name.
   */
  listService(composeProject: string, service: string): Promise<ContainerFacts[]>;
  /** All containers that run, whoever started them and whether Traefik leads to them or not. */
  listRunning(): Promise<ContainerFacts[]>;
  /** Facts of the ids that still exist, in any order. */
  inspect(ids: string[]): Promise<ContainerFacts[]>;
  /** Runs a command in the container; resolves with its exit code, also when that is not 0. */
  exec(
    id: string,
    command: string[],
    options: { timeoutMs: number },
  ): Promise<{ exitCode: number; output: string }>;
  /** Last lines of both streams. */
  logs(id: string, lines: number): Promise<string>;
  /** `docker stop`; graceSeconds null: the container's own stop_grace_period. Ids that are gone are no error. */
  stop(ids: string[], options: { graceSeconds: number | null }): Promise<void>;
  /** `docker rm`, anonymous volumes too unless they are to be kept. Ids that are gone are no error. */
  remove(ids: string[], options: { force: boolean; keepVolumes?: boolean }): Promise<void>;
  /** `docker start`. */
  start(ids: string[]): Promise<void>;
  /**
   * All that it takes to make these containers once more; ids that are gone are left out. Holds secrets: never written
   * down.
   * @param written paths of files that were written into them after they were made
   */
  snapshot(ids: string[], written?: readonly string[]): Promise<RolloutSnapshot>;
  /** Starts these containers again, and makes those that are gone once more as they were. Resolves with their ids. */
  restore(snapshot: RolloutSnapshot): Promise<string[]>;
  /** `docker network disconnect`; who is not on it is no error. */
  disconnect(network: string, id: string): Promise<void>;
  /**
   * Starts and ends a container that does nothing: Traefik's docker provider looks at all of them again when one does.
   */
  stir(): Promise<void>;
}

/** Opaque to a rollout. */
export type RolloutSnapshot = readonly { readonly id: string; readonly lost?: readonly string[] }[];
