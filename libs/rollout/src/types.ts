/**
 * What a rollout needs and what it tells. Everything that touches the engine, Traefik, files, time or the terminal
 * comes in through these interfaces, so that the step engine runs unchanged against a simulation that kills it at every
 * step.
 */

/** One container as the engine describes it; durations in milliseconds. */
export interface ContainerFacts {
  /** Full id. */
  id: string;
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

/**
 * GET of Traefik's API and of a routed port; rejects on a refused connection, with NoAnswer when the time is up, and
 * for an answer that is larger than any that Traefik gives.
 */
export type HttpGet = (
  url: string,
  options: {
    /** For all of it, however lively the answer is. */
    timeoutMs: number;
    headers?: Record<string, string>;
    /** Resolves at the head of the response, with an empty body: a page may stream without an end. */
    headOnly?: boolean;
  },
) => Promise<{ status: number; body: string }>;

export interface Clock {
  /** Milliseconds, monotonic enough to subtract. */
  now(): number;
  /** Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Established connections to containers. */
export interface ConnectionTable {
  /**
   * From the host's network namespace, where Traefik lives: TCP connections and connected UDP sockets with one of these
   * remote ends.
   */
  countTo(ends: { address: string; port: number }[]): Promise<number>;
  /** The TCP connections among these, each by a name that is its own while it lasts. */
  listTo(ends: { address: string; port: number }[]): Promise<string[]>;
  /**
   * How many established TCP connections these processes' network namespaces have at a port that listens there, whoever
   * opened them: Traefik, siblings, consumers of other stacks. What a container opens to itself does not count.
   * @param addresses count those alone that come to one of these addresses; default: all
   */
  countInto?(pids: number[], addresses?: readonly string[]): Promise<number>;
}

/** What all rollouts of one deploy share. */
export interface RolloutContext {
  docker: RolloutDocker;
  get: HttpGet;
  /** Opens and closes a TCP connection; false when refused or timed out. */
  tcpProbe(address: string, port: number, timeoutMs: number): Promise<boolean>;
  clock: Clock;
  /** A signal that aborts after so many milliseconds. Default: `AbortSignal.timeout`. */
  deadline?(ms: number): AbortSignal;
  /** null: the namespace cannot be read (remote engine); the drain then waits its whole deadline. */
  connections: ConnectionTable | null;
  /** null: there is no proxy on this host, and steps 3, 6 and 9 fall away. */
  proxy: ProxyAccess | null;
  /**
   * Where pins are also when no proxy runs: one that an earlier deploy left would override the labels as soon as
   * Traefik is back. Default: the proxy's.
   */
  pinFolder?: string;
  /** Opens a listener on the loopback of this host; absent: Traefik does not reach any of ours. */
  openRelay?(kind: RelayKind): Promise<Relay>;
  report(event: RolloutEvent): void;
  /** Ctrl-C. The pin goes back to the old containers and the rollout ends as interrupted within three seconds. */
  signal: AbortSignal;
  /** Overrides for tests and for the operator; see `defaultLimits`. */
  limits?: Partial<RolloutLimits>;
}

/** Where Traefik reads and where it answers. */
export interface ProxyAccess {
  /** Absolute path of the published dynamic folder; the pin is written into it. */
  dynamicFolder: string;
  /**
   * Base addresses of the APIs of every running instance, `http://127.0.0.1:26482`; all of them have to acknowledge.
   */
  apis(): Promise<string[]>;
  /** What the APIs ask for; null: nothing is known of it. */
  apiSecret: string | null;
  /** `libs/traefik` knows the types of the Traefik that runs, so what goes to it can be judged before. */
  knowsTypes?: boolean;
  /** What Traefik has said since then (milliseconds since the epoch) of a file that it cannot read; null: nothing. */
  fileFault?(since: number): Promise<string | null>;
  /** The published static configuration, parsed: the pin follows its precedence, network and default transport. */
  staticConfiguration: Readonly<Record<string, unknown>>;
}

/** All in milliseconds. */
export interface RolloutLimits {
  /** Between two looks at Traefik's API. */
  ackInterval: number;
  /** How long Traefik may take to serve what was written. */
  ackTimeout: number;
  /** After the last acknowledgement: entry points other than the API's switch microseconds later. */
  ackMargin: number;
  /** Between two looks at the containers, while the wait is young. */
  healthInterval: number;
  /** On top of the budget that the health check gives; also the whole budget without a health check. */
  startAllowance: number;
  /** A container without a health check has to run this long without a restart, its port answering. */
  stability: number;
  /** How long a healthy container's routed port may take to answer. */
  portTimeout: number;
  /** How long Traefik's docker provider may take to show the new labels. */
  providerTimeout: number;
  /** How long the engine may not answer, e.g. because it is being restarted. */
  engineTimeout: number;
  /** How long the pin's way back may take after Ctrl-C, all in all. */
  interruptTimeout: number;
}

/** One service to replace. Images are pulled or built before; nothing here pulls. */
export interface RolloutRequest {
  /** Folder name in `projects/`. */
  project: string;
  /** `com.docker.compose.project` of the stack. */
  composeProject: string;
  service: string;
  /** Number of containers wanted afterwards; at least 1. */
  replicas: number;
  /**
   * Runs `docker compose up --detach --no-deps --no-recreate --scale <service>=<total> <service>` with the stack's file
   * and environment. Must not wait for health.
   */
  start(total: number): Promise<void>;
  /**
   * Makes the new containers without starting them and runs what has to end well before one starts (Compose's
   * `pre_start`). Where it fails nothing is touched. Absent: there is nothing to run.
   */
  preStart?: ((total: number) => Promise<void>) | undefined;
  /** Runs what comes before the stop of drained containers that run (Compose's `pre_stop`); never rejects. */
  preStop?: ((ids: string[]) => Promise<void>) | undefined;
  /**
   * Attaches new containers to the egress edges that exist on the engine; also called by recovery, so it must be
   * repeatable.
   */
  joinEdges(ids: string[]): Promise<void>;
  /**
   * Static routers that point at this service (`via: 'file'`), as they will be AFTER this rollout, in Traefik's dynamic
   * format: `{http: {routers, services, …}, tcp, udp}`, with the middlewares and transports that they define. null: the
   * service has none.
   */
  fileRoutes: DynamicConfiguration | null;
  /**
   * Publishes exactly these static routers of the service in place of the ones before; null: the ones that should be
   * there are. The caller must not have published them earlier: they would point at a docker service that no container
   * carries yet. The rollout calls it when the old containers are gone, while the pin still overrides both the old and
   * the new ones. Has to be repeatable.
   */
  publishRoutes: ((routes: DynamicConfiguration) => Promise<void>) | null;
  drain: DrainOptions;
  /** What the wait for health may take; null: computed from the health check. */
  healthBudgetMs: number | null;
}

/** One service that cannot run twice, to be replaced while whoever comes waits. */
export interface RecreateRequest extends Omit<RolloutRequest, 'start'> {
  /**
   * Runs `docker compose up --detach --no-deps --force-recreate` for the service. Must not wait for health. The old
   * containers are stopped and still there.
   */
  replace(): Promise<void>;
  /**
   * The new containers have a health check, so Traefik's docker provider does not show them before they are healthy.
   */
  hasHealthcheck: boolean;
  /** Paths of files that Compose writes into its containers: those that come back get them again. */
  writtenFiles?: readonly string[];
  hold: {
    /** How long anybody waits at most. */
    limitMs: number;
    /** HTML for who waited so long. */
    page: string;
  };
}

/** One service that is to run in another number of containers of the same definition. */
export interface ScaleRequest extends Omit<RolloutRequest, 'fileRoutes' | 'publishRoutes'> {
  /** Ids of the containers that stay. */
  keep: string[];
  /** Ids of those that go, dead ones too. */
  surplus: string[];
}

export interface DrainOptions {
  /**
   * Command run in every old container before the wait; `null`: none. `'auto'`: `touch /tmp/drain`, when the health
   * check mentions `/tmp/drain`.
   */
  hook: string[] | 'auto' | null;
  /** When it passes, what is still open is cut by the stop. */
  deadlineMs: number;
}

/** Traefik's dynamic configuration; only objects that a rollout reads are named. */
export interface DynamicConfiguration {
  http?: DynamicSection;
  tcp?: DynamicSection;
  udp?: DynamicSection;
}

export interface DynamicSection {
  routers?: Record<string, Record<string, unknown>>;
  services?: Record<string, Record<string, unknown>>;
  middlewares?: Record<string, Record<string, unknown>>;
  serversTransports?: Record<string, Record<string, unknown>>;
}

/** In the order they run. A test kills the deploy at each of them, so a new step belongs into this list. */
export const rolloutSteps = [
  'clear-leftovers',
  'pin-old',
  'start-new',
  'wait-healthy',
  'join-edges',
  'switch',
  'drain',
  'stop-old',
  'publish-routes',
  'await-labels',
  'unpin',
  'remove-old',
] as const;
/** What a move does besides steps of a rollout. */
export const moveSteps = ['leave-network'] as const;
/** What comes between `clear-leftovers` and `pin-old` where the service has hooks for it. */
export const hookSteps = ['pre-start'] as const;
/** Steps of a held recreate in the order they run. A test kills the deploy at each of them. */
export const recreateSteps = [
  'pin-old',
  'prove-hold',
  'wait-quiet',
  'hold',
  'stop-old',
  'recreate',
  'wait-healthy',
  'join-edges',
  'switch',
  'publish-routes',
  'await-labels',
  'unpin',
] as const;
export type RecreateStep = (typeof recreateSteps)[number];
export type RolloutStep =
  (typeof rolloutSteps)[number] | (typeof moveSteps)[number] | (typeof hookSteps)[number] | RecreateStep;

/** What the journal keeps of a rollout in progress; JSON. */
export interface RolloutState {
  project: string;
  composeProject: string;
  service: string;
  replicas: number;
  /** Ids of the containers that served when the rollout began. */
  old: string[];
  /**
   * forward: from `switch` on, recovery finishes the rollout when the new containers are fit. back: recovery removes
   * the new ones.
   */
  direction: 'back' | 'forward';
  /** As in the request. */
  fileRoutes: DynamicConfiguration | null;
  drain: DrainOptions;
  /** The service is being scaled: `old` stay, these are removed. Absent: it is being replaced. */
  scale?: { surplus: string[] };
  /** The service leaves this network while it serves: `old` stay. */
  move?: { network: string };
  /** It is replaced while whoever comes waits; forward: the old ones are being stopped. */
  recreate?: Record<string, never>;
}

/** The stack's journal as a rollout sees it. */
export interface RolloutJournal {
  /** Records that the step began (durably, before `run` is called) and that it ended. */
  step<T>(name: RolloutStep, run: () => Promise<T>): Promise<T>;
  /** Durable when it resolves. null: nothing is in progress any more. */
  save(state: RolloutState | null): Promise<void>;
}

export interface RolloutOutcome {
  /**
   * done: only the wanted containers run and the label routes serve. failed: the old containers serve and nothing of
   * the new is left (unless `leftover` says otherwise). interrupted: Ctrl-C; the old containers serve and the next
   * deploy cleans up.
   */
  result: 'done' | 'failed' | 'interrupted';
  /** One line; empty when done. */
  reason: string;
  /** Health log and last lines of the container that failed; empty when there is nothing to show. */
  details: string[];
  /** What the next deploy will finish; null: nothing is left over. */
  leftover: string | null;
  /** Milliseconds by step, in the order they ran. */
  durations: { step: RolloutStep; ms: number }[];
}

export type RolloutEvent =
  | { type: 'step'; project: string; service: string; step: RolloutStep }
  /** Sent about once a second while something is awaited. `limitMs`: when the wait ends by itself. */
  | {
      type: 'waiting';
      project: string;
      service: string;
      step: RolloutStep;
      what: string;
      elapsedMs: number;
      limitMs: number;
    }
  | { type: 'note'; project: string; service: string; text: string };

/** What a listener carries: http also answers who waits too long, and drops who gave up. */
export type RelayKind = 'http' | 'tcp';

/** Where a listener leads to. */
export interface RelayTarget {
  address: string;
  port: number;
  tls: boolean;
}

/** A listener on the loopback that stands in for a service while nobody serves; see `openRelay`. */
export interface Relay {
  readonly port: number;
  /** Requests that arrived before it holds any. */
  readonly proofs: number;
  /** Connections that had to wait, the longest wait of one, and how many were answered that nobody serves. */
  readonly total: number;
  readonly longestMs: number;
  readonly refused: number;
  /** Connections that are open now. */
  readonly carried: number;
  /** From here on whoever comes waits, at most so long; then he gets the page. */
  hold(limitMs: number, page: string): void;
  /** Who waits is answered that nobody serves, and who comes as well. */
  refuse(): void;
  /** Who waits goes on to these, in turn, and who comes as well. */
  release(targets: RelayTarget[]): Promise<void>;
  /** Nothing came for so long, and nothing is open. */
  isQuiet(forMs: number): boolean;
  /** What is open is cut. */
  close(): void;
}
